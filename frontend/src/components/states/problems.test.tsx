import { describe, expect, it } from "vitest";
import { ProblemError } from "../../model/problem";
import { makeExecution, makeTrace } from "../../testing/make";
import { textOf } from "../../testing/render";
import { EmptyTrace } from "./EmptyTrace";
import { InlineProblem, ProblemView } from "./ProblemView";
import { SignIn } from "./SignIn";

const nothing = (): void => undefined;

describe("a problem", () => {
  const ended = new ProblemError("unauthorised", "No token.");

  it("offers the sign-in of the host when the session has ended", () => {
    const view = <ProblemView problem={ended} subject="execution" onRetry={nothing} />;
    expect(textOf(<SignIn value={nothing}>{view}</SignIn>)).toContain("Sign in again");
    expect(textOf(view)).toMatch(/Retry$/);
  });

  it("offers no retry when that cannot help", () => {
    const problem = new ProblemError("forbidden", "It needs trace:read.", {
      status: 403,
      requestId: "8f1c",
    });
    const text = textOf(<ProblemView problem={problem} subject="execution" onRetry={nothing} />);
    expect(text).toContain("Your role may not open this execution It needs trace:read.");
    expect(text).toContain("403 · request 8f1c");
    expect(text).not.toContain("Retry");
  });

  it("repeats the server's words in a line only where the title does not say it all", () => {
    const line = (problem: ProblemError): string =>
      textOf(<InlineProblem problem={problem} subject="span" onRetry={nothing} />);
    expect(line(new ProblemError("offline", "fetch failed"))).toBe(
      "The server cannot be reached. Retry",
    );
    expect(line(new ProblemError("unavailable", "Throttled."))).toBe(
      "The server could not answer. Throttled. Retry",
    );
  });
});

describe("a trace without spans", () => {
  it.each([
    ["queued", "EMPTY", "Waiting for the executor", true],
    ["running", "EMPTY", "Waiting for spans", true],
    ["untraced", "EMPTY", "This execution was not traced", false],
    ["succeeded", "EMPTY", "This execution left no spans", true],
    ["succeeded", "PARTIAL", "Nothing of this trace can be read", true],
  ] as const)("of status %s and %s says: %s", (status, traceStatus, title, canChange) => {
    const trace = makeTrace([], { execution: makeExecution({ status }), status: traceStatus });
    const text = textOf(<EmptyTrace trace={trace} onRetry={nothing} />);
    expect(text).toContain(title);
    expect(text.endsWith("Read again")).toBe(canChange);
  });
});
