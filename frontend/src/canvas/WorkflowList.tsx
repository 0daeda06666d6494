import type { ReactElement } from "react";
import { Icon } from "../components/Icon";
import { ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { plural } from "../model/labels/format";
import type { ProblemError } from "../model/problem";
import type { Workflow } from "../model/trace/workflow";
import type { PageStateStore } from "../state/viewState";
import { PageLink } from "./PageLink";

interface WorkflowListProps {
  readonly workflows: readonly Workflow[] | null;
  readonly problem: ProblemError | null;
  readonly onRetry: () => void;
  readonly pageStore: PageStateStore;
}

export function WorkflowList(props: WorkflowListProps): ReactElement {
  const { workflows, problem, onRetry, pageStore } = props;
  return (
    <section className="cv-section">
      <header className="cv-section-head">
        <h2>Workflows</h2>
      </header>
      {!workflows && problem && (
        <ProblemView problem={problem} subject="list of workflows" onRetry={onRetry} />
      )}
      {!workflows && !problem && <LinesSkeleton lines={5} />}
      {workflows?.length === 0 && (
        <p className="sv-nothing">The executor ships no workflow documents.</p>
      )}
      <ul className="cv-workflows">
        {workflows?.map((workflow) => (
          <li key={workflow.workflowId}>
            <PageLink
              pageStore={pageStore}
              to={{ workflowId: workflow.workflowId, tab: "workflow" }}
            >
              <h3>
                <Icon name="workflow" /> {workflow.name}
                {workflow.version !== "" && (
                  <span className="sv-note"> version {workflow.version}</span>
                )}
              </h3>
              <p>{workflow.description}</p>
              <p className="sv-note">{plural(workflow.nodes.length, "node")}</p>
            </PageLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
