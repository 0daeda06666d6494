"""What the executor uses of the public API `spanvas`, as a protocol: the package itself fits it, and so does a fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class SpanHandle(Protocol):
    """An open span."""

    def set_output(self, value: Any) -> None: ...

    def set_attribute(self, key: str, value: Any) -> None: ...


class GenerationHandle(Protocol):
    """An open model call."""

    def response(self, answer: R) -> R: ...


class ArtifactHandle(Protocol):
    """A stored artifact."""

    @property
    def artifact_id(self) -> str: ...


class Tracing(Protocol):
    """Spans of one execution; see the package `spanvas` for what each of these records."""

    def node(
        self, node_id: str, *, name: str, kind: str, input: Any
    ) -> AbstractContextManager[SpanHandle]: ...

    def attempt(
        self, number: int, *, backoff_ms: int | None
    ) -> AbstractContextManager[SpanHandle]: ...

    def span(
        self, name: str, *, kind: str, input: Any = None, attributes: Mapping[str, Any]
    ) -> AbstractContextManager[SpanHandle]: ...

    def generation(
        self,
        *,
        model: str,
        provider: str,
        system: str | None,
        input_messages: Sequence[Any],
        tool_definitions: Any,
        parameters: Mapping[str, Any],
    ) -> AbstractContextManager[GenerationHandle]: ...

    def attach_artifact(
        self, name: str, data: bytes, *, media_type: str
    ) -> ArtifactHandle | None: ...

    def bind(self, function: Callable[P, R]) -> Callable[P, R]: ...
