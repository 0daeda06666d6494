"""Executions to store and to read: agents at work in the nodes of a workflow, as the layer records them.

Text is made of the words of the shipped workflows' sources in pseudo-random order. It compresses worse than prose
does (by 2.7 instead of 3.7), and no two spans share a sentence, as they do in real agents' conversations: sizes are
on the safe side. The same seed makes the same spans.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.execution import Execution
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.model.span import ERROR, OK, Event, Span
from spanvas.storage.port import SpanBatch, TraceStore
from tests.support.aws_from_template import ROOT
from tests.support.builders import SECOND, T0

TEXTS = ROOT / "functions" / "executor" / "workflows" / "texts"
CONTENT_CHARACTERS = 2048
BATCH_SPANS = 2_000
"""As many as the layer's exporter writes at once."""
STEPS = (
    kinds.AGENT, kinds.MODEL, kinds.TOOL, kinds.MODEL, kinds.RETRIEVAL, kinds.MODEL, kinds.TOOL, kinds.MODEL,
    kinds.HTTP, kinds.MODEL, kinds.ARTIFACT,
)  # fmt: skip
"""What is below one item of a node: an agent, and below it the rest."""
FAILING_TOOLS_OF = 7
FAILURE = "the archive did not answer within 10 s"
RESOURCE = {
    "service.name": "spanvas-executor",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.language": "python",
    "telemetry.distro.name": "spanvas",
    "cloud.provider": "aws",
    "cloud.platform": "aws_lambda",
    "cloud.region": "us-east-1",
    "faas.name": "spanvas-executor",
    "faas.version": "$LATEST",
    "faas.instance": "2026/09/21/[$LATEST]5a1c9d0e4f7b4c0d8e2f6a3b1c5d7e9f",
    "faas.max_memory": 1024 * 1024 * 1024,
}


@dataclass(frozen=True, slots=True)
class Workload:
    """`spans` have ended and are in the order of their ends."""

    execution: Execution
    spans: Sequence[Span]


def make_workload(size: int, *, tenant: str, seconds: float = 40, seed: int = 7) -> Workload:
    """An execution of `size` spans that takes so many seconds."""
    execution = Execution(
        tenant=tenant,
        execution_id=f"bench-{size}-{seed}",
        trace_id=trace_id_for(tenant, f"bench-{size}-{seed}"),
        workflow_id="research-brief",
        workflow_name="Research brief",
        workflow_version="3",
        started_at_unix_nano=T0,
        deadline_unix_nano=T0 + 900 * SECOND,
        expected_nodes=node_ids(size),
        started_by="8f14e45f-ceea-4672-9a1b-1c4b7f3c2d10",
    )
    spans = _Writer(execution, size, seconds, random.Random(seed)).spans()
    return Workload(execution, sorted(spans, key=lambda span: span.end_time_unix_nano or 0))


def store_workload(
    store: TraceStore,
    workload: Workload,
    flush_at: Sequence[float] = (),
    *,
    is_queued: bool = False,
    is_begun: bool = False,
) -> None:
    """Write an execution as the layer does: its start, a flush at each of these seconds, the rest at the end.

    `is_queued` lets the trace API make it first, as for executions that are started in the page. `is_begun` writes its
    beginning before its start, as under a wrapped handler.
    """
    execution = workload.execution
    if is_queued:
        store.start_execution(replace(execution, status="queued"))
    if is_begun:
        begun = replace(execution, workflow_id="spanvas-executor", workflow_name="")
        store.begin_execution(begun, lambda: None)
    store.start_execution(execution)
    for spans in flushes(workload.spans, flush_at):
        for first in range(0, len(spans), BATCH_SPANS):
            batch = spans[first : first + BATCH_SPANS]
            store.write(SpanBatch(execution.tenant, execution.execution_id, batch))
    ended_at = max(span.end_time_unix_nano or 0 for span in workload.spans)
    store.end_execution(
        execution.tenant, execution.execution_id, "succeeded", ended_at, None, {"store": "ok"}
    )


def flushes(spans: Sequence[Span], flush_at: Sequence[float]) -> Iterator[list[Span]]:
    """What each flush carries: spans that have ended since the last one, and steps that are open and not yet told."""
    waiting = list(spans)
    announced: set[str] = set()
    for moment in (T0 + round(seconds * SECOND) for seconds in flush_at):
        ended = [span for span in waiting if (span.end_time_unix_nano or 0) <= moment]
        waiting = waiting[len(ended) :]
        started = [
            as_started(span)
            for span in waiting
            if span.kind in kinds.DURABLE_AT_START
            and span.start_time_unix_nano <= moment
            and span.span_id not in announced
        ]
        announced.update(span.span_id for span in started)
        if ended or started:
            yield ended + started
    yield waiting


def as_started(span: Span) -> Span:
    attributes = {name: value for name, value in span.attributes.items() if name != names.OUTPUT}
    return replace(
        span,
        end_time_unix_nano=None,
        status="unset",
        attributes=attributes,
        events=(),
        recorded_at_unix_nano=span.start_time_unix_nano,
    )


def node_ids(size: int) -> tuple[str, ...]:
    return tuple(f"step-{number}" for number in range(1, 3 if size <= 100 else 21))


@cache
def vocabulary() -> list[str]:
    return " ".join(path.read_text("utf-8") for path in sorted(TEXTS.glob("*.txt"))).split()


def raised_at(time_unix_nano: int) -> Event:
    raised = {names.EXCEPTION_TYPE: "TimeoutError", names.EXCEPTION_MESSAGE: FAILURE}
    return Event(names.EXCEPTION_EVENT, time_unix_nano, raised)


class _Writer:
    """Makes the spans of one execution: workflow, invocation, nodes, and below these items with an agent each."""

    def __init__(
        self, execution: Execution, size: int, seconds: float, chance: random.Random
    ) -> None:
        self._execution = execution
        self._size = size
        self._nano = round(seconds * SECOND)
        self._chance = chance

    def spans(self) -> list[Span]:
        execution = self._execution
        root = root_span_id_for(execution.tenant, execution.execution_id)
        workflow = {
            names.EXECUTION_ID: execution.execution_id,
            names.TENANT: execution.tenant,
            names.WORKFLOW_ID: execution.workflow_id,
            names.WORKFLOW_NAME: execution.workflow_name,
            names.WORKFLOW_VERSION: execution.workflow_version,
            names.WORKFLOW_EXPECTED_NODES: list(execution.expected_nodes),
            **self._in_and_out(),
        }
        made = [self._span(root, None, "Research brief", kinds.WORKFLOW, (0.0, 1.0), workflow)]
        faas = {names.FAAS_COLDSTART: True, "faas.trigger": "other", **self._in_and_out()}
        made.append(
            self._span(None, root, "spanvas-executor", kinds.INVOCATION, (0.001, 0.999), faas)
        )
        nodes = node_ids(self._size)
        left = self._size - len(made) - len(nodes)
        for index, node_id in enumerate(nodes):
            share = left // (len(nodes) - index)
            left -= share
            made += self._node(made[1].span_id, node_id, index / len(nodes), 1 / len(nodes), share)
        return made

    def _node(
        self, parent: str, node_id: str, begin: float, length: float, below: int
    ) -> list[Span]:
        within = (begin + 0.002 * length, begin + 0.998 * length)
        title = f"Work on {node_id}"
        attributes = {names.NODE_ID: node_id, names.NODE_NAME: title, names.NODE_KIND: "map"}
        attributes |= self._in_and_out()
        node = self._span(None, parent, title, kinds.NODE, within, attributes)
        made = [node]
        items = max(-(-below // (1 + len(STEPS))), 1)
        for index in range(items):
            first = within[0] + (within[1] - within[0]) * index / items
            steps = min(1 + len(STEPS), below - index * (1 + len(STEPS)))
            made += self._item(node.span_id, node_id, index, first, length * 0.99 / items, steps)
        return made

    def _item(
        self, parent: str, node_id: str, index: int, begin: float, length: float, steps: int
    ) -> list[Span]:
        made: list[Span] = []
        owner = parent
        for step, kind in enumerate((kinds.ITEM, *STEPS)[:steps]):
            is_around = kind in (kinds.ITEM, kinds.AGENT)
            first = begin + length * step / 14
            last = begin + length * (0.99 - step / 100) if is_around else first + length / 15
            name, attributes = self._content(kind, index, step)
            attributes[names.NODE_ID] = node_id
            made.append(self._span(None, owner, name, kind, (first, last), attributes))
            if is_around:
                owner = made[-1].span_id
        return made

    def _content(self, kind: str, index: int, step: int) -> tuple[str, dict[str, Any]]:
        if kind == kinds.MODEL:
            return "chat claude-sonnet-4", self._generation()
        if kind == kinds.TOOL:
            call = {
                names.OPERATION: "execute_tool",
                names.TOOL_NAME: "search_archive",
                names.TOOL_CALL_ID: f"tooluse_{self._chance.getrandbits(80):020x}",
                names.TOOL_ARGUMENTS: json.dumps({"query": self.text(430), "limit": 5}),
                names.TOOL_RESULT: json.dumps({"passages": [self.text(780), self.text(780)]}),
            }
            return "execute_tool search_archive", call
        if kind == kinds.RETRIEVAL:
            documents = [{"id": f"doc-{n}", "content": self.text(420)} for n in range(4)]
            found = {
                names.OPERATION: "retrieval",
                names.RETRIEVAL_QUERY: self.text(280),
                names.RETRIEVAL_DOCUMENTS: json.dumps(documents),
            }
            return "retrieve archive", found
        if kind == kinds.HTTP:
            request = {
                names.HTTP_METHOD: "GET",
                "url.full": "https://archive.example.com/v1/passages",
                "http.response.status_code": 200,
            }
            return "GET /v1/passages", {**request, **self._in_and_out()}
        if kind == kinds.ARTIFACT:
            artifact = {
                "id": f"{self._chance.getrandbits(64):016x}",
                "name": f"notes-{index + 1}.md",
                "media_type": "text/markdown",
                "bytes": 20_480,
            }
            return "write notes", {names.ARTIFACTS: [artifact], **self._in_and_out()}
        if kind == kinds.ITEM:
            return f"item {index + 1}", {names.MAP_INDEX: index, **self._in_and_out()}
        return "invoke_agent researcher", {names.OPERATION: "invoke_agent", **self._in_and_out()}

    def _generation(self) -> dict[str, Any]:
        question = [{"role": "user", "parts": [{"type": "text", "content": self.text(1100)}]}]
        answer = [{"role": "assistant", "parts": [{"type": "text", "content": self.text(800)}]}]
        return {
            names.OPERATION: "chat",
            names.PROVIDER[0]: "aws.bedrock",
            names.REQUEST_MODEL: "anthropic.claude-sonnet-4-20250514-v1:0",
            names.FINISH_REASONS: ["end_turn"],
            names.INPUT_TOKENS[0]: self._chance.randrange(800, 9_000),
            names.OUTPUT_TOKENS[0]: self._chance.randrange(80, 900),
            "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 2048,
            names.SYSTEM_INSTRUCTIONS: json.dumps([{"type": "text", "content": self.text(148)}]),
            names.INPUT_MESSAGES: json.dumps(question),
            names.OUTPUT_MESSAGES: json.dumps(answer),
        }

    def _in_and_out(self) -> dict[str, Any]:
        half = CONTENT_CHARACTERS // 2
        return {
            names.INPUT: json.dumps({"question": self.text(half)}),
            names.OUTPUT: json.dumps({"notes": self.text(half)}),
        }

    def text(self, characters: int) -> str:
        words = self._chance.choices(vocabulary(), k=characters // 4)
        return " ".join(words)[:characters]

    def _span(
        self,
        span_id: str | None,
        parent: str | None,
        name: str,
        kind: str,
        within: tuple[float, float],
        attributes: dict[str, Any],
    ) -> Span:
        start, end = (
            T0 + round(part * self._nano) + self._chance.randrange(SECOND // 1000)
            for part in within
        )
        outcome: dict[str, Any] = {"status": OK}
        if kind == kinds.TOOL and self._chance.randrange(FAILING_TOOLS_OF) == 0:
            outcome = {"status": ERROR, "status_message": FAILURE, "events": (raised_at(end),)}
            attributes = {**attributes, names.ERROR_TYPE: "TimeoutError"}
        return Span(
            trace_id=self._execution.trace_id,
            span_id=span_id or f"{self._chance.getrandbits(64) | 1:016x}",
            parent_span_id=parent,
            name=name,
            kind=kind,
            start_time_unix_nano=start,
            end_time_unix_nano=end,
            attributes={names.KIND: kind, **attributes},
            resource=RESOURCE,
            scope_name="spanvas",
            scope_version="0.1.0",
            deadline_unix_nano=self._execution.deadline_unix_nano,
            recorded_at_unix_nano=end,
            **outcome,
        )
