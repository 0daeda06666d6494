"""docs/how-to/send-otlp.md, run as it is written: each block of code, in its order, with nothing but its variables."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.dialects.live import PYTHON
from tests.dialects.model_apis.script import ANSWER
from tests.dialects.model_server import running
from tests.dialects.sending import (
    COLLECT,
    COLLECTOR,
    LANGGRAPH,
    LOCAL_TOKEN,
    PLAIN,
    TOKEN,
    VARIABLES,
    credentials,
    read,
    variables_of,
)
from tests.support.api_fakes import AuditedStore
from tests.support.http_endpoint import Endpoint, serving


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    with serving(AuditedStore(), tmp_path / "gateway.log") as endpoint:
        yield endpoint


def run_python(program: str, folder: Path, environment: Mapping[str, str]) -> None:
    path = folder / "program.py"
    path.write_text(program, "utf-8")
    done = subprocess.run(
        [str(PYTHON), str(path)], env=dict(environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Failed to export" not in done.stderr


def test_the_variables_and_the_plain_program_send_an_execution(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    environment = variables_of(TOKEN + VARIABLES, credentials(endpoint))

    run_python(PLAIN, tmp_path, environment)

    rows = read(endpoint, "/v1/executions/trip-4711/trace")["rows"]
    assert [(row["depth"], row["name"]) for row in rows] == [
        (0, "plan trip"),
        (1, "look up trains"),
    ]
    detail = read(endpoint, f"/v1/executions/trip-4711/spans/{rows[0]['span_id']}")
    assert detail["resource"]["service.name"] == "planner"


def test_the_langgraph_program_sends_prompts_tools_and_tokens(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    environment = variables_of(TOKEN + VARIABLES, credentials(endpoint))
    with running() as servers:
        model = {"OPENAI_BASE_URL": f"{servers.url}/v1", "OPENAI_API_KEY": "none"}
        run_python(LANGGRAPH, tmp_path, {**environment, **model})

    (execution,) = read(endpoint, "/v1/executions")["items"]
    assert (execution["execution_id"], execution["session_id"]) == (
        execution["trace_id"],
        "parcel-4711",
    )
    trace = read(endpoint, f"/v1/executions/{execution['execution_id']}/trace")
    assert trace["status"] == "COMPLETE"
    kinds = [row["kind"] for row in trace["rows"]]
    assert (kinds.count("model"), kinds.count("tool")) == (2, 1)
    assert trace["execution"]["counters"]["input_tokens"] == 812 + 870
    assert trace["execution"]["counters"]["cost_nano_usd"] > 0
    last = [row for row in trace["rows"] if row["kind"] == "model"][-1]
    assert last["output_preview"] == ANSWER


def test_the_local_stack_has_the_client_whose_token_is_asked_for(endpoint: Endpoint) -> None:
    """The first block needs `make run`; what it asks for is there."""
    from local.state import DEFAULT_PORT

    assert f"http://127.0.0.1:{DEFAULT_PORT}\n" in LOCAL_TOKEN
    client = re.search(r"-m local token ([\w-]+)", LOCAL_TOKEN)
    assert client is not None
    assert endpoint.issuer.clients[client[1]].scopes == ("trace:ingest",)


def test_the_collector_s_configuration_is_whole() -> None:
    """Every component that a pipeline or an extension names is there, and every variable is one of this page."""
    configuration = yaml.safe_load(COLLECTOR)
    service = configuration["service"]
    assert service["extensions"] == list(configuration["extensions"])
    for pipeline in service["pipelines"].values():
        assert pipeline["receivers"] == list(configuration["receivers"])
        assert pipeline["exporters"] == list(configuration["exporters"])
    (exporter,) = configuration["exporters"].values()
    assert exporter["auth"]["authenticator"] in configuration["extensions"]
    assert exporter["sending_queue"]["batch"]["max_size"] < 16 * 1024 * 1024
    assert set(re.findall(r"\$\{env:(\w+)\}", COLLECTOR)) == {
        "SPANVAS_CLIENT_ID",
        "SPANVAS_CLIENT_SECRET",
        "SPANVAS_TOKEN_URL",
        "SPANVAS_ENDPOINT",
    }
    assert "otelcol-contrib --config collector.yaml" in COLLECT
