/** Describes the marks of a span: what is incomplete, uncertain or unusual about it. */

import type { Row } from "../trace/trace";

export interface Mark {
  readonly label: string;
  readonly sentence: string;
  readonly isWarning: boolean;
}

const MARKS: Readonly<Record<string, Mark>> = {
  orphan: {
    label: "orphan",
    sentence: "Its parent has not arrived, so it is shown under the root.",
    isWarning: true,
  },
  remote_parent: {
    label: "called from elsewhere",
    sentence: "Another service called it, and has sent no span of the call.",
    isWarning: false,
  },
  later_parent: {
    label: "parent to come",
    sentence: "The span around it is written when the durable execution goes on or ends.",
    isWarning: false,
  },
  wait: {
    label: "wait",
    sentence:
      "Nothing was at work meanwhile: a timer, an answer from outside or another function was waited for.",
    isWarning: false,
  },
  cycle: {
    label: "cycle",
    sentence: "Its recorded parents form a circle, which was cut here.",
    isWarning: true,
  },
  running_total: {
    label: "running total",
    sentence:
      "Its sender adds up the calls of a tool loop. Shown is what this call itself has used.",
    isWarning: false,
  },
  repeated: {
    label: "recorded twice",
    sentence: "Another instrumentation recorded this call, too. Its tokens and cost count once.",
    isWarning: false,
  },
  clock_skew: {
    label: "clock skew",
    sentence: "It lies outside its parent in time: two machines' clocks disagree.",
    isWarning: true,
  },
  wrong_clock: {
    label: "wrong clock",
    sentence:
      "Its times cannot be right: they are far from those of the run, which are told without it.",
    isWarning: true,
  },
  interrupted: {
    label: "interrupted",
    sentence: "It stopped to wait for an answer, mostly of a person. That is no error.",
    isWarning: false,
  },
  cancelled: {
    label: "cancelled",
    sentence: "Its result was not wanted any more, so it was stopped. That is no error.",
    isWarning: false,
  },
  left_early: {
    label: "left early",
    sentence: "Who read its results had read enough before their end. That is no error.",
    isWarning: false,
  },
  passed_on: {
    label: "passed on",
    sentence:
      "It handed control on, to another node, another run or a later time. That is no error.",
    isWarning: false,
  },
  truncated: {
    label: "truncated",
    sentence:
      "Something of it is missing: it was over a limit, of its sender or of the store, or its time ran out.",
    isWarning: true,
  },
  preview: {
    label: "preview",
    sentence:
      "The backend that it is read from has the beginning of its long texts, or none of them: this is not the whole content.",
    isWarning: false,
  },
  redacted: {
    label: "redacted",
    sentence: "Parts of its content were removed by the privacy rules before they were stored.",
    isWarning: false,
  },
  cold_start: {
    label: "cold start",
    sentence: "This invocation had to start its function's environment first.",
    isWarning: false,
  },
  compacted: {
    label: "compacted",
    sentence: "The conversation was compacted: a summary stands for its beginning.",
    isWarning: false,
  },
  retried: {
    label: "retried",
    sentence:
      "The client library repeated its request, after being throttled or refused: each time is an event under Attributes.",
    isWarning: true,
  },
  not_timed: {
    label: "not timed",
    sentence:
      "It was recorded when it was over, without its times: it is shown from the end of what came before it.",
    isWarning: false,
  },
  artifact_failed: {
    label: "artifact failed",
    sentence: "A file that it wanted to keep could not be stored.",
    isWarning: true,
  },
  artifact_withheld: {
    label: "artifact not kept",
    sentence: "It produced a file, of which nothing is kept: content is not recorded here.",
    isWarning: false,
  },
  lost: {
    label: "lost",
    sentence: "It started, its deadline passed, and it never reported an end.",
    isWarning: true,
  },
  rewritten: {
    label: "rewritten",
    sentence:
      "It was sent more than once after it had ended, and not the same; the version that ended last is shown, and what else was sent stands above its content.",
    isWarning: true,
  },
  dropped: {
    label: "dropped",
    sentence: "Some of what it reported did not fit and was not kept.",
    isWarning: true,
  },
};

/** Returns the marks of a row without those that only repeat its status. */
export function marksOf(row: Row): readonly string[] {
  return row.status === "lost" ? row.marks.filter((mark) => mark !== "lost") : row.marks;
}

/** Returns the label and the sentence of a mark; an unknown mark is its own label. */
export function describeMark(mark: string): Mark {
  return (
    MARKS[mark] ?? {
      label: mark.replaceAll("_", " "),
      sentence: `The server marked it as “${mark.replaceAll("_", " ")}”.`,
      isWarning: false,
    }
  );
}

/** Says whether a mark of a row warns of something. */
export function isWarned(row: Row): boolean {
  return marksOf(row).some((mark) => describeMark(mark).isWarning);
}
