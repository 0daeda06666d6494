import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { textOf } from "../../testing/render";
import { MarkdownView } from "./MarkdownView";

const markup = (text: string): string => renderToStaticMarkup(<MarkdownView text={text} />);

it("shows HTML as text", () => {
  expect(markup("<img src=x onerror=alert(1)>")).toContain("&lt;img src=x onerror=alert(1)&gt;");
});

it("makes links to the web alone, and says which host they lead to", () => {
  expect(markup("[pay](javascript:alert(1))")).not.toContain("<a ");
  expect(textOf(<MarkdownView text="[docs](https://evil.example/docs)" />)).toBe(
    "docs (evil.example)",
  );
});

it("does not fetch a picture", () => {
  const shown = markup("![logo](https://host.example/logo.png)");
  expect(shown).not.toContain("<img");
  expect(shown).toContain("image: ");
});

it("shows what the privacy rules removed as a receipt, also in code", () => {
  expect(textOf(<MarkdownView text="`to [REDACTED:email]`" />)).toBe("to removed: email");
});

it("shows nesting that overflows the library's stack as it was written", () => {
  const text = "> ".repeat(20_000) + "deep";
  expect(markup(text)).toContain("&gt; &gt;");
});
