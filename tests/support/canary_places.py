"""Places of an OTLP request in which a text can stand, each with a canary of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.support.canary_names import NAMES

TRACE: Final = "c" * 32
AT_ONCE: Final = 40
Place = Callable[[str], dict[str, Any]]


def canary(place: str, number: int) -> str:
    """Returns a text that is found nowhere else, in the form of a sentence."""
    return f"canary{number:04}x of {place.replace('.', ' ')[:20]}, as Ada asked"


def places() -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Yields a name for each span, the canaries in it by their places, and the span (`resource`, `scope` stand beside
    its fields). Of the names of texts, `AT_ONCE` are on one span."""
    number = 0
    for name, make in (*FIELDS.items(), *ATTRIBUTES.items()):
        text = canary(name, number)
        yield name, {name: text}, make(text)
        number += 1
    for start in range(0, len(NAMES), AT_ONCE):
        attributes = {}
        for name in NAMES[start : start + AT_ONCE]:
            attributes[name] = canary(name, number)
            number += 1
        canaries = {f"attribute {name}": text for name, text in attributes.items()}
        yield f"names {start}", canaries, {"attributes": attributes}


def _event(name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"events": [{"name": name, "attributes": attributes}]}


FIELDS: Final[dict[str, Place]] = {
    "span name": lambda text: {"name": text},
    "name of a model call": lambda text: {"name": f"chat {text}"},
    "name of an agent": lambda text: {"name": f"invoke_agent {text}"},
    "name of a tool": lambda text: {"name": f"execute_tool {text}"},
    "name of a request": lambda text: {"name": f"GET {text}"},
    "name of a root": lambda text: {"name": text, "is_root": True},
    "status message": lambda text: {"status": text},
    "event name": lambda text: _event(text, {}),
    "exception message": lambda text: _event("exception", {"exception.message": text}),
    "exception stack": lambda text: _event("exception", {"exception.stacktrace": text}),
    "exception type": lambda text: _event("exception", {"exception.type": text}),
    "event attribute": lambda text: _event("step", {"said": text}),
    "event body": lambda text: _event("log", {"body": text}),
    "message event": lambda text: _event("gen_ai.user.message", {"content": text}),
    "choice event": lambda text: _event("gen_ai.choice", {"message": text}),
    "details event": lambda text: _event(
        "gen_ai.client.inference.operation.details", {"gen_ai.input.messages": text}
    ),
    "memory event": lambda text: _event("memory.search", {"query": text}),
    "evaluation event": lambda text: _event(
        "gen_ai.evaluation.result",
        {"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.explanation": text},
    ),
    "evaluation label": lambda text: _event(
        "gen_ai.evaluation.result",
        {"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.label": text},
    ),
    "link attribute": lambda text: {"link": {"why": text}},
    "resource attribute": lambda text: {"resource": {"team.motto": text}},
    "service name": lambda text: {"resource": {"service.name": text}},
    "scope name": lambda text: {"scope": text},
    "scope version": lambda text: {"scope_version": text},
    "scope attribute": lambda text: {"scope_attributes": {"team.motto": text}},
    "schema URL of a resource": lambda text: {"resource_schema": text},
    "schema URL of a scope": lambda text: {"scope_schema": text},
    "trace state": lambda text: {"state": text},
    "trace state of a link": lambda text: {"link": {}, "link_state": text},
    "error type": lambda text: {"attributes": {"error.type": text}, "status": "x"},
    "attribute name": lambda text: {"attributes": {text: 1}},
    "event attribute name": lambda text: _event("step", {text: 1}),
}
ATTRIBUTES: Final[dict[str, Place]] = {
    f"under {name}": (lambda text, name=name: {"attributes": {name: text}})  # type: ignore[misc]
    for name in (
        "gen_ai.request.model", "gen_ai.provider.name", "gen_ai.response.id", "gen_ai.tool.name",
        "gen_ai.agent.name", "gen_ai.conversation.id", "session.id", "user.id", "http.route", "url.path",
        "url.full", "http.url", "http.target", "server.address", "rpc.method", "messaging.destination.name",
        "spanvas.node.id", "spanvas.node.name", "spanvas.workflow.name", "spanvas.workflow.version",
        "spanvas.artifacts", "spanvas.log.url", "spanvas.redaction", "openinference.span.kind", "graph.node.id",
        "ai.operationId", "langfuse.trace.name", "langfuse.observation.usage_details", "mlflow.spanType",
        "braintrust.scores", "w3c.tracestate", "db.query.summary", "thread.name", "lk.llm_metrics",
    )
}  # fmt: skip
"""Names that promise structure, with a text that has not its shape."""
ATTRIBUTES["URL with a query"] = lambda text: {
    "attributes": {"url.full": f"https://a.test/x?q={text}"}
}
ATTRIBUTES["list"] = lambda text: {"attributes": {"gen_ai.response.finish_reasons": [text]}}
ATTRIBUTES["JSON"] = lambda text: {"attributes": {"custom": f'{{"a": ["{text}"]}}'}}
ATTRIBUTES["figures"] = lambda text: {
    "attributes": {"gen_ai.usage.raw": f'{{"n": 1, "said": "{text}"}}'}
}
ATTRIBUTES["name of a figure"] = lambda text: {
    "attributes": {"gen_ai.usage.raw": f'{{"{text}": 1}}'}
}
