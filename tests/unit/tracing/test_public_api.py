"""The public API itself: on, off, and when the engine cannot start."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator

import pytest

import spanvas
from spanvas import settings
from spanvas.otel_variables import OtlpTarget
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.tracing import engine as engine_module
from spanvas.tracing import sinks
from spanvas.tracing.engine import Engine
from spanvas.tracing.health import Health
from tests.support.builders import make_span
from tests.support.recording import make_run, recording


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The public API as it is when a process has just begun."""
    monkeypatch.setattr(spanvas, "_engine", None)
    monkeypatch.setattr(spanvas, "_is_asked", False)
    monkeypatch.setattr(settings, "_loaded", None)
    monkeypatch.delenv("SPANVAS_ENABLED", raising=False)
    monkeypatch.delenv("SPANVAS_TABLE", raising=False)
    yield monkeypatch


def use_everything() -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        run.set_input(1)
        run.set_output(1)
        run.fail("x")
        with spanvas.node("draft") as node, spanvas.attempt(1), spanvas.span("s"):
            node.set_attribute("a", 1)
            node.add_event("e")
            assert (node.span_id, node.trace_id) == ("", "")
        spanvas.record_generation(model="m")
        assert spanvas.attach_artifact("a", b"x") is None
    assert run.execution_id == "e1"
    assert spanvas.bind(use_everything) is use_everything
    assert spanvas.flush()
    assert spanvas.health() == {}


def test_off_everything_does_nothing(unasked: pytest.MonkeyPatch) -> None:
    use_everything()
    assert spanvas.current_engine() is None


def test_what_was_loaded_is_not_looked_through_for_garbage(unasked: pytest.MonkeyPatch) -> None:
    unasked.setenv("SPANVAS_ENABLED", "true")
    loaded = [["before the start"]]
    assert spanvas.current_engine() is not None
    assert gc.isenabled()
    assert any(one is loaded for one in gc.get_objects(generation=2))


def test_what_a_function_has_frozen_stays_so(unasked: pytest.MonkeyPatch) -> None:
    unasked.setenv("SPANVAS_ENABLED", "true")
    gc.freeze()
    try:
        assert spanvas.current_engine() is not None
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_what_cannot_start_is_off_and_said_once(
    unasked: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unasked.setenv("SPANVAS_ENABLED", "true")
    unasked.setenv("SPANVAS_CONTENT", "everything")
    use_everything()
    assert [record.getMessage() for record in caplog.records] == [
        "tracing is off: it could not be started"
    ]


def test_on_there_is_one_engine_for_the_process(unasked: pytest.MonkeyPatch) -> None:
    unasked.setenv("SPANVAS_ENABLED", "true")
    engine = spanvas.current_engine()
    assert isinstance(engine, Engine)
    assert spanvas.current_engine() is engine


def test_threads_that_come_at_once_start_one_engine(unasked: pytest.MonkeyPatch) -> None:
    class Late:
        """A lock that another thread has held just before."""

        def __enter__(self) -> None:
            spanvas._is_asked = True

        def __exit__(self, *error: object) -> None:
            pass

    unasked.setattr(spanvas, "_asking", Late())
    unasked.setenv("SPANVAS_ENABLED", "true")
    assert spanvas.current_engine() is None


def test_settings_name_the_store_and_the_endpoint(unasked: pytest.MonkeyPatch) -> None:
    unasked.setenv("AWS_DEFAULT_REGION", "us-east-1")
    made = noted_targets(unasked)
    engine = Engine.from_settings(
        Settings(
            enabled=True,
            table="traces",
            bucket="payloads",
            otlp_endpoint="http://127.0.0.1:9",
            otlp_headers={"a": "b"},
            otlp_certificate="/var/task/own.pem",
        )
    )
    assert isinstance(engine.artifacts._store, DynamoTraceStore)
    assert engine.delivery._otlp is not None
    engine.delivery._otlp._make_sink()
    assert made == [("http://127.0.0.1:9/v1/traces", {"a": "b"}, "/var/task/own.pem", "spanvas")]


def test_opentelemetrys_variables_name_the_service_and_the_endpoint(
    unasked: pytest.MonkeyPatch,
) -> None:
    unasked.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    unasked.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a=b")
    unasked.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")
    unasked.setenv("OTEL_SERVICE_NAME", "canvas")
    unasked.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging,faas.name=x")
    unasked.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "nobodys")
    made = noted_targets(unasked)

    engine = Engine.from_settings(Settings(enabled=True, otlp_exporter="otel"))

    assert engine.delivery._otlp is not None
    engine.delivery._otlp._make_sink()
    assert made == [("http://127.0.0.1:9/v1/traces", {"a": "b"}, "", "otel")]
    resource = engine.providers.own.resource.attributes
    assert resource["service.name"] == "canvas"
    assert resource["deployment.environment.name"] == "staging"
    assert engine.problems.counts() == {
        "otel.OTEL_EXPORTER_OTLP_TIMEOUT": 1,
        "otel.OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": 1,
        "store.none": 1,
    }


def test_a_tracer_provider_of_the_functions_own_sends_to_opentelemetrys_endpoint_alone(
    unasked: pytest.MonkeyPatch,
) -> None:
    unasked.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    made = noted_targets(unasked)
    engine = Engine.from_settings(Settings(enabled=True))
    unasked.setattr(engine.providers, "has_other", lambda: True)

    exporter, run = engine.delivery._otlp, make_run()
    assert exporter is not None
    exporter.append(run, make_span("a"))

    assert exporter.work()
    assert (made, exporter.report(run)) == ([], {})


def noted_targets(unasked: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str], str, str]]:
    made: list[tuple[str, dict[str, str], str, str]] = []

    def note(target: OtlpTarget, exporter: str, _: Health) -> None:
        made.append((target.url, target.headers, target.certificate, exporter))

    unasked.setattr(sinks, "sink_to", note)
    return made


def test_without_re2_the_engine_starts_all_the_same(unasked: pytest.MonkeyPatch) -> None:
    def missing(_rules: object) -> None:
        raise ImportError("re2")

    unasked.setattr(engine_module, "Scanner", missing)
    assert engine_module._scanner(Settings()) == (None, "")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SPANVAS_REDACTION_RULES": "-ipv44"}, "no rule is called 'ipv44'; the rules are "),
        (
            {"SPANVAS_REDACTION_PATTERNS": '{"badge": "B-(x"}'},
            "the pattern 'badge' is not in RE2's syntax: ",
        ),
    ],
)
def test_rules_that_cannot_be_had_are_named_and_leave_nothing_to_scan_with(
    variables: dict[str, str], said: str
) -> None:
    scanner, refused = engine_module._scanner(Settings.from_env(variables))
    assert scanner is None
    assert refused.startswith(said)


def test_everything_public_is_listed_and_says_what_it_does() -> None:
    public = {
        name
        for name, value in vars(spanvas).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__.startswith("spanvas")
    }
    assert public - {"Scope", "current_engine"} == set(spanvas.__all__)
    for name in public:
        assert vars(spanvas)[name].__doc__


def test_the_former_names_work_and_warn() -> None:
    with recording() as recorded, spanvas.workflow("brief", execution_id="e1"):
        with (
            pytest.warns(DeprecationWarning, match=r"undecided\(\) is now spanvas.defer_recording"),
            spanvas.undecided(),
        ):
            pass
        with pytest.warns(DeprecationWarning, match=r"disown\(\) is now spanvas.discard\(\)"):
            spanvas.disown()
    assert recorded.engine.health() == {"executions.disowned": 1}
