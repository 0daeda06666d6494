"""What the executor uses of the public API `spanvas`, as a protocol: the package itself fits it, and so does a fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class SpanHandle(Protocol):
    """An open span."""

    def set_output(self, value: Any) -> None:
        """Records what the span's work has returned."""

    def set_attribute(self, key: str, value: Any) -> None:
        """Records a fact about the span's work."""


class GenerationHandle(Protocol):
    """An open model call."""

    def response(self, answer: R) -> R:
        """Records what the model has answered, and returns it."""


class ArtifactHandle(Protocol):
    """A stored artifact."""

    @property
    def artifact_id(self) -> str:
        """The id that the file is read by."""


class Tracing(Protocol):
    """Spans of one execution; see the package `spanvas` for what each of these records."""

    def node(
        self, node_id: str, *, name: str, kind: str, input: Any
    ) -> AbstractContextManager[SpanHandle]:
        """Opens the span of a node."""

    def attempt(self, number: int, *, backoff_ms: int | None) -> AbstractContextManager[SpanHandle]:
        """Opens the span of one attempt, numbered from 1; `backoff_ms` is the wait before it."""

    def span(
        self, name: str, *, kind: str, input: Any = None, attributes: Mapping[str, Any]
    ) -> AbstractContextManager[SpanHandle]:
        """Opens the span of any other work."""

    def generation(
        self,
        *,
        model: str,
        provider: str,
        system: str | None,
        input_messages: Sequence[Any],
        tool_definitions: Any,
        parameters: Mapping[str, Any],
    ) -> AbstractContextManager[GenerationHandle]:
        """Opens the span of a model call, which is timed."""

    def attach_artifact(self, name: str, data: bytes, *, media_type: str) -> ArtifactHandle | None:
        """Keeps a file with the current span; None where tracing is off."""

    def bind(self, function: Callable[P, R]) -> Callable[P, R]:
        """Returns the function so that a thread that calls it adds to the current span."""
