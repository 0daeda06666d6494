"""What an `expected.json` of tests/fixtures/senders asks, held against what the API says of the runs: by kind of
question, the differences in words. A captured request and a live one are asked the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from spanvas.model import kinds
from tests.support import told_by_api as told
from tests.support.received_runs import Run

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "senders"
SAID: Final = ("Lyon", "parcels 4711")
"""Words of the conversation that stand nowhere else in a span."""

Expected = Mapping[str, Any]
Check = Callable[[Run, Expected], Iterator[str]]


@cache
def expectation(name: str) -> dict[str, Any]:
    """What is true of the fixture of this name."""
    expected: dict[str, Any] = json.loads((FOLDER / f"{name}.expected.json").read_text("utf-8"))
    return expected


def differences(asked: str, runs: Sequence[Run], expected: Expected) -> list[str]:
    """In what the runs differ from what is expected of them; empty where in nothing that is asked."""
    executions = expected["executions"]
    if len(runs) != len(executions):
        return [f"{len(runs)} executions, not {len(executions)}"]
    check = CHECKS[asked]
    return [
        f"execution {number}: {difference}"
        for number, (run, one) in enumerate(zip(runs, executions, strict=True))
        for difference in check(run, {**expected, **one})
    ]


def is_asked(asked: str, expected: Expected) -> bool:
    """Whether something of this kind is expected of one of the executions."""
    key = NEEDS.get(asked)
    return key is None or any(key in execution for execution in expected["executions"])


def _named(run: Run, expected: Expected) -> Iterator[str]:
    for key, said in told.named(run).items():
        yield from _unlike(key, said, expected.get(key, said))


def _kinds(run: Run, expected: Expected) -> Iterator[str]:
    for name, kind in expected.get("kinds", {}).items():
        said = sorted({span["kind"] for span in run.spans if span["name"] == name})
        yield from _unlike(f"kind of {name}", said, [kind])


def _nodes(run: Run, expected: Expected) -> Iterator[str]:
    if "nodes" in expected:
        yield from _unlike("nodes", told.nodes(run), told.node_ids(expected["nodes"]))


def _calls(run: Run, expected: Expected) -> Iterator[str]:
    said = told.calls(run)
    for call in expected.get("calls", ()):
        if not any(told.is_told(call, one) for one in said):
            yield f"no call is {call}; there are {said}"


def _totals(run: Run, expected: Expected) -> Iterator[str]:
    if "calls" in expected:
        yield from _unlike("totals", told.totals(run), told.sums(expected["calls"]))


def _errors(run: Run, expected: Expected) -> Iterator[str]:
    failed = any("error" in call for call in expected.get("calls", ()))
    if failed and not run.summary["counters"]["errors"]:
        yield "no error is counted"


def _tools(run: Run, expected: Expected) -> Iterator[str]:
    if "tools" in expected:
        missing, left = told.not_alike(expected["tools"], told.tools(run))
        yield from _unlike("tools that are missing", missing, [])
        yield from _unlike("tools that are too many", left, [])


def _documents(run: Run, expected: Expected) -> Iterator[str]:
    for name, documents in expected.get("documents", {}).items():
        for span in (span for span in run.spans if span["name"] == name):
            said = span.get("content", {}).get("documents", ())
            keys = {key for document in documents for key in document}
            shown = [{key: one.get(key) for key in keys} for one in said]
            yield from _unlike(f"documents of {name}", shown, documents)


def _messages(run: Run, expected: Expected) -> Iterator[str]:
    calls = run.spans_of_kind(kinds.MODEL)
    for one in expected.get("messages", ()):
        said = told.messages(calls[one["call"]] if one["call"] < len(calls) else {})
        for key in one.keys() & said.keys():
            yield from _unlike(f"{key} of call {one['call']}", said[key], one[key])


def _answer(run: Run, expected: Expected) -> Iterator[str]:
    if not any(expected.get("answer", "") in text for text in told.texts_out(run)):
        yield f"{expected['answer']!r} comes out of no span"


def _guarded(run: Run, expected: Expected) -> Iterator[str]:
    for body in run.denied:
        shown = told.without_errors(body)
        yield from (f"{word!r} is shown to all: {shown}" for word in SAID if word in shown)
        for key in expected.get("content_attributes", ()):
            if key in body.get("attributes", ()):
                yield f"{key} is no content"


def _unlike(what: str, said: Any, expected: Any) -> Iterator[str]:
    if said != expected:
        yield f"{what}: {said!r} instead of {expected!r}"


CHECKS: Final[Mapping[str, Check]] = {
    "executions": _named,
    "kinds": _kinds,
    "nodes": _nodes,
    "calls": _calls,
    "totals": _totals,
    "errors": _errors,
    "tools": _tools,
    "documents": _documents,
    "messages": _messages,
    "answer": _answer,
    "guarded": _guarded,
}
NEEDS: Final = {
    **{asked: asked for asked in ("kinds", "nodes", "calls", "tools", "documents", "messages")},
    "totals": "calls",
    "errors": "calls",
    "answer": "answer",
}
"""What is asked -> the key of an execution without which there is nothing to ask."""
