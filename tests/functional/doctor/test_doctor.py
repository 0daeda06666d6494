"""The doctor, on the template's own table and bucket: what is right, and what is wrong one by one."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from spanvas.storage import aws
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.doctor.command import Surroundings, main
from tests.support.aws_from_template import AUDIT_TABLE
from tests.support.aws_in_process import mocked_store
from tests.support.builders import make_execution, make_span
from tests.support.otlp_server import OK, serving
from tests.support.span_backend import NOT_THERE, answer, backend

ISSUER = "https://issuer.example"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "s3:PutObjectAcl",
            "Resource": "arn:aws:s3:::{bucket}/*",
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "NumericGreaterThan": {"s3:signatureAge": 300000},
            },
        }
    ],
}


def answers(url: str, token: str = "", /) -> Any:
    return {
        f"{ISSUER}/.well-known/openid-configuration": {
            "issuer": ISSUER,
            "jwks_uri": f"{ISSUER}/keys",
        },
        f"{ISSUER}/keys": {"keys": [{"kty": "RSA", "kid": "1"}]},
    }[url]


class Deployment:
    """A deployment that is well, and what the doctor says of it."""

    def __init__(self, store: DynamoTraceStore) -> None:
        self.table, self.bucket = store._table, store._bucket
        self.dynamodb, self.s3 = aws.dynamodb_client(), aws.s3_client()
        policy = json.dumps(POLICY).replace("{bucket}", self.bucket)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy)
        self.fetch = answers
        self.now = time.time()
        self.environment = {
            "SPANVAS_TABLE": self.table,
            "SPANVAS_BUCKET": self.bucket,
            "SPANVAS_AUDIT_TABLE": AUDIT_TABLE,
            "SPANVAS_JWT_ISSUER": ISSUER,
            "SPANVAS_JWT_AUDIENCE": "spanvas",
            "SPANVAS_TOKEN": self.token(),
        }

    def token(self, **changes: Any) -> str:
        claims = {
            "iss": ISSUER,
            "aud": "spanvas",
            "sub": "ada",
            "tenant": "acme",
            "exp": self.now + 300,
            "scope": "openid trace:read trace:content",
            **changes,
        }
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"e30.{body}.signature"

    def asked(self, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
        out = io.StringIO()
        around = Surroundings(
            self.environment,
            lambda: self.dynamodb,
            lambda: self.s3,
            self.fetch,
            lambda: self.now,
        )
        code = main(["--json", *arguments], around, out)
        return code, {
            one["what"]: (one["state"], one["seen"]) for one in json.loads(out.getvalue())
        }

    def wrong(self, *arguments: str) -> dict[str, str]:
        """What is not well, and what was seen of it."""
        code, found = self.asked(*arguments)
        wrong = {
            what: seen for what, (state, seen) in found.items() if state in ("wrong", "unknown")
        }
        assert code == (1 if wrong else 0)
        return wrong


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    with mocked_store() as store:
        yield Deployment(store)


def test_a_deployment_that_is_well_has_nothing_wrong(deployment: Deployment) -> None:
    code, found = deployment.asked()

    assert {what: state for what, (state, _) in found.items() if state != "ok"} == {
        "collector": "left out",
        "versions": "left out",
        "versions of API and page": "left out",
    }
    assert code == 0
    assert found["scopes of the token"][1] == "trace:content trace:read"
    assert found["token"][1] == "of ada for the tenant acme"
    assert found["probe"][1].startswith("written, read and deleted in ")


def test_the_probe_leaves_no_content_and_nobodys_history_has_it(deployment: Deployment) -> None:
    deployment.asked()

    items = deployment.dynamodb.scan(TableName=deployment.table)["Items"]
    assert {item["sk"]["S"] for item in items} <= {"META"}
    assert all("spanvas-doctor" in item["pk"]["S"] for item in items)


def test_without_a_probe_nothing_is_written(deployment: Deployment) -> None:
    _, found = deployment.asked("--no-probe")

    assert "probe" not in found
    assert deployment.dynamodb.scan(TableName=deployment.table)["Count"] == 0


def test_another_region_or_name_is_a_table_that_is_not_there(deployment: Deployment) -> None:
    deployment.environment["SPANVAS_TABLE"] = "absent"

    assert deployment.wrong("--no-probe")["table absent"] == "there is no such table here"


def test_a_table_of_something_else(deployment: Deployment) -> None:
    deployment.dynamodb.create_table(
        TableName="other",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    deployment.environment["SPANVAS_TABLE"] = "other"

    assert deployment.wrong("--no-probe") == {"table other": "ACTIVE, keys [('id', 'HASH')]"}


def test_an_index_and_the_time_to_live_that_are_missing(deployment: Deployment) -> None:
    name = deployment.table
    deployment.dynamodb.update_table(
        TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_status"}}]
    )
    deployment.dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"}
    )

    wrong = deployment.wrong("--no-probe")

    assert wrong[f"indexes of {name}"] == "without by_status"
    assert wrong[f"time to live of {name}"].startswith("DISABLED")


def test_a_bucket_that_is_open(deployment: Deployment) -> None:
    name = deployment.bucket
    deployment.s3.delete_public_access_block(Bucket=name)
    deployment.s3.delete_bucket_policy(Bucket=name)
    deployment.s3.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )

    assert deployment.wrong() == {
        f"public access to {name}": "not blocked",
        f"policy of {name}": "nothing is refused by aws:SecureTransport, s3:signatureAge",
        f"pages that may read files of {name}": "all",
    }


def test_no_page_may_read_files(deployment: Deployment) -> None:
    deployment.s3.delete_bucket_cors(Bucket=deployment.bucket)

    assert deployment.wrong() == {f"pages that may read files of {deployment.bucket}": "none"}


def test_a_bucket_that_is_not_there(deployment: Deployment) -> None:
    deployment.environment["SPANVAS_BUCKET"] = "absent"

    wrong = deployment.wrong("--no-probe")

    assert wrong == {"bucket absent": "there is no such bucket"}


class Denied:
    """A client whose role may do nothing but what is `allowed`, by `client`."""

    def __init__(self, client: Any = None, *allowed: str) -> None:
        self._client, self._allowed = client, allowed

    def __getattr__(self, name: str) -> Any:
        if name in self._allowed:
            return getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            operation = "".join(part.title() for part in name.split("_"))
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation
            )

        return call


def test_a_doctor_without_permissions_says_which_it_needs(deployment: Deployment) -> None:
    table, bucket = deployment.table, deployment.bucket
    deployment.dynamodb = deployment.s3 = Denied()  # type: ignore[assignment]

    wrong = deployment.wrong()

    assert wrong == {
        "clock": "dynamodb:DescribeTable: not allowed",
        f"table {table}": "dynamodb:DescribeTable: not allowed",
        f"time to live of {table}": "dynamodb:DescribeTimeToLive: not allowed",
        f"table {AUDIT_TABLE}": "dynamodb:DescribeTable: not allowed",
        f"time to live of {AUDIT_TABLE}": "dynamodb:DescribeTimeToLive: not allowed",
        f"bucket {bucket}": "s3:ListBucket: not allowed",
        f"public access to {bucket}": "s3:GetBucketPublicAccessBlock: not allowed",
        f"policy of {bucket}": "s3:GetBucketPolicy: not allowed",
        f"pages that may read files of {bucket}": "s3:GetBucketCORS: not allowed",
        "probe": "dynamodb:GetItem: not allowed",
        "versions": "dynamodb:Query: not allowed",
    }


def test_what_is_refused_hides_nothing_of_what_is_allowed(deployment: Deployment) -> None:
    deployment.s3 = Denied(deployment.s3, "get_bucket_policy", "get_bucket_cors")  # type: ignore[assignment]
    name = deployment.bucket

    _, found = deployment.asked("--no-probe")

    assert found[f"bucket {name}"] == ("unknown", "s3:ListBucket: not allowed")
    assert found[f"policy of {name}"][0] == "ok"
    assert found[f"pages that may read files of {name}"][0] == "ok"


def test_the_permission_is_called_as_aws_calls_it(deployment: Deployment) -> None:
    class Refused(Denied):
        def describe_time_to_live(self, **parameters: Any) -> Any:
            said = "User: a is not authorized to perform: dynamodb:DescribeTimeToLive on x"
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": said}}, "Describe"
            )

    deployment.dynamodb = Refused(deployment.dynamodb, "describe_table")  # type: ignore[assignment]

    _, found = deployment.asked("--no-probe")

    assert found[f"time to live of {deployment.table}"] == (
        "unknown",
        "dynamodb:DescribeTimeToLive: not allowed",
    )


def test_without_credentials_that_is_what_is_said(deployment: Deployment) -> None:
    class Nobody:
        def __getattr__(self, name: str) -> Any:
            def call(**parameters: Any) -> Any:
                raise NoCredentialsError

            return call

    deployment.s3 = Nobody()  # type: ignore[assignment]

    wrong = deployment.wrong("--no-probe")

    assert wrong[f"bucket {deployment.bucket}"] == "no credentials of AWS"


def written_by(store: DynamoTraceStore, *layer_versions: str) -> None:
    """Executions whose functions had these versions of the layer."""
    for number, version in enumerate(layer_versions):
        name = f"exec_{number}"
        now = time.time_ns()
        begun = make_execution(name, started_at_unix_nano=now, deadline_unix_nano=2**62)
        store.start_execution(begun)
        resource = {"telemetry.distro.name": "spanvas", "telemetry.distro.version": version}
        store.write(SpanBatch("acme", name, [make_span("a", resource=resource)]))


@pytest.mark.parametrize(
    ("layers", "state", "seen"),
    [
        (("0.1.0",), "ok", "layers 0.1.0; the API is 0.1.0"),
        (("0.0.9", "0.1.0"), "ok", "layers 0.0.9, 0.1.0; the API is 0.1.0"),
        (("0.1.0", "0.10.0", "0.9.1"), "wrong", "layers 0.1.0, 0.9.1, 0.10.0; the API is 0.1.0"),
        ((), "left out", "no layer has written for acme yet; the API is 0.1.0"),
    ],
)
def test_a_layer_that_is_newer_than_the_api_is_wrong(
    deployment: Deployment, layers: tuple[str, ...], state: str, seen: str
) -> None:
    store = DynamoTraceStore(
        deployment.table, deployment.bucket, dynamodb=deployment.dynamodb, s3=deployment.s3
    )
    written_by(store, *layers)

    _, found = deployment.asked("--no-probe")

    assert found["versions"] == (state, seen)


@pytest.mark.parametrize(
    ("changes", "what", "seen"),
    [
        ({"iss": "https://other.example"}, "token", "The token is of another issuer."),
        ({"aud": "other"}, "token", "The token is for another audience."),
        ({"exp": 1}, "token", "The token has expired."),
        ({"tenant": None}, "token", "The token's claim 'tenant' names no tenant."),
        ({"scope": "openid"}, "scopes of the token", "none that Spanvas knows"),
    ],
)
def test_what_is_wrong_with_a_token(
    deployment: Deployment, changes: dict[str, Any], what: str, seen: str
) -> None:
    token = deployment.token(**changes)

    assert deployment.wrong("--no-probe", "--token", token) == {what: seen}


@pytest.mark.parametrize("text", ["nonsense", "a.b.c", "e30.WzFd.x"])
def test_what_is_no_token(deployment: Deployment, text: str) -> None:
    assert deployment.wrong("--no-probe", "--token", text) == {"token": "is no JWT"}


@pytest.mark.parametrize(
    ("described", "what", "seen"),
    [
        ({"issuer": f"{ISSUER}/"}, "issuer", f"calls itself '{ISSUER}/'"),
        ([], "issuer", "'list' object has no attribute 'get'"),
        ({"issuer": ISSUER}, "keys of the issuer", "KeyError: 'jwks_uri'"),
    ],
)
def test_what_is_wrong_with_an_issuer(
    deployment: Deployment, described: Any, what: str, seen: str
) -> None:
    deployment.fetch = lambda url, token="": described

    assert deployment.wrong("--no-probe") == {what: seen}


def test_an_issuer_that_cannot_be_reached(deployment: Deployment) -> None:
    def down(url: str, token: str = "", /) -> Any:
        raise OSError("connection refused")

    deployment.fetch = down

    assert deployment.wrong("--no-probe") == {"issuer": "connection refused"}


def test_keys_that_the_gateway_does_not_take(deployment: Deployment) -> None:
    deployment.fetch = lambda url, token="": (
        {"keys": [{"kty": "EC"}]} if url.endswith("/keys") else answers(url)
    )

    assert deployment.wrong("--no-probe") == {"keys of the issuer": "EC"}


def test_a_clock_that_is_wrong(deployment: Deployment) -> None:
    deployment.now += 3_600
    deployment.environment["SPANVAS_TOKEN"] = ""

    (what, seen), *_ = deployment.wrong("--no-probe").items()
    assert what == "clock"
    assert seen.endswith(" s from AWS")


def test_a_refusal_tells_the_clock_of_aws_too(deployment: Deployment) -> None:
    class Refusing(Denied):
        def describe_table(self, **parameters: Any) -> Any:
            said = {
                "Error": {"Code": "InvalidSignatureException", "Message": "Signature expired"},
                "ResponseMetadata": {"HTTPHeaders": {"date": "Thu, 18 Sep 2025 08:00:00 GMT"}},
            }
            raise ClientError(said, "DescribeTable")  # type: ignore[arg-type]  # a part of an answer

    deployment.dynamodb = Refusing()  # type: ignore[assignment]  # a part of a client
    deployment.now = 1_758_182_400.0 + 400

    assert deployment.wrong("--no-probe")["clock"] == "08:06:40 UTC, +400 s from AWS"


def test_the_collector(deployment: Deployment) -> None:
    with serving(OK) as server:
        deployment.environment["SPANVAS_OTLP_ENDPOINT"] = f"http://127.0.0.1:{server.port}"
        assert deployment.asked("--no-probe")[1]["collector"] == (
            "ok",
            f"http://127.0.0.1:{server.port}/v1/traces",
        )
    deployment.environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc"
    assert "speak OTLP over HTTP alone" in deployment.wrong("--no-probe")["collector"]
    del deployment.environment["OTEL_EXPORTER_OTLP_PROTOCOL"]
    deployment.environment["SPANVAS_OTLP_ENDPOINT"] = "http://ada:hunter2@127.0.0.1:9"
    found = deployment.wrong("--no-probe")["collector"]
    assert found.startswith("http://...@127.0.0.1:9/v1/traces: ConnectionRefusedError")


def test_the_backend_that_spans_are_read_from(deployment: Deployment) -> None:
    deployment.environment["SPANVAS_SPAN_SOURCE"] = "tempo"
    assert deployment.wrong("--no-probe")["span source"] == "SPANVAS_SPAN_SOURCE_URL is not set"
    with backend(NOT_THERE, answer(b"no", "text/plain", 401)) as tempo:
        deployment.environment["SPANVAS_SPAN_SOURCE_URL"] = tempo.url
        assert deployment.asked("--no-probe")[1]["span source"] == ("ok", tempo.url)
        assert "Tempo does not let Spanvas read" in deployment.wrong("--no-probe")["span source"]


def test_without_settings_the_store_is_missing_and_the_rest_is_looked_at() -> None:
    out = io.StringIO()
    around = Surroundings({}, Denied, Denied, answers, time.time)

    assert main([], around, out) == 1
    assert out.getvalue().splitlines() == [
        "wrong     store                     SPANVAS_TABLE and SPANVAS_BUCKET are not both set",
        "                                    -> set what the function has in its environment",
        "left out  issuer                    SPANVAS_JWT_ISSUER is not set",
        "left out  token                     give one by --token or SPANVAS_TOKEN",
        "left out  versions of API and page  SPANVAS_ENDPOINT, the page's address, is not set",
        "left out  collector                 no OTLP endpoint is set",
    ]


def test_a_setting_that_cannot_be_read_ends_it() -> None:
    err = io.StringIO()
    around = Surroundings({"SPANVAS_ENABLED": "maybe"}, Denied, Denied, answers, time.time)

    assert main([], around, io.StringIO(), err) == 2
    assert err.getvalue() == "spanvas doctor: SPANVAS_ENABLED='maybe': expected true or false\n"
