"""OTLP/HTTP, sentence by sentence (OTLP specification, "OTLP/HTTP"): bad data, sizes, throttling, trouble of ours."""

from __future__ import annotations

import gzip
import json

import pytest
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status

from tests.functional.otlp.client import JSON, PROTOBUF, OtlpClient
from tests.functional.otlp.conformance import BINARY, BOTH, TEXT, assert_refused, kept
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock
from tests.support.otlp_requests import make_proto_span, make_request


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

    @pytest.mark.parametrize("body", [b"", b" \r\n"])
    def test_json_of_nothing_is_told_to_be_empty(self, otlp: OtlpClient, body: bytes) -> None:
        """Of protobuf, nothing is a request without spans."""
        reply = otlp.post(body, JSON)
        assert (reply.status, json.loads(reply.body)["message"]) == (400, "body: is empty")

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
