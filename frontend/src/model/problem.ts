/** Problems with requests: what went wrong, and what the reader can do. */

export type ProblemKind =
  | "offline"
  | "unreadable"
  | "unauthorised"
  | "sign_in"
  | "forbidden"
  | "not_found"
  /** It was there: its link has expired, or it was deleted. */
  | "gone"
  | "invalid"
  | "conflict"
  | "unavailable"
  /** The operator's backend, which has the spans, does not answer now. */
  | "source_unavailable"
  /** It refuses, or answers what is no trace: somebody has to mend that. */
  | "source_failed"
  | "contract";

export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly kind: ProblemKind,
    message: string,
    readonly details: {
      readonly status?: number;
      readonly requestId?: string;
      readonly retryAfterSeconds?: number;
      readonly fields?: readonly { readonly field: string; readonly message: string }[];
    } = {},
  ) {
    super(message);
  }
}

export interface Explanation {
  readonly title: string;
  readonly advice: string;
  /** Whether a retry can help; if not, none is offered. */
  readonly canRetry: boolean;
}

/** Explains a problem to the reader. `subject` is what was asked for: `execution`, `span`. */
export function explain(problem: ProblemError, subject: string): Explanation {
  switch (problem.kind) {
    case "offline":
      return {
        title: "The server cannot be reached",
        advice: "Check your connection. Nothing is lost: the trace is stored on the server.",
        canRetry: true,
      };
    case "unreadable": // a browser does not tell which of the two it is
      return {
        title: `This ${subject} cannot be read here`,
        advice:
          "Either the connection is lost, or the bucket that it is in does not let this page read it. It can be downloaded all the same.",
        canRetry: true,
      };
    case "unauthorised":
      return {
        title: "Your session has ended",
        advice: "Sign in again to go on where you were.",
        canRetry: false,
      };
    case "sign_in":
      return { title: "You are not signed in", advice: problem.message, canRetry: false };
    case "forbidden":
      return {
        title: `Your role may not open this ${subject}`,
        advice: `${problem.message} Ask whoever administers Canvas for the missing permission.`,
        canRetry: false,
      };
    case "not_found":
      return {
        title: `There is no such ${subject}`,
        advice:
          "Its id may be mistyped, it may belong to another tenant, or its retention time has passed and it was deleted.",
        canRetry: true,
      };
    case "gone":
      return {
        title: `This ${subject} cannot be read any more`,
        advice: problem.message,
        canRetry: true,
      };
    case "invalid":
      return { title: "The server refused the request", advice: problem.message, canRetry: false };
    case "conflict":
      return {
        title: `This ${subject} cannot be shown`,
        advice: problem.message,
        canRetry: true,
      };
    case "unavailable":
      return {
        title: "The server could not answer",
        advice: `${problem.message} This is usually over in a few seconds.`,
        canRetry: true,
      };
    case "source_unavailable":
      return {
        title: "The backend that has this trace does not answer",
        advice: `${problem.message} The spans are stored there alone. This page goes on asking.`,
        canRetry: true,
      };
    case "source_failed":
      return {
        title: "The backend that has this trace does not give it",
        advice: `${problem.message} The spans are stored there alone.`,
        canRetry: true,
      };
    case "contract":
      return {
        title: "The server's answer is not what this page expects",
        advice: `${problem.message} The page and the API are probably of different versions: reload the page.`,
        canRetry: true,
      };
  }
}

/** Says whether the reader has to sign in again. */
export function needsSignIn({ kind }: ProblemError): boolean {
  return kind === "unauthorised" || kind === "sign_in";
}

/** Says whether the same request may succeed later: it is then repeated automatically. */
export function isPassing({ kind }: ProblemError): boolean {
  return kind === "offline" || kind === "unavailable" || kind === "source_unavailable";
}

/** Turns anything that was thrown into a problem; a bug of the page is shown, too, not swallowed. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ProblemError("contract", message);
}

/** Says whether a request failed because it was cancelled. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

const FIRST_WAIT_MILLISECONDS = 2_000;
const LONGEST_WAIT_MILLISECONDS = 30_000;

/**
 * Returns the wait in milliseconds after this many failures in a row: 2, 4, 8 ... 30 s, or what the server asks for.
 */
export function waitAfter(problem: ProblemError, failures: number): number {
  const asked = (problem.details.retryAfterSeconds ?? 0) * 1_000;
  const backoff = FIRST_WAIT_MILLISECONDS * 2 ** Math.min(failures - 1, 10);
  return Math.min(LONGEST_WAIT_MILLISECONDS, Math.max(asked, backoff));
}
