import { useState, type KeyboardEvent, type ReactElement, type SyntheticEvent } from "react";
import { Icon } from "../components/Icon";
import { WayOn } from "../components/states/WayOn";
import { asProblem, explain, type ProblemError } from "../model/problem";
import { writeJson } from "../model/text/exactJson";
import { parseRunInput } from "../model/trace/runInput";
import type { CanvasSource } from "../model/trace/source";
import type { Workflow } from "../model/trace/workflow";

interface RunFormProps {
  readonly workflow: Workflow;
  readonly source: CanvasSource;
  readonly onStarted: (executionId: string) => void;
}

export function RunForm({ workflow, source, onStarted }: RunFormProps): ReactElement {
  const sample = writeJson(workflow.sampleInput, 2);
  const [text, setText] = useState(sample);
  const [isStarting, setIsStarting] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const parsed = parseRunInput(text);

  const start = async (): Promise<void> => {
    if (!parsed.isValid || isStarting) return;
    setIsStarting(true);
    setProblem(null);
    try {
      onStarted(await source.startExecution(workflow.workflowId, parsed.value));
    } catch (error) {
      setProblem(asProblem(error));
      setIsStarting(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    void start();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(event);
  };

  return (
    <form className="cv-run" onSubmit={submit}>
      <label htmlFor="cv-input">Input</label>
      <textarea
        id="cv-input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
        spellCheck={false}
        rows={Math.min(18, Math.max(6, sample.split("\n").length))}
        aria-invalid={!parsed.isValid}
        aria-describedby="cv-input-note"
      />
      <div className="cv-run-line">
        <button
          type="submit"
          className="sv-button sv-primary"
          disabled={!parsed.isValid || isStarting}
        >
          <Icon name="play" /> {isStarting ? "Starting…" : "Run"}
        </button>
        {text !== sample && (
          <button type="button" className="sv-button" onClick={() => setText(sample)}>
            Use the sample
          </button>
        )}
        <span id="cv-input-note" className={parsed.isValid ? "sv-note" : "sv-inline-problem"}>
          {parsed.isValid ? "Ctrl Enter runs it" : parsed.reason}
        </span>
      </div>
      {problem && <RunProblem problem={problem} onRetry={() => void start()} />}
    </form>
  );
}

interface RunProblemProps {
  readonly problem: ProblemError;
  readonly onRetry: () => void;
}

function RunProblem({ problem, onRetry }: RunProblemProps): ReactElement {
  const { title, advice } = explain(problem, "workflow");
  return (
    <div className="sv-error-box" role="alert">
      <strong>
        <Icon name="error" /> {title}
      </strong>
      <p>{advice}</p>
      {problem.details.fields?.map(({ field, message }) => (
        <p key={field}>
          <code>{field}</code> {message}
        </p>
      ))}
      <WayOn problem={problem} onRetry={onRetry} />
    </div>
  );
}
