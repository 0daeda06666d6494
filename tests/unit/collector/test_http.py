"""Requests to an OTLP endpoint, as its socket sees them."""

from __future__ import annotations

import gzip
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from spanvas.collector.http import OtlpHttp, pause_of, result_of
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.http.exchange import HttpResponse
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.otlp.partial_success import partial_success
from tests.support.early_server import answering_early
from tests.support.otlp_server import OK, serving

NOW = 1_792_567_680.0
"""Wed, 21 Oct 2026 07:28:00 GMT."""
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, ExportResult(ExportOutcome.TAKEN)),
        (202, {}, ExportResult(ExportOutcome.TAKEN)),
        (301, {}, ExportResult(ExportOutcome.REFUSED, message="status 301")),
        (400, {}, ExportResult(ExportOutcome.REFUSED, message="status 400")),
        (401, {}, ExportResult(ExportOutcome.REFUSED, message="status 401")),
        (413, {}, ExportResult(ExportOutcome.TOO_LARGE, message="status 413")),
        (429, {"retry-after": "7"}, ExportResult(ExportOutcome.LATER, 7, message="status 429")),
        (503, {}, ExportResult(ExportOutcome.LATER, message="status 503")),
        (502, {}, ExportResult(ExportOutcome.LATER, message="status 502")),
        (500, {}, ExportResult(ExportOutcome.REFUSED, message="status 500")),
    ],
)
def test_what_an_endpoints_answer_means(
    status: int, headers: dict[str, str], expected: ExportResult
) -> None:
    assert result_of(HttpResponse(status, headers, b"", False), NOW) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("7", 7),
        ("-1", 0),
        ("999999", 300),
        ("inf", 300),
        ("nan", 0),
        ("soon", 0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
    ],
)
def test_how_long_an_endpoint_wants_to_be_left_alone(text: str, seconds: float) -> None:
    assert pause_of(text, NOW) == seconds


PARTIAL = ExportTraceServiceResponse(
    partial_success=ExportTracePartialSuccess(rejected_spans=300, error_message="too\nold")
).SerializeToString()
PROTOBUF = {"content-type": "application/x-protobuf"}


def test_a_success_may_be_a_partial_one() -> None:
    taken = result_of(HttpResponse(200, PROTOBUF, PARTIAL, False), NOW)
    assert taken == ExportResult(ExportOutcome.TAKEN, rejected=300, message="too old")
    assert result_of(HttpResponse(200, {}, PARTIAL, False), NOW) == ExportResult(
        ExportOutcome.TAKEN
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (0, "")),
        (
            ExportTraceServiceResponse(
                partial_success=ExportTracePartialSuccess()
            ).SerializeToString(),
            (0, ""),
        ),
        (b"\x12\x01x" + PARTIAL, (300, "too\nold")),
        (b"\x0a\x04\x18\x01\x08\x05", (5, "")),
        (PARTIAL[:-1], (0, "")),
        (b"\x08\x05", (0, "")),
        (b"\x80", (0, "")),
        (b"<html>", (0, "")),
    ],
)
def test_what_cannot_be_read_rejects_nothing(body: bytes, expected: tuple[int, str]) -> None:
    assert partial_success(body) == expected


def test_traces_url_is_made_from_a_base_url_or_taken_as_it_is() -> None:
    assert traces_url("https://otlp.example.org/") == "https://otlp.example.org/v1/traces"
    assert traces_url("https://otlp.example.org/v1/traces") == "https://otlp.example.org/v1/traces"
    assert (
        traces_url("https://otlp.example.org/a?k=v") == "https://otlp.example.org/a/v1/traces?k=v"
    )


def test_a_request_has_the_headers_that_were_given_and_a_body_in_gzip() -> None:
    with serving(OK) as server:
        url = f"http://127.0.0.1:{server.port}/x?key=v"
        post = OtlpHttp(OtlpTarget(traces_url(url), {"Authorization": "Bearer a\r\nx-evil: 1"}), {})
        assert post(b"spans") == ExportResult(ExportOutcome.TAKEN)
        post.close()
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[:-1] == [
        b"POST /x/v1/traces?key=v HTTP/1.1",
        b"host: 127.0.0.1:%d" % server.port,
        b"user-agent: Spanvas",
        b"authorization: Bearer a x-evil: 1",
        b"content-type: application/x-protobuf",
        b"content-encoding: gzip",
    ]
    assert gzip.decompress(body) == b"spans"


def test_where_a_body_ends_is_not_for_a_setting_to_say() -> None:
    headers = {"Content-Length": "1", "Transfer-Encoding": "chunked", "X-Team": "a"}
    with serving(OK) as server:
        target = OtlpTarget(
            f"http://127.0.0.1:{server.port}/v1/traces", headers, compression="none"
        )
        post = OtlpHttp(target, {})
        assert post(b"spans").outcome is ExportOutcome.TAKEN
        post.close()

    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert body == b"spans"
    assert head.split(b"\r\n")[3:] == [
        b"x-team: a",
        b"content-type: application/x-protobuf",
        b"content-length: 5",
    ]


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({}, "Basic YWRhOnAvdw=="), ({"Authorization": "Bearer abc"}, "Bearer abc")],
    ids=["without a header", "with a header"],
)
def test_a_user_in_the_url_is_sent_unless_a_header_says_another(
    headers: dict[str, str], sent: str
) -> None:
    with serving(OK) as server:
        url = f"http://ada:p%2Fw@127.0.0.1:{server.port}/v1/traces"
        post = OtlpHttp(OtlpTarget(url, headers), {})
        assert post(b"").outcome is ExportOutcome.TAKEN
        post.close()

    assert f"\r\nauthorization: {sent}\r\n".encode() in server.asked[0]
    assert server.asked[0].count(b"authorization") == 1


def test_a_request_that_is_too_large_is_told_so_before_it_was_sent() -> None:
    too_large = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n"
    with answering_early(too_large) as server:
        post = OtlpHttp(OtlpTarget(traces_url(server.url), {}), {})
        assert post(os.urandom(4_000_000)) == ExportResult(
            ExportOutcome.TOO_LARGE, message="status 413"
        )
        post.close()


def test_nobody_listening_is_a_failure_that_says_so() -> None:
    with serving() as server:
        pass
    found = OtlpHttp(OtlpTarget(traces_url(f"http://127.0.0.1:{server.port}"), {}), {})(b"")
    assert found.outcome is ExportOutcome.LATER
    assert found.message.startswith("ConnectionRefusedError")


def test_an_endpoint_without_tls_is_reached_through_its_proxy() -> None:
    with serving(OK) as proxy:
        environment = {"HTTP_PROXY": f"http://ada:secret@127.0.0.1:{proxy.port}"}
        post = OtlpHttp(OtlpTarget(traces_url("http://otlp.example.org:4318"), {}), environment)
        assert post(b"") == ExportResult(ExportOutcome.TAKEN)
        post.close()
    lines = proxy.asked[0].split(b"\r\n")
    assert lines[0] == b"POST http://otlp.example.org:4318/v1/traces HTTP/1.1"
    assert b"proxy-authorization: Basic YWRhOnNlY3JldA==" in lines


def test_an_endpoint_without_tls_is_reached_through_a_proxy_that_wants_no_password() -> None:
    with serving(OK) as proxy:
        environment = {"http_proxy": f"127.0.0.1:{proxy.port}"}
        post = OtlpHttp(OtlpTarget(traces_url("http://otlp.example.org"), {}), environment)
        post(b"")
        post.close()
    assert proxy.asked[0].startswith(b"POST http://otlp.example.org/v1/traces HTTP/1.1\r\n")
    assert b"proxy-authorization" not in proxy.asked[0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `otlp.example.org`, signed by itself, with its key behind it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "otlp.example.org")])
    began = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("otlp.example.org")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "endpoint.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def speaks_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_an_endpoint_with_tls_is_reached_through_a_tunnel(
    certificate: Path, speaks_tls: ssl.SSLContext
) -> None:
    with serving(CONNECTED, OK, tls=speaks_tls) as proxy:
        environment = {"HTTPS_PROXY": f"http://ada:secret@127.0.0.1:{proxy.port}"}
        post = OtlpHttp(
            OtlpTarget(traces_url("https://otlp.example.org"), {}, str(certificate)), environment
        )
        assert post(b"") == ExportResult(ExportOutcome.TAKEN)
        post.close()
    connect, request = proxy.asked
    assert connect.split(b"\r\n") == [
        b"CONNECT otlp.example.org:443 HTTP/1.1",
        b"host: otlp.example.org:443",
        b"proxy-authorization: Basic YWRhOnNlY3JldA==",
        b"",
        b"",
    ]
    assert request.startswith(b"POST /v1/traces HTTP/1.1\r\nhost: otlp.example.org\r\n")
    assert b"proxy-authorization" not in request


@pytest.mark.parametrize("host", ["otlp.example.org", "other.example.org", "[fd00::1]"])
def test_a_certificate_that_is_not_trusted_or_another_ones_gets_no_span(
    certificate: Path, speaks_tls: ssl.SSLContext, host: str
) -> None:
    trusted = "" if host == "otlp.example.org" else str(certificate)
    with serving(CONNECTED, OK, tls=speaks_tls) as proxy:
        environment = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        found = OtlpHttp(OtlpTarget(traces_url(f"https://{host}"), {}, trusted), environment)(b"")
    assert found.outcome is ExportOutcome.LATER
    assert "certificate verify failed" in found.message
    assert [asked.partition(b"\r\n")[0] for asked in proxy.asked] == [
        f"CONNECT {host}:443 HTTP/1.1".encode()
    ]


def test_a_proxy_that_gives_no_connection_is_a_failure() -> None:
    with serving(REFUSED) as proxy:
        environment = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        found = OtlpHttp(OtlpTarget(traces_url("https://otlp.example.org"), {}), environment)(b"")
    assert found == ExportResult(
        ExportOutcome.LATER, message="ExchangeError: the proxy answers 407"
    )
