/** Deletes, holds and releases the execution, for those who may. Each asks first, in plain words. */

import { useEffect, useRef, useState, type ReactElement } from "react";
import { isUnfinished, nameOfSource, type Execution } from "../model/trace/execution";
import type { ExecutionManager, Rights } from "../model/trace/source";
import { ConfirmSheet } from "./ConfirmSheet";
import { Icon } from "./Icon";
import { Popover } from "./Popover";

interface ManageMenuProps {
  readonly manager: ExecutionManager;
  readonly execution: Execution;
  /** Called after a change, with the words that say what was done. */
  readonly onChanged: (words: string) => void;
}

type Action = "delete" | "hold" | "release";

export function ManageMenu({
  manager,
  execution,
  onChanged,
}: ManageMenuProps): ReactElement | null {
  const rights = useRights(manager);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [asked, setAsked] = useState<Action | null>(null);
  const isHeld = execution.hold !== undefined;
  if (rights === null || !isManaged(execution)) return null;
  if (!rights.mayDelete && !rights.mayHold) return null;

  const ask = (action: Action): void => {
    setIsOpen(false);
    setAsked(action);
  };
  return (
    <span className="sv-filter sv-manage">
      <button
        type="button"
        ref={button}
        className="sv-fact sv-link"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="more" /> manage
      </button>
      {isOpen && (
        <Popover label="Manage this execution" buttonRef={button} onClose={() => setIsOpen(false)}>
          {rights.mayHold && (
            <button
              type="button"
              className="sv-link"
              onClick={() => ask(isHeld ? "release" : "hold")}
            >
              {isHeld ? "Release the hold…" : "Hold: keep it from being deleted…"}
            </button>
          )}
          {rights.mayDelete && (
            <button
              type="button"
              className="sv-link"
              disabled={isHeld}
              title={isHeld ? "It is held: release the hold first." : undefined}
              onClick={() => ask("delete")}
            >
              Delete what was recorded…
            </button>
          )}
        </Popover>
      )}
      {asked !== null && (
        <ConfirmSheet
          {...wordsOf(asked, execution)}
          onConfirm={() => act(manager, asked, execution.executionId)}
          onDone={() => onChanged(DONE[asked])}
          onClose={() => {
            setAsked(null);
            button.current?.focus();
          }}
        />
      )}
    </span>
  );
}

/** Says whether there is anything here that could be held or deleted. */
export function isManaged(execution: Execution): boolean {
  return execution.status !== "deleted" && execution.isUnregistered !== true;
}

const DONE: Readonly<Record<Action, string>> = {
  delete: "Deleted",
  hold: "Held",
  release: "Released",
};

function act(manager: ExecutionManager, action: Action, executionId: string): Promise<void> {
  if (action === "delete") return manager.deleteExecution(executionId);
  return action === "hold" ? manager.hold(executionId) : manager.release(executionId);
}

interface Words {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly verb: string;
  readonly isDestructive: boolean;
}

/** Returns what is asked before an action, in words of a reader who knows nothing of how it is stored. */
export function wordsOf(action: Action, execution: Execution): Words {
  if (action === "hold") {
    return {
      title: "Hold this execution?",
      sentences: [
        "It will not expire, and nobody can delete it, until somebody releases it.",
        "Your name and the time are shown to everybody who opens it.",
      ],
      verb: "Hold",
      isDestructive: false,
    };
  }
  if (action === "release") {
    return {
      title: "Release this execution?",
      sentences: [
        "It can be deleted again, and it expires when it would have without the hold.",
        "If that time is over, it is gone at once.",
      ],
      verb: "Release",
      isDestructive: true,
    };
  }
  return {
    title: "Delete what was recorded?",
    sentences: [
      "Prompts, answers, tool calls, names, errors and files of this execution are deleted, in every copy. This cannot be undone.",
      "Its ids, times, tokens and cost stay in the history, with your name and the time of the deletion.",
      ...(execution.spansFrom === undefined
        ? []
        : [
            `What ${nameOfSource(execution.spansFrom)} has of it stays there, though nobody sees it here any more.`,
          ]),
      ...(isUnfinished(execution)
        ? ["It is not finished: what it sends from now on is not kept."]
        : []),
    ],
    verb: "Delete",
    isDestructive: true,
  };
}

/** Returns what the reader may do; null until that is known. */
function useRights(manager: ExecutionManager): Rights | null {
  const [rights, setRights] = useState<Rights | null>(null);
  useEffect(() => {
    let isCurrent = true;
    manager.rights().then(
      (found) => isCurrent && setRights(found),
      () => undefined, // without a token there is nothing to offer
    );
    return () => {
      isCurrent = false;
    };
  }, [manager]);
  return rights;
}
