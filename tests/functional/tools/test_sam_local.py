"""What `make sam-local` puts between SAM and the functions: verified tokens, variables, ids. No Docker is needed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.gateway.authorizer import IssuerKeys
from local.gateway.definition import JwtAuthorizer, Route
from local.http_server import HttpServer
from local.identity.clients import Subject
from local.identity.tokens import TokenSigner
from spanvas.model.artifact import Artifact
from tests.support.aws_from_template import ROOT
from tests.support.builders import T0, make_execution
from tests.support.memory_store import MemoryTraceStore
from tools.sam_local import files
from tools.sam_local.__main__ import is_listened_on
from tools.sam_local.authorizer import Authorizer
from tools.sam_local.events import with_real_artifact

ISSUER = "http://127.0.0.1:4711"
READ = "GET /v1/executions/{execution_id}"
LIST = "GET /v1/executions"
READER = Subject("person-1", "A Person", "acme")


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner(ISSUER, "spanvas")


@pytest.fixture
def authorizer(signer: TokenSigner) -> Authorizer:
    def fetch(url: str) -> dict[str, Any]:
        return {"jwks_uri": "keys"} if "configuration" in url else signer.public_keys()

    jwt = JwtAuthorizer(ISSUER, ("spanvas",), "authorization")
    routes = [
        Route("GET", READ.removeprefix("GET "), "api", jwt, ()),
        Route("GET", LIST.removeprefix("GET "), "api", jwt, ("executions:read",)),
    ]
    return Authorizer(routes, IssuerKeys(fetch))


# ------------------------------------------------------------------ tokens


def test_a_good_token_grants_its_claims_as_texts(
    authorizer: Authorizer, signer: TokenSigner
) -> None:
    token = signer.access_token(READER, "canvas", ["executions:read"])
    granted = authorizer.verdict(LIST, f"Bearer {token}")["granted"]
    assert granted["scopes"] == ["executions:read"]
    assert granted["claims"]["tenant"] == "acme"
    assert {type(value) for value in granted["claims"].values()} == {str}


@pytest.mark.parametrize(
    ("route", "header", "status"),
    [
        (READ, "", 401),
        (READ, "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", 401),
        (READ, "Basic YTpi", 401),
        ("GET /v1/nothing", "", 404),
    ],
)
def test_what_the_gateway_refuses_is_refused(
    authorizer: Authorizer, route: str, header: str, status: int
) -> None:
    assert authorizer.verdict(route, header)["refused"]["statusCode"] == status


def test_a_token_of_another_issuer_is_refused(authorizer: Authorizer) -> None:
    token = TokenSigner(ISSUER, "spanvas").access_token(READER, "canvas", ["executions:read"])
    assert authorizer.verdict(READ, f"Bearer {token}")["refused"]["statusCode"] == 401


def test_a_token_without_the_scope_of_the_route_is_refused(
    authorizer: Authorizer, signer: TokenSigner
) -> None:
    refused = authorizer.verdict(LIST, f"bearer {signer.access_token(READER, 'canvas', ['a'])}")
    assert refused["refused"]["statusCode"] == 403
    assert 'scope="executions:read"' in refused["refused"]["headers"]["www-authenticate"]


CALL = """
import json, sys
import sam_local_verified
print(json.dumps(sam_local_verified.handler(json.load(sys.stdin), None)))
"""


@pytest.fixture
def container(tmp_path: Path, authorizer: Authorizer) -> Iterator[Callable[[Any], Any]]:
    """Calls `verified` as in a container: a process with nothing but its copy and the function's own handler."""
    (tmp_path / "sam_local_verified.py").write_bytes(files.VERIFIED.read_bytes())
    (tmp_path / "own.py").write_text("def handler(event, context):\n    return {'seen': event}\n")
    server = HttpServer(name="authorizer").start(authorizer.handle)

    def call(event: Any) -> Any:
        environment = {"SAM_LOCAL_HANDLER": "own.handler", "SAM_LOCAL_AUTHORIZER": server.url}
        done = subprocess.run(
            [sys.executable, "-S", "-c", CALL],
            cwd=tmp_path,
            env=environment,
            input=json.dumps(event),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    yield call
    server.stop()


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
def test_a_function_sees_what_the_gateway_would_hand_over(
    container: Callable[[Any], Any], signer: TokenSigner, name: str
) -> None:
    token = signer.access_token(READER, "canvas", ["executions:read"])
    event = {
        "routeKey": LIST,
        "headers": {name: f"Bearer {token}", "Accept-Encoding": "gzip"},
        "requestContext": {"http": {"method": "GET"}},
    }
    seen = container(event)["seen"]
    assert seen["headers"] == {"authorization": f"Bearer {token}", "accept-encoding": "gzip"}
    assert seen["requestContext"]["http"] == {"method": "GET"}
    assert seen["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == "person-1"


def test_a_function_does_not_see_a_call_that_is_refused_nor_claims_that_a_caller_has_made_up(
    container: Callable[[Any], Any],
) -> None:
    made_up = {"authorizer": {"jwt": {"claims": {"sub": "me", "tenant": "acme"}}}}
    answer = container({"routeKey": LIST, "headers": None, "requestContext": made_up})
    assert (answer["statusCode"], answer["body"]) == (401, '{"message":"Unauthorized"}')


def test_an_event_that_is_no_call_is_handed_on_as_it_is(container: Callable[[Any], Any]) -> None:
    assert container({"source": "aws.events"}) == {"seen": {"source": "aws.events"}}


# ------------------------------------------------------------------ what SAM reads


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """The files for a stack of two functions; gives one by its name."""
    build = tmp_path / "build"
    (build / "Api").mkdir(parents=True)
    template = {
        "Parameters": {"Architecture": {"Type": "String", "Default": "arm64"}},
        "Resources": {
            "Api": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Handler": "api.handler",
                    "Environment": {"Variables": {"SPANVAS_JWT_ISSUER": {"Ref": "JwtIssuer"}}},
                    "Events": {"Read": {"Type": "HttpApi"}},
                },
            },
            "Executor": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Handler": "run.handler",
                    "Events": {"Tick": {"Type": "Schedule"}},
                },
            },
        },
    }
    (build / "template.yaml").write_text(json.dumps(template))
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    monkeypatch.setattr(files, "BUILD", build)
    state = {
        "functions": {
            "Api": {
                "SPANVAS_JWT_ISSUER": "http://127.0.0.1:5001",
                "SPANVAS_JWT_AUDIENCE": "local",
                "SPANVAS_EXECUTOR_FUNCTION": "spanvas-executor",
                "AWS_ENDPOINT_URL_LAMBDA": "",
                "AWS_ENDPOINT_URL_DYNAMODB": "",
            },
            "Executor": {"SPANVAS_CONNECTIONS": '{"a": "http://127.0.0.1:5003/a"}'},
        },
        "environment": {
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:5002",
            "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:5004",
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5009",
        },
    }
    ports = files.write_files(
        files.Surroundings(state, "172.17.0.1", "http://127.0.0.1:5005", lambda_port=3001)
    )
    assert ports == {3001, 5002, 5003, 5004, 5005}

    def read(name: str) -> Any:
        return json.loads((tmp_path / name).read_text())

    return read


def test_functions_find_the_engines_and_each_other_from_their_containers(
    written: Callable[[str], Any],
) -> None:
    assert written("calls.json") == {
        "Api": {
            "SPANVAS_JWT_ISSUER": "http://127.0.0.1:5001",
            "SPANVAS_JWT_AUDIENCE": "local",
            "SPANVAS_EXECUTOR_FUNCTION": "ExecutorFunction",
            "AWS_ENDPOINT_URL_LAMBDA": "http://172.17.0.1:3001",
            "AWS_ENDPOINT_URL_DYNAMODB": "http://172.17.0.1:5002",
        },
        "Executor": {"SPANVAS_CONNECTIONS": '{"a": "http://172.17.0.1:5003/a"}'},
    }


def test_for_the_files_in_events_the_issuer_is_the_one_of_their_tokens(
    written: Callable[[str], Any],
) -> None:
    api = written("events.json")["Api"]
    assert api["SPANVAS_JWT_ISSUER"] == "https://login.example.com/"
    assert api["SPANVAS_JWT_AUDIENCE"] == "spanvas"
    assert api["SPANVAS_EXECUTOR_FUNCTION"] == "spanvas-executor"
    assert api["AWS_ENDPOINT_URL_LAMBDA"] == "http://172.17.0.1:5004"


def test_what_runs_is_for_this_machine_s_processor(written: Callable[[str], Any]) -> None:
    for name in ("build/template.yaml", "build/api.yaml"):
        default = written(name)["Parameters"]["Architecture"]["Default"]
        assert default == files.architecture()


def test_only_functions_that_answer_calls_have_tokens_verified_and_only_for_the_api(
    written: Callable[[str], Any], tmp_path: Path
) -> None:
    resources = written("build/api.yaml")["Resources"]
    api = resources["Api"]["Properties"]
    assert api["Handler"] == "sam_local_verified.handler"
    variables = api["Environment"]["Variables"]
    assert variables["SAM_LOCAL_HANDLER"] == "api.handler"
    assert variables["SAM_LOCAL_AUTHORIZER"] == "http://172.17.0.1:5005"
    assert variables["SPANVAS_JWT_ISSUER"] == {"Ref": "JwtIssuer"}
    assert (tmp_path / "build" / "Api" / "sam_local_verified.py").exists()
    assert resources["Executor"]["Properties"]["Handler"] == "run.handler"
    plain = written("build/template.yaml")["Resources"]["Api"]["Properties"]
    assert plain["Handler"] == "api.handler"


# ------------------------------------------------------------------ ids of artifacts


def test_an_event_gets_the_id_of_an_artifact_that_is_there(tmp_path: Path) -> None:
    event = ROOT / "events" / "link-artifact.json"
    named = json.loads(event.read_text("utf-8"))["pathParameters"]
    store: Any = MemoryTraceStore()
    into = tmp_path / "event.json"
    assert with_real_artifact(event, store, into) == event

    store.start_execution(make_execution(named["execution_id"]))
    artifact = Artifact("acme", named["execution_id"], "art_1", "", "r.csv", "text/csv", 0, "", T0)
    store.put_artifact(artifact, b"a,b\n")
    assert with_real_artifact(event, store, into) == into
    changed = json.loads(into.read_text("utf-8"))
    assert changed["pathParameters"]["artifact_id"] == "art_1"
    assert changed["rawPath"].endswith("/artifacts/art_1/link")
    assert with_real_artifact(into, store, tmp_path / "again") == into


def test_an_event_without_an_artifact_stays_as_it_is(tmp_path: Path) -> None:
    store: Any = MemoryTraceStore()
    for path in sorted((ROOT / "events").glob("*.json")):
        assert with_real_artifact(path, store, tmp_path / "event.json") == path


def test_the_api_is_announced_when_something_listens_on_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        assert is_listened_on(port)
    assert not is_listened_on(port)
