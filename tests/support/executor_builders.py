"""Documents and resources for tests, each with overrides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from executor.document import WorkflowDocument
from executor.errors import NodeError
from executor.resources import HttpAnswer, Resources
from executor.rules import parse_document
from tests.support.recording_tracing import RecordingTracing

MODEL = "amazon.nova-lite-v1:0"


def template(node_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": node_id, "kind": "template", "template": f"{node_id} ran", **fields}


def transform(node_id: str, expression: str, **fields: Any) -> dict[str, Any]:
    return {"id": node_id, "kind": "transform", "expression": expression, **fields}


def http(node_id: str, path: str = "/things", **fields: Any) -> dict[str, Any]:
    return {"id": node_id, "kind": "http", "connection": "shop", "path": path, **fields}


def generate(node_id: str, content: str = "Say hello.", **fields: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": content}]
    return {"id": node_id, "kind": "generate", "model": MODEL, "messages": messages, **fields}


def document_of(*nodes: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "test", "name": "Test", "version": "1", "nodes": list(nodes), **fields}


def workflow_of(*nodes: Mapping[str, Any], **fields: Any) -> WorkflowDocument:
    return parse_document(document_of(*nodes, **fields))


class FakeTime:
    """A clock that moves only when something sleeps; `remaining_ms` counts down with it."""

    def __init__(self, remaining_ms: int = 300_000) -> None:
        self.slept: list[float] = []
        self._remaining_ms = remaining_ms

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def remaining_ms(self) -> int:
        return self._remaining_ms - round(sum(self.slept) * 1_000)


def answer_of(text: str = "Hello.", stop_reason: str = "end_turn", **usage: int) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15, **usage},
        "ResponseMetadata": {"RequestId": "request-1"},
    }


class FakeModel:
    """Gives the answers it was made with, in order; an error among them is raised. Keeps the requests."""

    def __init__(self, *answers: Mapping[str, Any] | NodeError) -> None:
        self.requests: list[Mapping[str, Any]] = []
        self._answers = list(answers)

    def __call__(self, request: Mapping[str, Any], _timeout_seconds: int) -> Mapping[str, Any]:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, NodeError):
            raise answer
        return answer


class FakeHttp:
    """Gives the answers it was made with, in order. Keeps the requests as (method, URL, headers, body, timeout)."""

    def __init__(self, *answers: HttpAnswer) -> None:
        self.requests: list[tuple[str, str, Mapping[str, str], bytes | None, float]] = []
        self._answers = list(answers)

    def __call__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_seconds: float,
    ) -> HttpAnswer:
        self.requests.append((method, url, headers, body, timeout_seconds))
        return self._answers.pop(0)


def json_answer(text: str, status: int = 200, **headers: str) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json", **headers}, text.encode())


def resources_of(
    tracing: RecordingTracing | None = None,
    *,
    model: Callable[..., Mapping[str, Any]] | None = None,
    send: Callable[..., HttpAnswer] | None = None,
    time: FakeTime | None = None,
) -> Resources:
    time = time or FakeTime()
    return Resources(
        tracing=tracing or RecordingTracing(),
        converse=model or FakeModel(),
        send=send or FakeHttp(),
        connections={"shop": "https://shop.example/v1/"},
        remaining_ms=time.remaining_ms,
        sleep=time.sleep,
        chance=lambda: 0.0,
        time_unix_nano=lambda: 1_000,
    )
