"""What can go wrong, as types.

ExecutorError
 ├─ InvalidWorkflowError     the document or its input cannot be run; every problem with its node and field
 ├─ UnknownWorkflowError     no document of that id ships
 ├─ NodeError                a node's work failed; knows its type for the trace and whether trying again can help
 └─ ExecutionFailedError     an execution that ran and failed, with its cause; never leaves the handler
"""

from __future__ import annotations

from dataclasses import dataclass


class ExecutorError(Exception):
    """Base of every error that the executor raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document. `node` is empty where it concerns the document as a whole."""

    node: str
    field: str
    message: str

    def __str__(self) -> str:
        place = f"node {self.node!r}, {self.field}" if self.node else self.field
        return f"{place}: {self.message}"

    def as_dict(self) -> dict[str, str]:
        return {"node": self.node, "field": self.field, "message": self.message}


class InvalidWorkflowError(ExecutorError):
    """The document, or the input it was given, cannot be run. `problems` has at least one item."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class UnknownWorkflowError(ExecutorError):
    """No document of that id ships."""

    def __init__(self, workflow_id: str, known: list[str]) -> None:
        super().__init__(f"no workflow {workflow_id!r} ships; known are {', '.join(known)}")
        self.workflow_id = workflow_id


class NodeError(ExecutorError):
    """A node's work failed.

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


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an execution failed. `node_id` is empty where it failed before any node ran."""

    node_id: str
    error_type: str
    message: str

    def as_dict(self) -> dict[str, str]:
        found = {"error_type": self.error_type, "message": self.message}
        return {"node_id": self.node_id, **found} if self.node_id else found


class ExecutionFailedError(ExecutorError):
    """Carries the cause out of the traced block, so that the trace ends as failed."""

    def __init__(self, cause: Cause) -> None:
        where = f"node {cause.node_id!r} failed: " if cause.node_id else ""
        super().__init__(f"{where}{cause.message}")
        self.cause = cause
        self.error_type = cause.error_type
