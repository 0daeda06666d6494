"""Requests to CloudWatch's OTLP endpoint are signed as botocore signs them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.collector.signing import signing_for
from spanvas.otel_variables import OtlpTarget, traces_url
from tests.support.credentials_server import SNAPSHOT, serving_credentials, set_snapshot_variables
from tests.support.otlp_server import OK, serving

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}
HOST = "xray.eu-west-1.amazonaws.com"


def test_a_request_to_cloudwatch_carries_botocores_own_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(OK) as proxy:
        environment = {**KEYS, "HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"}
        post = OtlpHttp(
            OtlpTarget(traces_url(f"http://{HOST}"), {"Authorization": "Bearer x"}), environment
        )
        assert post(b"spans") == ExportResult(ExportOutcome.TAKEN)
        post.close()
    head, _, body = proxy.asked[0].partition(b"\r\n\r\n")
    request, *lines = head.decode().split("\r\n")
    sent = dict(line.split(": ", 1) for line in lines)
    assert request == f"POST http://{HOST}/v1/traces HTTP/1.1"
    assert sent["authorization"] == signed_by_botocore(monkeypatch, sent, body)
    assert sent["x-amz-security-token"] == "token"


def signed_by_botocore(monkeypatch: pytest.MonkeyPatch, sent: dict[str, str], body: bytes) -> str:
    moment = datetime.strptime(sent["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)
    names = ("host", "content-type", "content-encoding")
    request = AWSRequest(
        "POST", f"https://{HOST}/v1/traces", headers={n: sent[n] for n in names}, data=body
    )
    SigV4Auth(Credentials("AKID", "secret", "token"), "xray", "eu-west-1").add_auth(request)
    return str(request.headers["Authorization"])


def test_a_function_that_started_from_a_snapshot_signs_with_the_credentials_that_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_snapshot_variables(monkeypatch)
    with serving_credentials() as server, serving(OK) as proxy:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        environment = {
            **SNAPSHOT,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url,
            "HTTP_PROXY": f"http://127.0.0.1:{proxy.port}",
        }
        post = OtlpHttp(OtlpTarget(traces_url(f"http://{HOST}"), {}), environment)
        assert post(b"spans") == ExportResult(ExportOutcome.TAKEN)
        post.close()
    assert b"\r\nx-amz-security-token: token 2\r\n" in proxy.asked[0]
    assert b"Credential=KEY2/" in proxy.asked[0]


@pytest.mark.parametrize(
    ("host", "environment"),
    [
        ("otlp.example.org", KEYS),
        ("xray.eu-west-1.amazonaws.com.example.org", KEYS),
        ("xray.eu-west-1.evil.amazonaws.com", KEYS),
        (HOST, {}),
        (HOST, {**KEYS, "AWS_SECRET_ACCESS_KEY": ""}),
    ],
)
def test_nothing_else_gets_a_signature(host: str, environment: dict[str, Any]) -> None:
    assert signing_for(host, "/v1/traces", environment) is None


def test_china_has_a_domain_of_its_own() -> None:
    assert signing_for("xray.cn-north-1.amazonaws.com.cn", "/v1/traces", KEYS) is not None
