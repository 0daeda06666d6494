"""Requests to DynamoDB, to Lambda and to what the engines ask each other are refused unless they were signed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.deployment import deploy
from local.engines.aws import IAM
from local.engines.dynalite import DYNAMODB
from local.http_server import HttpServer
from local.lambdas.invocation import InvocationResult
from local.lambdas.pool import Pool
from local.lambdas.service import LambdaService
from local.resources import read_functions
from local.roles import Roles, session_of
from tests.support.aws_from_template import deployed_stack, translated_template
from tests.support.engines import CREDENTIALS, client_of, ministack, needs_engines, started

pytestmark = needs_engines

Session = Mapping[str, str]
BODY = b'{"Limit": 3}'
MISMATCH = "The request signature we calculated does not match the signature you provided."


class Answering(Pool):
    """A function that answers at once."""

    def invoke(self, _invocation: Any) -> InvocationResult:
        return InvocationResult(b'"called"')


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services listen; each takes a POST of `body` to `url`."""

    iam: str
    dynamodb: str
    functions: str

    def url(self, service: str) -> str:
        if service == "dynamodb":
            return f"{self.dynamodb}/"
        arn = deployed_stack().attribute("ExecutorFunction", "Arn").replace(":", "%3A")
        return f"{self.functions}/2015-03-31/functions/{arn}/invocations"

    def session(self, role: str) -> dict[str, str]:
        arn = deployed_stack().attribute(role, "Arn")
        return session_of(client_of("sts", self.iam), arn, "a-function")


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with ministack() as iam_url:
        deploy(deployed_stack(), client_of("cloudformation", iam_url))
        roles = Roles("us-east-1", {}, CREDENTIALS, iam_url)
        lambdas = LambdaService(send=lambda *_: None, refusal=roles.refusal)
        for function in read_functions(deployed_stack(), translated_template()):
            lambdas.add(Answering(function, lambda: pytest.fail("no sandbox"), max_sandboxes=1))
        server = HttpServer(name="lambda").start(lambdas.handle)
        with started(replace(DYNAMODB, environment={IAM: iam_url})) as dynamodb_url:
            yield Services(iam_url, dynamodb_url, server.url)
        server.stop()


def signed(
    services: Services, service: str, session: Session, auth: Any = SigV4Auth, scope: str = ""
) -> AWSRequest:
    """A request that the role of the API may make, signed by botocore."""
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    if service == "dynamodb":
        headers["X-Amz-Target"] = "DynamoDB_20120810.ListTables"
    request = AWSRequest("POST", services.url(service), headers, BODY)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    credentials = Credentials(*(session[name] for name in names))
    auth(credentials, scope or service, "us-east-1").add_auth(request)
    return request


def answer(request: AWSRequest, body: bytes = BODY, without: str = "") -> tuple[int, str, str]:
    """Status, type of the error and its message."""
    prepared = request.prepare()
    headers = {name: value for name, value in prepared.headers.items() if name != without}
    sent = urllib.request.Request(prepared.url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(sent, timeout=10) as found:
            return found.status, "", ""
    except urllib.error.HTTPError as error:
        with error:
            document = json.loads(error.read())
            name = document.get("__type", error.headers.get("x-amzn-ErrorType", ""))
            return error.code, name.rpartition("#")[2], document.get("message", "")


@pytest.fixture(params=["dynamodb", "lambda"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def refused(services: Services, service: str) -> Callable[..., tuple[str, str]]:
    """Type and message of the error that answers a request."""

    def find(request: AWSRequest, **changes: Any) -> tuple[str, str]:
        status, name, message = answer(request, **changes)
        assert status == (400 if service == "dynamodb" else 403)
        return name, message

    return find


def test_what_is_signed_is_answered(services: Services, service: str) -> None:
    assert answer(signed(services, service, CREDENTIALS))[0] == 200
    assert answer(signed(services, "lambda", services.session("TraceApiRole")))[0] == 200


@pytest.mark.parametrize("who", ["account", "role"])
def test_another_secret_is_refused(
    services: Services, service: str, refused: Callable[..., tuple[str, str]], who: str
) -> None:
    session = CREDENTIALS if who == "account" else services.session("TraceApiRole")
    wrong = {**session, "AWS_SECRET_ACCESS_KEY": "guessed"}
    name, message = refused(signed(services, service, wrong))
    assert name == "InvalidSignatureException"
    assert message.startswith(MISMATCH)


def test_another_token_is_refused(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    wrong = {**services.session("TraceApiRole"), "AWS_SESSION_TOKEN": "guessed"}
    assert refused(signed(services, service, wrong))[0] == "UnrecognizedClientException"


def test_an_unknown_key_is_refused(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    unknown = {**CREDENTIALS, "AWS_ACCESS_KEY_ID": "ASIAUNKNOWN"}
    assert refused(signed(services, service, unknown)) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_another_body_than_the_signed_one_is_refused(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    request = signed(services, service, CREDENTIALS)
    assert refused(request, body=b'{"Limit": 4}')[0] == "InvalidSignatureException"


def test_a_signature_of_an_hour_ago_is_refused(
    services: Services,
    service: str,
    refused: Callable[..., tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: past.replace(tzinfo=None))
    name, message = refused(signed(services, service, CREDENTIALS))
    assert name == "InvalidSignatureException"
    assert message.startswith("Signature expired: ")


def test_a_signature_for_another_service_is_refused(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    name, message = refused(signed(services, service, CREDENTIALS, scope="s3"))
    assert (name, message) == (
        "InvalidSignatureException",
        f"Credential should be scoped to correct service: '{service}'.",
    )


def test_without_a_signature_in_a_header_nothing_is_answered(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    unsigned = refused(signed(services, service, CREDENTIALS), without="Authorization")
    assert unsigned[0] == "MissingAuthenticationTokenException"
    in_query = signed(services, service, CREDENTIALS, auth=SigV4QueryAuth)
    assert refused(in_query, body=b"")[0] == "MissingAuthenticationTokenException"


def test_who_has_no_right_is_refused_with_a_good_signature(services: Services) -> None:
    session = services.session("SweepRole")
    status, name, message = answer(signed(services, "lambda", session))
    assert (status, name) == (403, "AccessDeniedException")
    executor = deployed_stack().attribute("ExecutorFunction", "Arn")
    assert message.endswith(
        f"is not authorized to perform: lambda:InvokeFunction on resource: {executor}"
    )


@pytest.mark.parametrize(
    "path",
    ["principals/bench?day=20261130&region=us-east-1", "decisions", "save"],
)
def test_the_engines_answer_each_other_only_with_the_account_s_secret(
    services: Services, path: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        request = urllib.request.Request(f"{services.iam}/_spanvas/{path}", b"{}", headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        with caught.value as error:
            assert (error.code, error.read()) == (403, b"null")
