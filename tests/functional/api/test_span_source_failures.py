"""A backend that fails, as a caller of the API is told: a problem each, and never an address or a secret of it."""

from __future__ import annotations

import gzip
import json

import pytest

from spanvas.otlp.limits import Limits
from spanvas.storage.port import SpanBatch
from spanvas_api.span_source import answers
from tests.functional.api.conftest import MakeApi
from tests.functional.api.traces import TRACE
from tests.support.api_client import Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_span
from tests.support.span_backend import (
    NOT_THERE,
    SILENCE,
    answer,
    backend,
    otlp_json,
    own_execution,
    protobuf,
    run_spans,
)

WHOLE = protobuf(run_spans())
PAGE = b"<!doctype html><title>Sign in to Grafana</title>"


def asked(make_api: MakeApi, *script: bytes | None, **settings: object) -> Reply:
    with backend(*script) as server:
        source = {"span_source": "tempo", "span_source_url": server.url, **settings}
        return make_api(**source).get(TRACE)


@pytest.mark.parametrize(
    ("script", "status", "slug", "detail"),
    [
        (answer(b"no", "text/plain", 401), 502, "refused",
         "Tempo does not let Spanvas read (status 401). Its operator has to look at the credentials."),
        (answer(b"no org id", "text/plain", 403), 502, "refused",
         "Tempo does not let Spanvas read (status 403). Its operator has to look at the credentials."),
        (answer(PAGE, "text/html"), 502, "answer",
         "Tempo has answered a web page in the place of a trace."),
        (answer(PAGE, ""), 502, "answer", "Tempo has answered a web page in the place of a trace."),
        (answer(PAGE, "text/html", 404), 502, "answer",
         "What answers in the place of Tempo has no traces (status 404)."),
        (answer(b"hello", "text/plain"), 502, "answer",
         "Tempo has answered a text in the place of a trace."),
        (answer(b"", "", 302, location="https://idp.internal.example/login"), 502, "answer",
         "Tempo has answered by a redirect, which is not followed (status 302)."),
        (answer(WHOLE[:-20]), 502, "answer",
         "Tempo has answered what is no trace, or a part of one: the message cannot be read."),
        (answer(b'{"batches": 3}', "application/json"), 502, "answer",
         "Tempo has answered what is no trace, or a part of one: the message cannot be read."),
        (answer(json.dumps(otlp_json(run_spans())).encode()[:-9], "application/json"), 502, "answer",
         "Tempo has answered what is no trace, or a part of one: the message cannot be read."),
        (answer(b"SSH-2.0-OpenSSH_9.2\r\n"), 502, "answer",
         "Tempo has answered what is no trace, or a part of one: the message cannot be read."),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 502, "answer", "Tempo's answer is not HTTP."),
        (answer(gzip.compress(WHOLE)[:-12], content_encoding="gzip"), 502, "answer",
         "Tempo's answer breaks off."),
        (answer(WHOLE, content_encoding="br"), 502, "answer",
         "Tempo has answered in a content coding that is not read."),
        (answer(b"trace exceeds max size", "text/plain", 422), 502, "too-large",
         "Tempo has more than 16 MB of this trace, which is more than can be read at once."),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 17000000\r\n\r\n", 502, "too-large",
         "Tempo has more than 16 MB of this trace, which is more than can be read at once."),
        (answer(gzip.compress(bytes(17_000_000)), content_encoding="gzip"), 502, "too-large",
         "Tempo has more than 16 MB of this trace, which is more than can be read at once."),
        (answer(b"slow down", "text/plain", 429, retry_after="17"), 503, "unavailable",
         "Tempo is asked too often (status 429)."),
        (answer(b"", "", 500), 503, "unavailable", "Tempo does not answer (status 500)."),
        (None, 503, "unavailable", "Tempo cannot be reached."),
        (answer(WHOLE)[:-30], 503, "unavailable", "Tempo cannot be reached."),
    ],
)  # fmt: skip
def test_each_failure_is_a_problem_of_its_own(
    make_api: MakeApi, script: bytes | None, status: int, slug: str, detail: str
) -> None:
    reply = asked(make_api, script)
    told = reply.json
    assert (reply.status, told["type"], told["detail"]) == (
        status,
        f"urn:spanvas:problem:span-source-{slug}",
        detail,
    )
    assert "127.0.0.1" not in reply.text
    assert "internal.example" not in reply.text


def test_a_silent_backend_costs_no_more_than_its_time_and_is_left_alone_for_a_while(
    make_api: MakeApi,
) -> None:
    with backend(SILENCE, answer(WHOLE)) as tempo:
        api = make_api(span_source="tempo", span_source_url=tempo.url, span_source_timeout_ms=50)
        slow = api.get(TRACE)
        told = slow.json
        assert (slow.status, told["type"]) == (504, "urn:spanvas:problem:span-source-timeout")
        assert told["detail"] == "Tempo did not answer in time (0.05 s at most)."
        assert slow.headers["Retry-After"] == "5"
        assert api.get(TRACE).status == 503
        assert len(tempo.requests) == 1


def test_a_backend_that_names_a_time_is_left_alone_until_then(make_api: MakeApi) -> None:
    with backend(answer(b"", "", 429, retry_after="17"), answer(WHOLE)) as tempo:
        api = make_api(span_source="tempo", span_source_url=tempo.url)
        assert [api.get(TRACE).headers["Retry-After"] for _ in range(3)] == ["17"] * 3
        assert len(tempo.requests) == 1


def test_a_redirect_is_not_followed(make_api: MakeApi) -> None:
    with backend(answer(WHOLE)) as elsewhere:
        asked(make_api, answer(b"", "", 307, location=f"{elsewhere.url}/api/traces/x"))
        assert elsewhere.requests == []


def test_more_spans_than_are_read_at_once_are_told(
    make_api: MakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LIMITS", Limits(spans=2))
    assert asked(make_api, answer(WHOLE)).json["type"].endswith("span-source-too-large")


def test_a_run_that_has_just_begun_is_shown_though_the_backend_fails(
    make_api: MakeApi, store: AuditedStore, clock: Clock
) -> None:
    store.start_execution(own_execution())
    with backend(answer(b"", "", 500)) as tempo:
        api = make_api(span_source="tempo", span_source_url=tempo.url)
        assert api.get(TRACE).json["status"] == "EMPTY"
        clock.now = T0 + 40 * SECOND
        assert api.get(TRACE).status == 503


def test_what_the_store_has_does_not_depend_on_the_backend(
    make_api: MakeApi, store: AuditedStore
) -> None:
    store.start_execution(own_execution())
    store.write(SpanBatch("acme", "exec_1", [make_span("run")]))
    assert asked(make_api, answer(b"", "", 500)).status == 200


def test_a_backend_that_nobody_has_set_is_not_asked(make_api: MakeApi) -> None:
    with backend(NOT_THERE) as tempo:
        assert make_api(span_source_url=tempo.url).get(TRACE).status == 404
        assert tempo.requests == []
