"""What holds for every call: kept events, problems, compression, headers, metrics, logs."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers import http_api
from spanvas_api.routes import ROUTES
from spanvas_api.services import Services
from tests.support.api_client import EVENTS, Client, LambdaContext
from tests.support.api_fakes import AuditedStore
from tests.support.builders import make_execution, make_span

ROOT = Path(__file__).parents[3]
KEPT = sorted(EVENTS.glob("*.json"))


@pytest.mark.parametrize(
    "path", [path for path in KEPT if "routeKey" in path.read_text("utf-8")], ids=lambda p: p.stem
)
def test_every_kept_event_is_answered(api: Client, path: Path) -> None:
    reply = api.send(json.loads(path.read_text("utf-8")))

    assert reply.status in (200, 202, 403, 404)


WITHOUT_STORE = {
    *("list_workflows", "tempo_echo", "tempo_build_info", "tempo_tags", "tempo_tags_v2"),
}


class TestProblems:
    def test_a_path_that_is_no_call_is_told_so(self, api: Client) -> None:
        for method, path in (
            ("GET", "/v1/nothing"),
            ("GET", "/"),
            ("PATCH", "/v1/executions/exec_1"),
            ("POST", "/v1/executions/exec_1/trace/more"),
            ("OPTIONS", "/v1/executions"),
        ):
            reply = api.call(method, path)
            assert (reply.status, reply.json["type"]) == (404, "urn:spanvas:problem:unknown-route")

    def test_it_is_a_problem_document_with_the_request_id(self, api: Client) -> None:
        reply = api.get("/v1/executions/exec_9")

        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json == {
            "type": "urn:spanvas:problem:not-found",
            "title": "Not found",
            "status": 404,
            "detail": "There is no such thing here.",
            "request_id": "QnB0tjE2DoEEPkw=",
        }

    @pytest.mark.parametrize(
        "route",
        [route for route in ROUTES if route.operation not in WITHOUT_STORE],
        ids=lambda route: route.operation,
    )
    def test_a_store_that_is_down_is_503_with_a_time_to_come_back(
        self, api: Client, store: AuditedStore, route: Any
    ) -> None:
        store.down = True
        path = route.path.format(
            workflow_id="support-triage",
            execution_id="exec_1",
            span_id="a" * 16,
            artifact_id="art_1",
            trace_id="a" * 32,
            tag="name",
        )

        asked = {"session_id": "s"} if route.operation == "delete_executions" else {}
        reply = api.call(route.method, path, query=asked)

        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
        said = reply.text if route.error_media_type == "text/plain" else reply.json["detail"]
        assert said == "Nothing was changed; try again."

    def test_a_bug_is_500_with_a_neutral_body_and_a_logged_traceback(
        self,
        api: Client,
        store: AuditedStore,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def fail(*_: object) -> None:
            raise KeyError("the password is hunter2")

        monkeypatch.setattr(store, "read_trace", fail)

        reply = api.get("/v1/executions/exec_1/trace")

        assert reply.status == 500
        assert "hunter2" not in reply.text
        (record,) = caplog.records
        assert (record.levelname, record.exc_info is not None) == ("ERROR", True)
        assert record.request_id == "QnB0tjE2DoEEPkw="  # type: ignore[attr-defined]

    def test_a_failure_that_is_not_our_own_is_logged_without_a_traceback(
        self, api: Client, store: AuditedStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        store.down = True

        api.get("/v1/executions")

        (record,) = caplog.records
        assert (record.levelname, record.exc_info) == ("WARNING", None)

    def test_a_refusal_is_not_logged(self, api: Client, caplog: pytest.LogCaptureFixture) -> None:
        api.get("/v1/executions/exec_9")

        assert caplog.records == []


class TestCompression:
    @pytest.fixture
    def large(self, store: AuditedStore) -> None:
        store.start_execution(make_execution())
        spans = [make_span(f"{number:08d}") for number in range(100)]
        store.write(SpanBatch("acme", "exec_1", spans))

    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            ("gzip", "gzip"),
            ("gzip, deflate, br", "gzip"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("zstd;q=0.5, gzip", "gzip"),
            ("*", "zstd"),
            ("gzip;q=0, *;q=0", None),
            ("identity", None),
            ("br", None),
            ("gzip;q=often", None),
            ("", None),
            (None, None),
        ],
    )
    def test_a_large_answer_is_coded_as_the_caller_accepts(
        self, api: Client, large: None, accepted: str | None, coding: str | None
    ) -> None:
        headers = {} if accepted is None else {"accept-encoding": accepted}

        reply = api.get("/v1/executions/exec_1/trace", headers=headers)

        assert reply.headers.get("Content-Encoding") == coding
        assert reply.headers["Vary"] == "Accept-Encoding"
        assert len(reply.json["rows"]) == 100

    def test_a_small_answer_goes_as_it_is(self, api: Client) -> None:
        reply = api.get("/v1/executions", headers={"accept-encoding": "gzip"})

        assert "Content-Encoding" not in reply.headers

    def test_what_lambda_could_not_carry_is_coded_unless_the_caller_forbids_it(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        text = "x" * 190
        model = {"gen_ai.request.model": text}
        spans = [
            make_span(span_id=f"{n + 1:016x}", name=text, attributes=model) for n in range(10_000)
        ]
        store.write(SpanBatch("acme", "exec_1", spans))
        event = api.event("GET", "/v1/executions/exec_1/trace")

        answer = api.handler(event, LambdaContext())

        assert answer["headers"]["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(base64.b64decode(answer["body"]))) > 4_500_000

    @pytest.mark.parametrize(
        ("limit", "accepted"), [("MAX_TEXT_BYTES", "identity"), ("MAX_CODED_BYTES", "gzip")]
    )
    def test_an_answer_that_lambda_cannot_carry_is_a_problem(
        self,
        api: Client,
        large: None,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        accepted: str,
    ) -> None:
        monkeypatch.setattr(http_api, limit, 1000)

        reply = api.get("/v1/executions/exec_1/trace", headers={"accept-encoding": accepted})

        assert reply.status == 500
        assert reply.json["type"] == "urn:spanvas:problem:answer-too-large"


def metrics_in(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written in the embedded metric format."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


class TestSeenFromOutside:
    def test_every_answer_is_measured_over_all_calls_and_by_call(
        self, api: Client, store: AuditedStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        api.get("/v1/executions")
        store.down = True
        api.get("/v1/executions/exec_1")
        api.get("/nothing")

        measured = [line for line in metrics_in(capsys) if "ApiLatency" in line]
        assert [(line["route"], line["status"], line["ApiErrors"]) for line in measured] == [
            ("GET /v1/executions", 200, [0.0]),
            ("GET /v1/executions/{execution_id}", 503, [1.0]),
            ("none", 404, [0.0]),
        ]
        directive = measured[0]["_aws"]["CloudWatchMetrics"][0]
        assert directive["Namespace"] == "Spanvas"
        assert directive["Dimensions"] == [["service"], ["service", "route"]]
        assert directive["Metrics"] == [
            {"Name": "ApiLatency", "Unit": "Milliseconds"},
            {"Name": "ApiErrors", "Unit": "Count"},
        ]

    def test_the_time_of_what_the_tab_reads_is_one_metric_without_routes(
        self, api: Client, store: AuditedStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store.start_execution(make_execution())
        store.write(SpanBatch("acme", "exec_1", [make_span()]))
        api.get("/v1/executions")
        assert api.get("/v1/executions/exec_1/trace").status == 200
        assert api.get("/v1/executions/exec_1/export").status == 200
        api.get("/v1/executions/exec_9")
        store.down = True
        api.get("/v1/executions")

        reads = [line for line in metrics_in(capsys) if "ReadLatency" in line]
        assert len(reads) == 2
        directive = reads[0]["_aws"]["CloudWatchMetrics"][0]
        assert directive["Dimensions"] == [["service"]]
        assert directive["Metrics"] == [{"Name": "ReadLatency", "Unit": "Milliseconds"}]
        assert reads[0]["service"] == "trace-api"

    def test_the_tab_waits_for_every_read_but_the_export(self) -> None:
        assert {route.operation for route in ROUTES if route.is_read_by_tab} == {
            "list_workflows",
            "list_executions",
            "read_execution",
            "read_trace",
            "read_span",
            "search_execution",
            "list_artifacts",
            "list_accesses",
        }

    def test_headers_keep_answers_out_of_caches_and_away_from_sniffers(self, api: Client) -> None:
        for reply in (api.get("/v1/executions"), api.get("/v1/executions/exec_9")):
            assert reply.headers["Cache-Control"] == "private, no-store"
            assert reply.headers["X-Content-Type-Options"] == "nosniff"


class TestBodies:
    def test_a_base64_body_is_read(self, api: Client, executor: Any) -> None:
        event = api.event("POST", "/v1/workflows/support-triage/executions")
        event |= {
            "body": base64.b64encode(b'{"input": {"ticket": "Help"}}').decode(),
            "isBase64Encoded": True,
        }

        assert api.send(event).status == 202
        assert executor.events[0]["input"] == {"ticket": "Help"}


class TestProcess:
    def test_services_are_made_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPANVAS_TABLE", "traces")
        http_api.process_services.cache_clear()

        assert http_api.process_services() is http_api.process_services()
        http_api.process_services.cache_clear()

    def test_warming_up_loads_every_operation_and_the_store(self, store: AuditedStore) -> None:
        made = []

        def make_store() -> AuditedStore:
            made.append("store")
            return store

        from spanvas.settings import Settings

        services = Services(
            Settings(table="traces"), make_store=make_store, load_catalogue=lambda: {}
        )
        http_api.warm_up(services)

        assert made == ["store"]
        assert all(f"spanvas_api.operations.{route.operation}" in sys.modules for route in ROUTES)

    def test_importing_the_handler_loads_nothing_that_the_first_trace_does_not_need(self) -> None:
        program = (
            "import sys, spanvas_api.handlers.http_api\n"
            "print(sorted({'boto3', 'botocore.session', 'pydantic', 'executor', 'jinja2', 'zstandard',"
            " 'opentelemetry', 'aws_xray_sdk'} & set(sys.modules)))"
        )
        printed = _python(program)

        assert printed == "[]"

    def test_under_snapstart_everything_is_loaded_before_the_snapshot(self) -> None:
        program = (
            "import sys, spanvas_api.handlers.http_api\n"
            "print(sorted({'boto3', 'executor.catalogue', 'spanvas_api.operations.read_trace'}"
            " & set(sys.modules)))"
        )
        printed = _python(
            program,
            AWS_LAMBDA_INITIALIZATION_TYPE="snap-start",
            AWS_DEFAULT_REGION="eu-west-1",
            SPANVAS_TABLE="traces",
            SPANVAS_BUCKET="payloads",
        )

        assert printed == "['boto3', 'executor.catalogue', 'spanvas_api.operations.read_trace']"


def _python(program: str, **env: str) -> str:
    paths = [str(ROOT / "layers/spanvas"), str(ROOT / "functions")]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_failure_while_making_the_services_is_a_problem_too() -> None:
    def fail() -> Services:
        raise StoreUnavailableError("no region", 7)

    reply = Client(http_api.make_handler(fail)).get("/v1/executions")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "7")
