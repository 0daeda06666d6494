"""What is kept of an execution beside its spans: names of its workflow, what its sender calls it, what it failed of."""

from __future__ import annotations

from dataclasses import replace

from spanvas.model.execution import Cause, Execution
from spanvas.privacy.redact import NONE, Redactor
from spanvas.semantics.shapes import WITHHELD, id_without_content


class RecordRedaction:
    """Redacts executions and their causes in the content mode of a redactor. Never raises for anything they hold."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def execution(self, execution: Execution) -> Execution:
        """Returns an execution with names that may be kept; the same where all of them may."""
        if self._redactor.mode == NONE:
            execution = _structure_of(execution)
        name = self._name(execution.workflow_name)
        version = self._name(execution.workflow_version)
        external_id = execution.external_id
        if self._name(external_id) != external_id:
            external_id = ""  # what is left of it calls nothing
        if (name, version, external_id) == (
            execution.workflow_name,
            execution.workflow_version,
            execution.external_id,
        ):
            return execution
        return replace(
            execution, workflow_name=name, workflow_version=version, external_id=external_id
        )

    def cause(self, cause: Cause | None) -> Cause | None:
        """Returns a cause with a message that may be kept."""
        if cause is None:
            return None
        from spanvas.semantics.withheld import cause_without_content

        structure = cause_without_content(cause)
        if self._redactor.mode == NONE:
            cause = structure
        message = cause.message
        if structure.message != message:  # else Spanvas itself has written it
            message = self._redactor.redact_text(message)
        return replace(cause, error_type=self._name(cause.error_type), message=message)

    def _name(self, text: str) -> str:
        return self._redactor.redact_name(text) if text else text


def _structure_of(execution: Execution) -> Execution:
    """Returns the structure of an execution. What its sender calls it stays where it is a token: it is no name."""
    from spanvas.semantics.withheld import execution_without_content

    kept = execution_without_content(execution)
    return replace(
        kept,
        external_id="" if kept.external_id == WITHHELD else kept.external_id,
        expected_nodes=tuple(map(id_without_content, execution.expected_nodes)),
    )
