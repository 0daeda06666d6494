"""What can go wrong, as types.

ExecutorError
 ├─ InvalidWorkflowError     the document or its input cannot be run; every problem with its node and field
 ├─ UnknownWorkflowError     no document of that id ships
 └─ NodeError                a node's work failed; knows its type for the trace and whether trying again can help
"""

from __future__ import annotations

from dataclasses import dataclass


class ExecutorError(Exception):
    """Base of every error that the executor raises on purpose, each of them a possible cause of a failed execution."""

    node_id: str = ""
    error_type: str = "Error"

    def as_cause(self) -> dict[str, str]:
        """The cause as the executor answers it; without a node where none has begun."""
        found = {"error_type": self.error_type, "message": str(self)}
        return {"node_id": self.node_id, **found} if self.node_id else found


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One thing that is wrong with a document. `node` is empty where it concerns the document as a whole."""

    node: str
    field: str
    message: str

    def __str__(self) -> str:
        place = f"node {self.node!r}, {self.field}" if self.node else self.field
        return f"{place}: {self.message}"

    def as_dict(self) -> dict[str, str]:
        """Returns the problem as JSON has it."""
        return {"node": self.node, "field": self.field, "message": self.message}


class InvalidWorkflowError(ExecutorError):
    """The document, or the input it was given, cannot be run. `problems` has at least one item."""

    error_type = "InvalidWorkflow"

    def __init__(self, problems: list[DocumentProblem]) -> None:
        super().__init__("refused before it ran: " + "; ".join(map(str, problems)))
        self.problems = problems
        self.node_id = problems[0].node


class UnknownWorkflowError(ExecutorError):
    """No document of that id ships."""

    error_type = "UnknownWorkflow"

    def __init__(self, workflow_id: str, known: list[str]) -> None:
        super().__init__(f"no workflow {workflow_id!r} ships; known are {', '.join(known)}")
        self.workflow_id = workflow_id


class NodeError(ExecutorError):
    """A node's work failed. `node_id` is set by the engine, which knows whose work it was.

    `error_type` is what the trace shows and counts by: the service's own name of the error where there is one
    (`ThrottlingException`), else a short name of few variants (`HTTP 503`, `Timeout`). Never made from message text.
    """

    def __init__(
        self,
        error_type: str,
        message: str,
        *,
        is_retryable: bool = False,
        retry_after_seconds: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.is_retryable = is_retryable
        self.retry_after_seconds = retry_after_seconds

    def after(self, addition: str) -> NodeError:
        """The same error, said with what was done about it."""
        return NodeError(self.error_type, f"{self.message}; {addition}")
