"""Tracing that remembers what it was told, as a tree of plain spans."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RecordedSpan:
    name: str
    kind: str
    attributes: dict[str, Any] = field(default_factory=dict)
    input: Any = None
    output: Any = None
    error: BaseException | None = None
    children: list[RecordedSpan] = field(default_factory=list)

    def set_input(self, value: Any) -> None:
        self.input = value

    def set_output(self, value: Any) -> None:
        self.output = value

    def set_attribute(self, key: str, value: Any) -> None:
        self.attributes[key] = value

    def response(self, answer: Any) -> Any:
        self.output = answer
        return answer

    def walk(self) -> Iterator[RecordedSpan]:
        yield self
        for child in self.children:
            yield from child.walk()

    def names(self) -> list[str]:
        """The names below this span, each indented by two spaces a level."""
        lines = []
        for child in self.children:
            lines.append(child.name)
            lines += [f"  {name}" for name in child.names()]
        return lines


@dataclass(frozen=True)
class RecordedArtifact:
    name: str
    data: bytes
    media_type: str
    artifact_id: str


class RecordingTracing:
    """Keeps spans, artifacts and generations; with `is_on=False` it stores no artifact, as when tracing is off."""

    def __init__(self, is_on: bool = True) -> None:
        self.root = RecordedSpan("root", "workflow")
        self.artifacts: list[RecordedArtifact] = []
        self._is_on = is_on
        self._lock = threading.Lock()
        self._current: ContextVar[RecordedSpan] = ContextVar("current", default=self.root)

    def node(self, node_id: str, *, name: str = "", kind: str = "", input: Any = None) -> Any:
        return self._open(RecordedSpan(node_id, kind, {"name": name}, input))

    def attempt(self, number: int, *, backoff_ms: int | None = None) -> Any:
        return self._open(RecordedSpan(f"attempt {number}", "attempt", {"backoff_ms": backoff_ms}))

    def span(
        self,
        name: str,
        *,
        kind: str = "other",
        input: Any = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Any:
        return self._open(RecordedSpan(name, kind, dict(attributes or {}), input))

    def generation(self, *, model: str, **asked: Any) -> Any:
        return self._open(RecordedSpan(f"chat {model}", "model", asked))

    def attach_artifact(
        self, name: str, data: bytes, *, media_type: str = ""
    ) -> RecordedArtifact | None:
        if not self._is_on:
            return None
        with self._lock:
            artifact = RecordedArtifact(name, data, media_type, f"art_{len(self.artifacts)}")
            self.artifacts.append(artifact)
        return artifact

    def bind(self, function: Callable[..., Any]) -> Callable[..., Any]:
        context = copy_context()
        return lambda *arguments: context.run(function, *arguments)

    def spans(self, kind: str) -> list[RecordedSpan]:
        return [span for span in self.root.walk() if span.kind == kind]

    @contextmanager
    def _open(self, span: RecordedSpan) -> Iterator[RecordedSpan]:
        with self._lock:
            self._current.get().children.append(span)
        token = self._current.set(span)
        try:
            yield span
        except BaseException as error:
            span.error = error
            raise
        finally:
            self._current.reset(token)
