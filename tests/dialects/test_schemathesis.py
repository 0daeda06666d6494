"""The whole API over HTTP against docs/reference/openapi.json, by Schemathesis.

It reads the document and sends what fits it and what does not, with the ids that the lists answer. No answer is a
failure of ours, and each is one that the document names.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import httpx

from spanvas_api.auth import SCOPES
from spanvas_api.route_schema import TRACE_CONTENT
from spanvas_api.routes import ALL_ROUTES
from tests.dialects.live import PYTHON
from tests.support.api_fakes import AuditedStore
from tests.support.aws_from_template import ROOT
from tests.support.http_endpoint import Endpoint, serving
from tests.support.otlp_requests import make_proto_span, make_request

DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"
PROGRAM = PYTHON.parent / "schemathesis"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
UNLIMITED: dict[str, Any] = {
    "ingest_bytes_per_second": 10**9,
    "ingest_burst_bytes": 10**9,
    "ingest_burst_store_calls": 10**9,
}


def test_every_answer_is_one_that_the_document_names(tmp_path: Path) -> None:
    store = AuditedStore()
    with serving(store, tmp_path / "gateway.log", **UNLIMITED) as endpoint:
        token = token_for_everything(endpoint)
        trace = make_request(make_proto_span("a"), make_proto_span("b", "a"))
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/x-protobuf",
        }
        sent = httpx.post(
            f"{endpoint.url}/v1/traces", content=trace.SerializeToString(), headers=headers
        )
        assert sent.status_code == 200
        done = subprocess.run(
            [
                *(str(PROGRAM), "--config-file", str(CONFIGURATION), "run", str(DOCUMENT)),
                *("--url", endpoint.url, "--header", f"Authorization: Bearer {token}"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        statuses = {status for _, _, status in endpoint.answers}

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert f"Tested: {len(ALL_ROUTES)}" in done.stdout
    assert {200, 304, 400, 401, 404, 405, 415, 422} <= statuses
    assert max(statuses) < 500
    assert len(endpoint.answers) > 800


def token_for_everything(endpoint: Endpoint) -> str:
    subject = endpoint.issuer.clients["demo-operator"].subject
    scopes = sorted({*SCOPES.values(), TRACE_CONTENT})
    return endpoint.issuer.signer.access_token(subject, "schemathesis", scopes)
