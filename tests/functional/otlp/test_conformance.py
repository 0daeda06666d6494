"""OTLP/HTTP, sentence by sentence (OTLP specification, "OTLP/HTTP"): each test is one case, named after its rule."""

from __future__ import annotations

import gzip
import json
from typing import Any

import orjson
import pytest
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.builders import Clock, span_id
from tests.functional.api.fakes import AuditedStore
from tests.functional.otlp.client import JSON, PROTOBUF, OtlpClient, Reply
from tests.functional.otlp.conftest import MakeOtlp
from tests.otlp_requests import TRACE, as_json, make_proto_span, make_request

GOOD = make_request(make_proto_span("a"), make_proto_span("b", parent="a"))
BINARY = GOOD.SerializeToString()
TEXT = orjson.dumps(as_json(GOOD))
BOTH = pytest.mark.parametrize(("content_type", "body"), [(PROTOBUF, BINARY), (JSON, TEXT)])


def kept(store: AuditedStore, execution_id: str = TRACE, tenant: str = "acme") -> list[str]:
    trace = store.read_trace(tenant, execution_id)
    return sorted(row.name for row in trace.rows) if trace else []


def assert_refused(reply: Reply, status: int, code: int, media_type: str = PROTOBUF) -> str:
    assert (reply.status, reply.headers["Content-Type"]) == (status, media_type)
    found, message = reply.refusal
    assert found == code
    assert message
    return message


class TestRequest:
    """Content types, encodings, methods."""

    def test_binary_protobuf_is_taken(self, otlp: OtlpClient, store: AuditedStore) -> None:
        assert otlp.post(BINARY, PROTOBUF).status == 200
        assert kept(store) == ["a", "b"]

    def test_json_is_taken(self, otlp: OtlpClient, store: AuditedStore) -> None:
        assert otlp.post(TEXT, JSON).status == 200
        assert kept(store) == ["a", "b"]

    def test_json_in_base64_is_taken(self, otlp: OtlpClient, store: AuditedStore) -> None:
        assert otlp.post(TEXT, JSON, as_text=False).status == 200
        assert kept(store) == ["a", "b"]

    @pytest.mark.parametrize(
        "content_type",
        ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"],
    )
    def test_a_content_type_may_have_parameters_and_any_case(
        self, otlp: OtlpClient, content_type: str
    ) -> None:
        reply = otlp.post(TEXT, content_type, as_text=True)
        assert (reply.status, reply.headers["Content-Type"]) == (200, JSON)

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/protobuf", "application/grpc", "multipart/form-data", "", None],
    )
    def test_other_content_types_are_415(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str | None
    ) -> None:
        assert_refused(otlp.post(BINARY, content_type), 415, 3, JSON)
        assert kept(store) == []

    @BOTH
    def test_gzip_is_taken(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str, body: bytes
    ) -> None:
        assert otlp.post(body, content_type, compress=True).status == 200
        assert kept(store) == ["a", "b"]

    def test_gzip_of_several_members_is_taken(self, otlp: OtlpClient, store: AuditedStore) -> None:
        body = gzip.compress(BINARY[:50]) + gzip.compress(BINARY[50:])
        assert otlp.post(body, headers={"content-encoding": "gzip"}).status == 200
        assert kept(store) == ["a", "b"]

    def test_x_gzip_is_gzip(self, otlp: OtlpClient) -> None:
        reply = otlp.post(gzip.compress(BINARY), headers={"content-encoding": "x-gzip"})
        assert reply.status == 200

    @pytest.mark.parametrize("coding", ["identity", "", " Identity "])
    def test_no_compression_is_taken(self, otlp: OtlpClient, coding: str) -> None:
        assert otlp.post(BINARY, headers={"content-encoding": coding}).status == 200

    @pytest.mark.parametrize("coding", ["zstd", "deflate", "br", "gzip, gzip", "none"])
    def test_other_codings_are_415_and_say_which_is_read(
        self, otlp: OtlpClient, store: AuditedStore, coding: str
    ) -> None:
        reply = otlp.post(BINARY, headers={"content-encoding": coding})
        assert_refused(reply, 415, 3)
        assert reply.headers["Accept-Encoding"] == "gzip"
        assert kept(store) == []

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
    def test_other_methods_are_405_and_say_which_there_is(
        self, otlp: OtlpClient, method: str
    ) -> None:
        reply = otlp.post(BINARY, method=method)
        assert_refused(reply, 405, 12)
        assert reply.headers["Allow"] == "POST"


class TestFullSuccess:
    @BOTH
    def test_the_answer_has_the_request_s_content_type(
        self, otlp: OtlpClient, content_type: str, body: bytes
    ) -> None:
        reply = otlp.post(body, content_type)
        assert (reply.status, reply.headers["Content-Type"]) == (200, content_type)

    @BOTH
    def test_partial_success_is_unset(
        self, otlp: OtlpClient, content_type: str, body: bytes
    ) -> None:
        assert otlp.post(body, content_type).partial_success is None

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            (PROTOBUF, b""), (PROTOBUF, None), (JSON, b"{}"), (JSON, b'{"resourceSpans":[]}'),
            (PROTOBUF, make_request().SerializeToString()), (JSON, orjson.dumps(as_json(make_request()))),
        ],
    )  # fmt: skip
    def test_an_empty_request_is_a_success(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str, body: bytes | None
    ) -> None:
        store.down = True  # nothing has to be written
        reply = otlp.post(body, content_type)
        assert (reply.status, reply.partial_success) == (200, None)

    def test_an_empty_body_in_gzip_is_a_success(self, otlp: OtlpClient) -> None:
        assert otlp.post(b"", compress=True).status == 200
        assert otlp.post(b"", headers={"content-encoding": "gzip"}).status == 200

    def test_the_spans_are_readable_when_it_is_answered(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        otlp.post(BINARY)
        assert kept(store) == ["a", "b"]

    def test_nobody_keeps_an_answer(self, otlp: OtlpClient) -> None:
        assert otlp.post(BINARY).headers["Cache-Control"] == "no-store"


class TestPartialSuccess:
    def mixed(self) -> Any:
        return make_request(
            make_proto_span("good"),
            make_proto_span("short", trace_id=b"\x01" * 3),
            make_proto_span("zero", span_id=bytes(8)),
            make_proto_span("zero too", span_id=bytes(8)),
        )

    @pytest.mark.parametrize("how", ["send", "send_json"])
    def test_it_says_how_many_were_rejected_and_why(
        self, otlp: OtlpClient, store: AuditedStore, how: str
    ) -> None:
        reply = getattr(otlp, how)(self.mixed())
        assert reply.partial_success == (
            3,
            "1 rejected: the trace id is not 16 bytes, or all zero; "
            "2 rejected: the span id is not 8 bytes, or all zero",
        )
        assert kept(store) == ["good"]

    def test_all_may_be_rejected(self, otlp: OtlpClient, store: AuditedStore) -> None:
        store.down = True
        reply = otlp.send(make_request(make_proto_span(span_id=b"\x01")))
        assert reply.partial_success == (1, "1 rejected: the span id is not 8 bytes, or all zero")

    @pytest.mark.parametrize("how", ["send", "send_json"])
    def test_a_warning_rejects_nothing_and_says_something(
        self, otlp: OtlpClient, store: AuditedStore, how: str
    ) -> None:
        span = make_proto_span("a", attributes={f"k{n}": n for n in range(140)})
        reply = getattr(otlp, how)(make_request(span))
        assert reply.partial_success == (0, "1 cut: more than 128 attributes")
        assert kept(store) == ["a"]


class TestBadData:
    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            (PROTOBUF, b"\x0a\x7f"), (PROTOBUF, TEXT), (PROTOBUF, b"\xff" * 40),
            (JSON, BINARY), (JSON, b"{"), (JSON, b"[]"), (JSON, b'{"resourceSpans":5}'),
        ],
    )  # fmt: skip
    def test_what_cannot_be_decoded_is_400(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str, body: bytes
    ) -> None:
        assert_refused(otlp.post(body, content_type), 400, 3, content_type)
        assert kept(store) == []

    def test_the_details_of_a_400_hold_a_bad_request(self, otlp: OtlpClient) -> None:
        status = Status.FromString(otlp.post(b"\x0a\x7f").body)
        detail = BadRequest()
        assert status.details[0].Unpack(detail)
        assert detail.field_violations[0].field == "body"
        reply = otlp.send_json({"resourceSpans": [{"resource": {"attributes": 5}}]})
        (violation,) = json.loads(reply.body)["details"][0]["fieldViolations"]
        assert violation["field"] == "attributes"

    def test_gzip_that_is_none_is_400(self, otlp: OtlpClient) -> None:
        assert_refused(otlp.post(BINARY, headers={"content-encoding": "gzip"}), 400, 3)

    def test_gzip_that_is_cut_off_is_400(self, otlp: OtlpClient, store: AuditedStore) -> None:
        body = gzip.compress(BINARY)[:-9]
        assert_refused(otlp.post(body, headers={"content-encoding": "gzip"}), 400, 3)
        assert kept(store) == []

    def test_of_a_request_that_is_cut_off_nothing_is_kept(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        assert otlp.post(BINARY[:-10]).status == 400
        assert kept(store) == []

    def test_a_gateway_that_passes_on_no_base64_is_400(self, otlp: OtlpClient) -> None:
        event = otlp.event(BINARY, {"content-type": PROTOBUF})
        event["body"] = "not base64!"
        assert_refused(otlp.deliver(event), 400, 3)


class TestSizes:
    def test_a_body_over_the_limit_is_413(self, make_otlp: MakeOtlp, store: AuditedStore) -> None:
        otlp = make_otlp(ingest_compressed_bytes=len(BINARY) - 1)
        assert "as it is sent" in assert_refused(otlp.post(BINARY), 413, 11)
        assert kept(store) == []

    def test_a_body_at_the_limit_is_taken(self, make_otlp: MakeOtlp) -> None:
        otlp = make_otlp(
            ingest_compressed_bytes=len(BINARY), ingest_inflated_bytes=len(BINARY), ingest_spans=2
        )
        assert otlp.post(BINARY).status == 200

    def test_a_body_over_the_limit_after_inflation_is_413(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        otlp = make_otlp(ingest_inflated_bytes=len(BINARY) - 1)
        assert "inflated" in assert_refused(otlp.post(BINARY, compress=True), 413, 11)
        assert "inflated" in assert_refused(otlp.post(BINARY), 413, 11)
        assert kept(store) == []

    def test_more_spans_than_the_limit_are_413_and_none_is_kept(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        otlp = make_otlp(ingest_spans=1)
        assert "more than 1 spans" in assert_refused(otlp.post(BINARY), 413, 11)
        assert "more than 1 spans" in assert_refused(otlp.post(TEXT, JSON), 413, 11, JSON)
        assert kept(store) == []

    def test_more_traces_than_can_be_kept_in_time_are_413(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        spans = [make_proto_span("a", trace_id=n.to_bytes(16)) for n in range(1, 1002)]
        assert "1,000 traces" in assert_refused(otlp.send(make_request(*spans)), 413, 11)
        assert store.list_executions("acme").items == []

    def test_the_gateway_s_own_limit_is_above_ours(self, otlp: OtlpClient) -> None:
        """A Lambda event holds 6 MB, of which base64 takes a quarter."""
        from spanvas.settings import Settings

        assert Settings().ingest_compressed_bytes * 4 / 3 < 6_000_000


class TestThrottling:
    def test_too_much_is_429_and_says_when_to_come_back(
        self, make_otlp: MakeOtlp, store: AuditedStore, clock: Clock
    ) -> None:
        otlp = make_otlp(ingest_bytes_per_second=100, ingest_burst_bytes=100)
        assert otlp.post(BINARY).status == 200
        reply = otlp.post(BINARY)
        assert_refused(reply, 429, 8)
        seconds = int(reply.headers["Retry-After"])
        assert seconds == -(-(len(BINARY) - 99) // 100)
        clock.advance(seconds)
        assert otlp.post(BINARY).status == 200

    def test_json_is_told_in_json(self, make_otlp: MakeOtlp) -> None:
        otlp = make_otlp(ingest_bytes_per_second=1, ingest_burst_bytes=1)
        otlp.post(TEXT, JSON)
        assert_refused(otlp.post(TEXT, JSON), 429, 8, JSON)

    def test_what_a_body_inflates_to_is_what_counts(self, make_otlp: MakeOtlp) -> None:
        otlp = make_otlp(ingest_bytes_per_second=1, ingest_burst_bytes=len(BINARY))
        assert otlp.post(BINARY, compress=True).status == 200
        assert otlp.post(BINARY, compress=True).status == 429

    def test_one_tenant_s_flood_is_not_another_s(self, make_otlp: MakeOtlp) -> None:
        otlp = make_otlp(ingest_bytes_per_second=1, ingest_burst_bytes=1)
        otlp.post(BINARY)
        assert otlp.post(BINARY).status == 429
        assert otlp.acting_as(tenant="globex").post(BINARY).status == 200


class TestUnavailable:
    @BOTH
    def test_a_store_that_is_down_is_503_and_says_when_to_come_back(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str, body: bytes
    ) -> None:
        store.down = True
        reply = otlp.post(body, content_type)
        assert_refused(reply, 503, 14, content_type)
        assert reply.headers["Retry-After"] == "5"

    def test_the_same_request_is_taken_afterwards(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        store.down = True
        otlp.post(BINARY)
        store.down = False
        assert otlp.post(BINARY).status == 200
        assert kept(store) == ["a", "b"]

    def test_a_bug_is_500_with_a_neutral_body_and_is_logged(
        self,
        otlp: OtlpClient,
        store: AuditedStore,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise KeyError("the password is hunter2")

        monkeypatch.setattr(store, "receive", fail)
        reply = otlp.post(BINARY)
        assert "hunter2" not in assert_refused(reply, 500, 13)
        assert [record.levelname for record in caplog.records] == ["ERROR"]


class TestWhoSends:
    def test_without_a_verified_token_it_is_401(self, otlp: OtlpClient) -> None:
        event = otlp.event(BINARY, {"content-type": PROTOBUF})
        event["requestContext"]["authorizer"] = {}
        reply = otlp.deliver(event)
        assert_refused(reply, 401, 16)
        assert reply.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize(
        "scope", ["", "trace:read trace:content", "trace:ingestion", "executions:start", None]
    )
    def test_without_the_scope_it_is_403(
        self, otlp: OtlpClient, store: AuditedStore, scope: str | None
    ) -> None:
        reply = otlp.acting_as(scope=scope).post(BINARY)
        assert_refused(reply, 403, 7)
        assert 'scope="trace:ingest"' in reply.headers["WWW-Authenticate"]
        assert kept(store) == []

    @pytest.mark.parametrize("tenant", [None, "", "[acme globex]", "acme#E#x"])
    def test_without_a_tenant_it_is_403(self, otlp: OtlpClient, tenant: str | None) -> None:
        reply = otlp.acting_as(tenant=tenant).post(BINARY)
        assert_refused(reply, 403, 7)
        assert "WWW-Authenticate" not in reply.headers

    def test_who_may_not_send_is_told_before_anything_is_read(self, otlp: OtlpClient) -> None:
        assert otlp.acting_as(scope="").post(b"\xff", "text/plain").status == 403

    @pytest.mark.parametrize("where", ["span", "resource"])
    def test_the_tenant_is_the_credential_s_whatever_the_spans_say(
        self, otlp: OtlpClient, store: AuditedStore, where: str
    ) -> None:
        claim = {"spanvas.tenant": "globex", "k": "v"}
        request = make_request(
            make_proto_span("a", attributes=claim if where == "span" else {"k": "v"}),
            make_proto_span("b", parent="a"),
            resource=claim if where == "resource" else {},
        )
        assert otlp.send(request).status == 200
        assert kept(store) == ["a", "b"]
        assert kept(store, tenant="globex") == []
        span = store.read_span("acme", TRACE, span_id("a"))
        assert span is not None
        assert "spanvas.tenant" not in {*span.attributes, *span.resource}
        assert span.attributes["k"] == "v"

    def test_the_tenant_claim_is_a_setting(self, make_otlp: MakeOtlp, store: AuditedStore) -> None:
        otlp = make_otlp(tenant_claim="custom:org")
        otlp.acting_as(claims={"custom:org": "initech"}).post(BINARY)
        assert kept(store, tenant="initech") == ["a", "b"]
        assert kept(store) == []

    def test_the_history_says_who_sent_it(self, otlp: OtlpClient, store: AuditedStore) -> None:
        otlp.post(BINARY)
        execution = store.read_execution("acme", TRACE)
        assert execution is not None
        assert execution.started_by == "trip-planner"


class TestContent:
    def test_secrets_are_redacted_at_ingest_too(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        attributes = {
            "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"I am ada@example.com"}]}]',
            "url.full": "https://x.example/?token=AKIAIOSFODNN7EXAMPLE",
        }
        otlp.send(make_request(make_proto_span("a", attributes=attributes)))
        span = store.read_span("acme", TRACE, span_id("a"))
        assert span is not None
        assert "ada@example.com" not in repr(span)
        assert "AKIAIOSFODNN7EXAMPLE" not in repr(span)
        assert span.attributes["spanvas.redaction"]["email"] == 1

    def test_content_is_dropped_where_nothing_may_be_kept(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        attributes = {"gen_ai.input.messages": "[]", "gen_ai.request.model": "m"}
        make_otlp(content="none").send(make_request(make_proto_span("a", attributes=attributes)))
        span = store.read_span("acme", TRACE, span_id("a"))
        assert span is not None
        assert dict(span.attributes) == {"gen_ai.request.model": "m"}

    def test_every_kind_of_value_is_kept(self, otlp: OtlpClient, store: AuditedStore) -> None:
        attributes = {
            "t": "x",
            "b": True,
            "i": 2**63 - 1,
            "d": 0.5,
            "l": [1, [2]],
            "m": {"k": [None]},
            "n": None,
        }
        otlp.send(make_request(make_proto_span("a", attributes={**attributes, "y": b"\x00"})))
        span = store.read_span("acme", TRACE, span_id("a"))
        assert span is not None
        assert span.attributes == {**attributes, "y": {"$bytes": "AA=="}}

    def test_the_depth_of_values_is_a_setting(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        request = make_request(make_proto_span("a", attributes={"l": [[[1]]]}))
        reply = make_otlp(ingest_depth=2, ingest_attributes=5).send(request)
        assert reply.partial_success == (0, "1 cut: values nested deeper than 2")

    def test_events_links_and_status_are_kept(self, otlp: OtlpClient, store: AuditedStore) -> None:
        span = make_proto_span(
            "a",
            events=[Span.Event(name="exception", time_unix_nano=5)],
            links=[Span.Link(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)],
            status={"code": 2, "message": "no"},
        )
        otlp.send(make_request(span))
        kept_span = store.read_span("acme", TRACE, span_id("a"))
        assert kept_span is not None
        assert [event.name for event in kept_span.events] == ["exception"]
        assert [link.trace_id for link in kept_span.links] == ["01" * 16]
        assert (kept_span.status, kept_span.status_message) == ("error", "no")


class TestMetrics:
    def test_every_request_writes_one_line(
        self, otlp: OtlpClient, store: AuditedStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        otlp.send(make_request(make_proto_span("a"), make_proto_span(span_id=b"")))
        store.down = True
        otlp.post(BINARY)
        otlp.post(b"\xff")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        counted = ("IngestedSpans", "RejectedSpans", "IngestErrors", "RefusedRequests")
        assert [(line["status"], *(line[name][0] for name in counted)) for line in lines] == [
            (200, 1, 1, 0, 0),
            (503, 0, 0, 1, 0),
            (400, 0, 0, 0, 1),
        ]
        assert all(line["service"] == "otlp-ingest" for line in lines)
