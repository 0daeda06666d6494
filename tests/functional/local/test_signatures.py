"""Requests to DynamoDB, to Lambda and to what the engines ask each other are refused unless they were signed."""

from __future__ import annotations

import json
import re
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
from local.engines.aws import IAM, aws_engine
from local.engines.dynalite import DYNAMODB
from local.http_server import HttpServer
from local.lambdas.invocation import InvocationResult
from local.lambdas.pool import Pool
from local.lambdas.service import LambdaService
from local.resources import read_functions
from local.roles import session_of
from tests.support.aws_from_template import deployed_stack, translated_template
from tests.support.engines import CREDENTIALS, client_of, needs_engines, started

pytestmark = needs_engines

Session = Mapping[str, str]
BODY = b'{"Limit": 3}'
KINDS = ("RequestResponse", "Event")
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
    sandboxes: str

    def url(self, service: str) -> str:
        if service == "dynamodb":
            return f"{self.dynamodb}/"
        arn = deployed_stack().attribute("ExecutorFunction", "Arn").replace(":", "%3A")
        return f"{self.iam}/2015-03-31/functions/{arn}/invocations"

    def session(self, role: str) -> dict[str, str]:
        arn = deployed_stack().attribute(role, "Arn")
        return session_of(client_of("sts", self.iam), arn, "a-function")


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    lambdas = LambdaService(lambda *_: None, secret=CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    for function in read_functions(deployed_stack(), translated_template()):
        lambdas.add(Answering(function, lambda: pytest.fail("no sandbox"), max_sandboxes=1))
    server = HttpServer(name="lambda").start(lambdas.handle)
    with started(aws_engine(server.url)) as iam_url:
        deploy(deployed_stack(), client_of("cloudformation", iam_url))
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
        with urllib.request.urlopen(sent, timeout=60) as found:
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


def test_a_signature_for_another_service_is_refused(services: Services) -> None:
    assert answer(signed(services, "dynamodb", CREDENTIALS, scope="s3")) == (
        400,
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'dynamodb'.",
    )
    for scope in ("s3", "sqs", "dynamodb"):  # one address is that of many services
        prepared = signed(services, "lambda", CREDENTIALS, scope=scope).prepare()
        headers = dict(prepared.headers.items())
        sent = urllib.request.Request(prepared.url, BODY, headers, method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(sent, timeout=60)
        with caught.value as error:
            assert 400 <= error.code < 500
            assert b"called" not in error.read()


def test_without_a_signature_nothing_is_answered(
    services: Services, service: str, refused: Callable[..., tuple[str, str]]
) -> None:
    unsigned = refused(signed(services, service, CREDENTIALS), without="Authorization")
    assert unsigned[0] == "MissingAuthenticationTokenException"


def test_dynamodb_takes_no_signature_in_a_query(services: Services) -> None:
    in_query = signed(services, "dynamodb", CREDENTIALS, auth=SigV4QueryAuth)
    assert answer(in_query, body=b"")[:2] == (400, "MissingAuthenticationTokenException")


def test_who_has_no_right_is_refused_with_a_good_signature(services: Services) -> None:
    session = services.session("SweepRole")
    status, name, message = answer(signed(services, "lambda", session))
    assert (status, name) == (403, "AccessDeniedException")
    assert "is not authorized to perform: lambda:InvokeFunction" in message


def test_the_sandboxes_take_the_word_of_the_engine_of_aws_alone(services: Services) -> None:
    request = signed(services, "lambda", CREDENTIALS)
    assert answer(request)[0] == 200
    request.url = str(request.url).replace(services.iam, services.sandboxes)
    assert answer(request)[:2] == (403, "AccessDeniedException")


def test_an_invocation_is_answered_with_its_own_id(services: Services) -> None:
    functions = client_of("lambda", services.iam)
    name = deployed_stack().ref("ExecutorFunction")
    answers = [functions.invoke(FunctionName=name, InvocationType=kind) for kind in KINDS]
    assert [found["StatusCode"] for found in answers] == [200, 202]
    for found in answers:
        assert re.fullmatch(r"[0-9a-f-]{36}", found["ResponseMetadata"]["RequestId"])
    assert answers[0]["ExecutedVersion"] == "$LATEST"


def test_the_engines_answer_each_other_only_with_the_account_s_secret(services: Services) -> None:
    path = "principals/bench?day=20261130&region=us-east-1"
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        request = urllib.request.Request(f"{services.iam}/_spanvas/{path}", b"{}", headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=60)
        with caught.value as error:
            assert (error.code, error.read()) == (403, b"null")
