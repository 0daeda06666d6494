"""OTLP/HTTP, sentence by sentence (OTLP specification): what a request may look like, and who may send it."""

from __future__ import annotations

import gzip

import pytest

from tests.functional.otlp.client import JSON, PROTOBUF, OtlpClient
from tests.functional.otlp.conformance import BINARY, BOTH, TEXT, assert_refused, kept
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_fakes import AuditedStore
from tests.support.builders import span_id
from tests.support.otlp_requests import TRACE, make_proto_span, make_request
from tests.support.stored_spans import stored_span


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
        span = stored_span(store, "acme", TRACE, span_id("a"))
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
