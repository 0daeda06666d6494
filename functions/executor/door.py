"""What the executor uses of the door `spanvas`, as a protocol: the package itself fits it, and so does a fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class SpanHandle(Protocol):
    """An open span."""

    def set_output(self, value: Any, /) -> None: ...

    def set_attribute(self, key: str, value: Any, /) -> None: ...


class ArtifactHandle(Protocol):
    """A stored artifact."""

    @property
    def artifact_id(self) -> str: ...


class Door(Protocol):
    """Spans of one execution; see the layer's documentation for what each of these records."""

    def node(
        self, node_id: str, *, name: str, kind: str, input: Any
    ) -> AbstractContextManager[SpanHandle]: ...

    def attempt(self, number: int, *, backoff_ms: int) -> AbstractContextManager[SpanHandle]: ...

    def span(
        self, name: str, *, kind: str, attributes: Mapping[str, Any]
    ) -> AbstractContextManager[SpanHandle]: ...

    def record_generation(
        self,
        *,
        model: str,
        provider: str,
        system: str | None,
        input_messages: Sequence[Mapping[str, Any]],
        output_messages: Sequence[Mapping[str, Any]],
        usage: Mapping[str, int],
        finish_reasons: Sequence[str],
        tool_definitions: Sequence[Mapping[str, Any]] | None,
        start_time_unix_nano: int,
        end_time_unix_nano: int,
    ) -> None: ...

    def attach_artifact(
        self, name: str, data: bytes, /, media_type: str
    ) -> ArtifactHandle | None: ...

    def bind(self, function: Function, /) -> Function: ...
