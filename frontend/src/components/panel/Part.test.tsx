import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { Json } from "../../model/trace/span";
import { makeContent, makeDetail } from "../../testing/make";
import { textOf } from "../../testing/render";
import { contentOf } from "../../testing/wireContent";
import { ContentView } from "./ContentView";
import { Conversation } from "./Conversation";

// A tree opens level by level: here all of it is drawn.
vi.mock("./JsonView", () => ({
  JsonView: ({ value }: { readonly value: Json }) => JSON.stringify(value),
}));

interface Shown {
  readonly sender: string;
  readonly message: { readonly role: string };
  readonly leaves: readonly string[];
}

const SHOWN = JSON.parse(
  readFileSync(new URL("../../../../tests/fixtures/messages/shown.json", import.meta.url), "utf8"),
) as readonly Shown[];

const PNG = "iVBORw0KGgo=";

function conversation(...messages: readonly unknown[]): string {
  const content = contentOf({ output_messages: messages });
  return textOf(<Conversation content={content} previous={null} onSelect={() => undefined} />);
}

describe("a message of every client library", () => {
  it.each(SHOWN.map((shown, at) => [`${shown.sender} ${at}`, shown] as const))(
    "shows every value: %s",
    (_name, { message, leaves }) => {
      const text = conversation(message);
      for (const leaf of leaves) {
        // a picture's data is shown as a picture, or as what it is of
        if (leaf === PNG && /Show|Play/.test(text)) continue;
        expect(text).toContain(leaf);
      }
      expect(text).not.toContain("empty message");
    },
  );
});

const part = (value: object): string => conversation({ role: "assistant", parts: [value] });

describe("a part", () => {
  it("that nobody knows stands under its own name", () => {
    expect(part({ type: "web_search_call", action: { query: "parcels" } })).toBe(
      'Copy the prompt assistant web_search_call {"action":{"query":"parcels"}}',
    );
    expect(part({ type: "executableCode", executableCode: { code: "1" } })).toContain(
      'executableCode {"code":"1"}',
    );
    expect(part({ type: "step-start" })).toContain("step-start");
  });

  it("says what stands beside its text, and that a thought is secret", () => {
    expect(part({ type: "text", content: "Lyon", citations: ["a"] })).toContain(
      'Lyon Also in this part: citations {"citations":["a"]}',
    );
    expect(part({ type: "reasoning", content: "", data: "x9" })).toContain(
      "Reasoning that the provider keeps secret Also in this part: data",
    );
  });

  it("that is a failed result says so", () => {
    const failed = { type: "tool_call_response", id: "c", response: "no", is_error: true };
    expect(part(failed)).toContain("the call failed no");
    expect(part({ ...failed, is_error: undefined })).not.toContain("failed");
  });

  it("that is a result with a picture shows the picture", () => {
    const response = [
      { type: "text", content: "here" },
      { type: "image", mime_type: "image/png", content: PNG },
    ];
    const text = part({ type: "tool_call_response", id: "c", response });
    expect(text).toContain("here");
    expect(text).toContain("Picture image/png · 8 B Show");
    expect(text).not.toContain(PNG);
  });

  it("that is a sound can be played, and one without a media type is seen by its data", () => {
    const wav = "UklGRiQAAABXQVZFZm10IA==";
    expect(part({ type: "file", modality: "audio", content: wav })).toContain("Sound 16 B Play");
    expect(part({ type: "image", content: PNG })).toContain("Picture 8 B Show");
    expect(part({ type: "file", mime_type: "application/zip", content: "AAAA" })).toContain("Show");
  });

  it("that is a text document shows its text", () => {
    expect(part({ type: "file", name: "a.txt", text: "plain words" })).toContain(
      "a.txt plain words",
    );
  });
});

describe("what a sender left out", () => {
  const say = { role: "user", parts: [{ type: "text", content: "Hi" }] };

  it("is said before the first message and between two", () => {
    const content = contentOf({
      input_messages: [
        { ...say, missing_before: 10 },
        { ...say, missing_before: 2 },
      ],
    });
    const text = textOf(
      <Conversation content={content} previous={null} onSelect={() => undefined} />,
    );
    expect(text).toContain("starts at message 10: the sender left out what came before user Hi");
    expect(text).toContain("2 messages left out by the sender user Hi");
  });

  it("is not taken for an empty message", () => {
    const text = conversation({ role: "user", parts: [], truncated: true });
    expect(text).toContain("user cut by the sender");
    expect(text).not.toContain("empty message");
  });
});

it("shows content that no rule reads under the name of its attribute", () => {
  const content = makeContent({ other: { "crew.tasks": { goal: "find" } } });
  const detail = makeDetail({ contentAccess: "granted", content });
  const text = textOf(
    <ContentView
      detail={detail}
      previous={null}
      isKnown={() => false}
      onSelect={() => undefined}
    />,
  );
  expect(text).toBe('Also recorded: crew.tasks crew.tasks {"goal":"find"}');
});

it("says what is hidden from the reader alone, and which permission shows it", () => {
  const content = makeContent({ input: "for [REDACTED:restricted] or [REDACTED:email]" });
  const detail = makeDetail({ contentAccess: "granted", isRestricted: true, content });
  const text = textOf(
    <ContentView
      detail={detail}
      previous={null}
      isKnown={() => false}
      onSelect={() => undefined}
    />,
  );
  expect(text).toContain("Parts are hidden from your role");
  expect(text).toContain("needs the permission trace:content:restricted");
  expect(text).toContain("hidden from your role: restricted or removed: email");
});
