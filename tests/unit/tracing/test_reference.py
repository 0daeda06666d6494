"""The reference lists what is really written, and the how-to's code runs."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import opentelemetry.semconv._incubating.attributes as _incubating_attributes
import pytest

import spanvas
from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import Span
from spanvas.otlp.conventions import as_exported
from spanvas.otlp.export_safe import export_safe
from spanvas.semantics.dialect_content import CONTENT_NAMES
from spanvas.tracing import instrumentations
from spanvas.tracing.bootstrap import TracedHandler
from spanvas.tracing.provider import make_resource
from tests.support.lambda_function import LAMBDA, make_context
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, recording
from tests.support.sqs_records import sqs_record

DOCS = Path(__file__).parents[3] / "docs"
REFERENCE = (DOCS / "reference/attributes.md").read_text()
HEALTH = (DOCS / "reference/health.md").read_text()
LAYER = Path(spanvas.__file__).parent
HOW_TO = (DOCS / "how-to/instrument-an-executor.md").read_text()

WRITTEN_BY_EXECUTORS = {names.MAP_SIZE, names.MAP_INDEX}
"""Documented here, set by who opens `map` and `item` spans."""

WRITTEN_WHERE_FILES_ARE_NOT_KEPT = {names.ARTIFACT_WITHHELD, names.ARTIFACTS_WITHHELD}
"""`test_kept_files.py` records them, with the content mode `none`."""

WRITTEN_FOR_DURABLE_FUNCTIONS = {
    value for key, value in vars(names).items() if key.startswith("DURABLE_")
}
"""`tests/functional/tracing/test_durable_functions.py` records them, with AWS's own SDK."""

NOT_ATTRIBUTES = {
    "spanvas.workflow",
    "spanvas.node",
    "spanvas.attempt",
    "spanvas.span",
    "spanvas.generation",
    "spanvas.record_generation",
    "spanvas.message",
    "spanvas.retry",
    "spanvas.artifact",
    "aws.bedrock",
    "aws.sns",
    "aws.eventbridge",
    names.TOOL_NAME,
    names.HTTP_METHOD,
}
"""Functions of the public API, an event, a provider, and what is read without being written."""


def documented() -> set[str]:
    """Everything in backquotes that looks like the name of an attribute, before the section on OTLP."""
    own = REFERENCE.split("## At an OTLP endpoint")[0]
    return {
        name
        for name in re.findall(r"`([a-z_]+(?:\.[a-z0-9_*]+)+)`", own)
        if name not in NOT_ATTRIBUTES
    }


STATE = {
    "Execution": {
        "Id": "arn:aws:states:eu-central-1:123456789012:execution:order-flow:run-1",
        "Input": {},
        "Name": "run-1",
        "StartTime": "1970-01-01T00:00:00.500Z",
    },
    "State": {"Name": "Read", "EnteredTime": "1970-01-01T00:00:01.000Z", "RetryCount": 0},
    "StateMachine": {"Name": "order-flow"},
}
"""What a state passes on of `$$`."""


@pytest.fixture(scope="module")
def everything() -> list[Span]:
    """One of every span, attribute and event that the layer writes."""
    with recording(environment=LAMBDA, scanner=None, artifact_buckets=("reports",)) as recorded:
        TracedHandler(recorded.engine, lambda event, context: use_everything(recorded))(
            {"execution_id": "e1"}, make_context()
        )
        TracedHandler(recorded.engine, lambda event, context: None)(
            {"Records": [sqs_record()]}, make_context()
        )
        TracedHandler(recorded.engine, lambda event, context: None)(
            {"StepFunctions": STATE}, make_context()
        )
        with (
            spanvas.workflow("poll", execution_id="e1", tenant="acme"),
            spanvas.message(sqs_record()),
        ):
            spanvas.discard()
        run = recorded.engine.executions.new_run("late", "e2", None)
        root = recorded.engine.executions.open_root(run)
        assert root is not None
        recorded.engine.processor.cut_short(run)
        root.close(None)
    return recorded.spans


OPERATION = SimpleNamespace(
    name="Converse", service_model=SimpleNamespace(service_id="Bedrock Runtime")
)
THROTTLED = {"Error": {"Code": "ThrottlingException"}}


def use_everything(recorded: Recording) -> None:
    store = recorded.store
    assert isinstance(store, MemoryTraceStore)
    with spanvas.workflow("brief", version="1", expected_nodes=("draft",), input=1) as run:
        with spanvas.node("draft", name="Draft", kind="generate", attempt=1):
            with spanvas.attempt(1, backoff_ms=5):
                with suppress(GeneratorExit), spanvas.generation(model="m") as call:
                    call.token()
                    raise GeneratorExit
                spanvas.record_generation(
                    model="m",
                    provider="p",
                    system="s",
                    input_messages=["i"],
                    output_messages=["o"],
                    tool_definitions=[],
                    usage={
                        "input_tokens": 3,
                        "output_tokens": 2,
                        "cache_read_tokens": 1,
                        "cache_write_tokens": 1,
                        "reasoning_tokens": 1,
                    },
                    finish_reasons=["stop"],
                    parameters={"temperature": 1},
                    response_model="m-1",
                    response_id="r",
                )
            spanvas.attach_artifact("a.txt", b"a", media_type="image/png")
            store.objects["reports", "c.txt"] = (b"c", "text/plain")
            spanvas.attach_artifact("c.txt", s3="s3://reports/c.txt")
            store.down = True
            spanvas.attach_artifact("b.txt", b"b")
            store.down = False
        for kind in kinds.KINDS:
            with spanvas.span(kind, kind=kind):
                pass
        with pytest.raises(ValueError), spanvas.node("fails"):
            raise ValueError
        with pytest.raises(GeneratorExit), spanvas.span("is left early"):
            raise GeneratorExit
        instrumentations._add_event(
            1, 1, OPERATION, {}, (SimpleNamespace(status_code=429), THROTTLED)
        )
        run.set_output(1)


def test_every_attribute_that_is_written_is_documented(everything: list[Span]) -> None:
    written: set[str] = set()
    for span in everything:
        written.update(span.attributes)
        for event in span.events:
            written.update(event.attributes)
    written |= set(make_resource(SimpleNamespace(service_name="s"), environment()).attributes)  # type: ignore[arg-type]
    parameters = {name for name in written if name.startswith("gen_ai.request.")}
    written -= parameters - {names.REQUEST_MODEL}
    elsewhere = (
        WRITTEN_BY_EXECUTORS | WRITTEN_FOR_DURABLE_FUNCTIONS | WRITTEN_WHERE_FILES_ARE_NOT_KEPT
    )
    assert written | elsewhere | {"gen_ai.request.*"} == documented()


def environment() -> Any:
    from spanvas.environment import LambdaEnvironment

    return LambdaEnvironment(LAMBDA)


def test_every_kind_and_event_is_documented(everything: list[Span]) -> None:
    assert {span.kind for span in everything} == set(kinds.KINDS)
    assert re.findall(r"^\| `([a-z]+)` \| ", REFERENCE, re.M)[: len(kinds.KINDS)] == list(
        kinds.KINDS
    )
    events = {event.name for span in everything for event in span.events}
    assert events == {"exception", "spanvas.artifact", "spanvas.retry"}
    assert all(f"| `{event}` |" in REFERENCE for event in events)


def test_content_is_marked_as_such() -> None:
    marked = {
        name
        for line in REFERENCE.splitlines()
        if line.endswith("Content. |")
        for name in re.findall(r"`([a-z_.]+\.[a-z_.]+)`", line)
    }
    assert marked < CONTENT_NAMES
    assert names.INPUT_MESSAGES in marked


def test_companions_of_previews_are_documented() -> None:
    for name in set(export_safe({"NAME": "x" * 3_000}, "place")) - {"NAME"}:
        assert f"`{name}`" in REFERENCE


def test_settings_of_the_how_to_exist() -> None:
    from spanvas.settings import SETTINGS

    known = {setting.variable for setting in SETTINGS}
    assert set(re.findall(r"SPANVAS_[A-Z_]+", HOW_TO)) <= known


def test_every_counter_of_the_layer_is_documented_and_no_other() -> None:
    sources = "\n".join(
        path.read_text("utf-8") for path in sorted((LAYER / "tracing").rglob("*.py"))
    )
    found = re.findall(r'(?:say_once|(?:problems|health)\.count)\(\s*f?"([^"]+)"', sources)
    counted = {re.sub(r"\{.+\}", "*", name) for name in found}
    documented = re.findall(r"^\| `([^`]+)` \| (?:logged)? ?\|", HEALTH, re.M)
    assert {re.sub(r"[A-Z]+$", "*", name) for name in documented} == counted


KNOWN_ELSEWHERE = {"gen_ai.usage.cache_write.input_tokens"}
"""Of GenAI's own repository of conventions, 1.42."""
NUMBERS = {
    "faas.max_memory": int,
    "faas.coldstart": bool,
    "http.response.status_code": int,
    "gen_ai.request.temperature": float,
    "gen_ai.usage.input_tokens": int,
    "gen_ai.usage.output_tokens": int,
    "gen_ai.usage.cache_read.input_tokens": int,
}
"""Of the attributes that the layer writes, those that are no texts (semantic conventions 0.66b2)."""


def conventions() -> set[str]:
    """All attributes of the conventions' registry, in the version that is installed for the tests."""
    found: set[str] = set()
    for module in iter_modules(_incubating_attributes.__path__):
        attributes = import_module(f"{_incubating_attributes.__name__}.{module.name}")
        found |= {value for value in vars(attributes).values() if isinstance(value, str)}
    return found


def test_what_is_exported_is_ours_or_of_the_conventions(everything: list[Span]) -> None:
    known = conventions()
    exported = [as_exported(span, {names.EXECUTION_ID: "e1"}) for span in everything]
    attributes = [one for span in exported for one in span.attributes.items()]
    attributes += [
        one for span in exported for event in span.events for one in event.attributes.items()
    ]
    strange = {
        name for name, _ in attributes if name not in known and not name.startswith("spanvas.")
    }

    assert strange - KNOWN_ELSEWHERE == set()
    for name, kind in NUMBERS.items():
        values = [value for key, value in attributes if key == name]
        assert values, name
        assert {type(value) for value in values} == {kind}, name
