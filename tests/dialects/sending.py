"""The blocks of code in docs/how-to/send-otlp.md, and what a sender does besides."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.aws_from_template import ROOT
from tests.support.http_endpoint import Endpoint

PAGE = (ROOT / "docs" / "how-to" / "send-otlp.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
LOCAL_TOKEN, TOKEN, VARIABLES, COLLECT = (text for kind, text in BLOCKS if kind == "sh")
PLAIN, LANGGRAPH = (text for kind, text in BLOCKS if kind == "python")
(COLLECTOR,) = (text for kind, text in BLOCKS if kind == "yaml")


def variables_of(block: str, given: Mapping[str, str]) -> dict[str, str]:
    """What a shell has exported when it has run the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    kept.pop("PYTHONPATH", None)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{block}\nenv -0"],
        env={**kept, "NO_PROXY": "127.0.0.1", **given},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def credentials(endpoint: Endpoint) -> dict[str, str]:
    return {
        "SPANVAS_ENDPOINT": endpoint.url,
        "SPANVAS_CLIENT_ID": "demo-ingest",
        "SPANVAS_CLIENT_SECRET": endpoint.issuer.clients["demo-ingest"].secret,
        "SPANVAS_TOKEN_URL": f"{endpoint.issuer.url}/token",
    }


def read(endpoint: Endpoint, path: str) -> Any:
    headers = {"authorization": f"Bearer {endpoint.token('demo-operator')}"}
    answer = httpx.get(endpoint.url + path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(endpoint: Endpoint, body: bytes) -> None:
    headers = {
        "authorization": f"Bearer {endpoint.token('demo-ingest')}",
        "content-type": "application/x-protobuf",
    }
    assert httpx.post(f"{endpoint.url}/v1/traces", content=body, headers=headers).is_success
