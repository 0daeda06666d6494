"""What the roles of the template are refused, decided by their own statements, conditions included.

No engine at hand evaluates `dynamodb:LeadingKeys`, so `policies` does. That the store's own calls are allowed is asked
with the requests that it really makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from spanvas.storage.dynamo import DynamoTraceStore
from tests.contract.grants import AUDIT, BUCKET, properties
from tests.contract.policies import Request, is_allowed
from tests.contract.refused_requests import (
    FOREIGN,
    OWN,
    OWN_WRITES,
    TENANT_WRITER,
    WRITER,
    item,
    must_be_refused,
    refused,
    thing,
)
from tests.support.aws_from_template import AUDIT_TABLE, create_resources
from tests.support.aws_in_process import mocked_aws
from tests.support.builders import Clock, make_execution
from tests.support.written_trace import write_a_trace


@pytest.mark.parametrize("role", must_be_refused())
def test_a_role_is_refused_what_is_not_its_work(role: str) -> None:
    asked = must_be_refused()[role]

    assert [request for request in asked if request not in refused(role, asked)] == []


def test_at_least_forty_requests_of_a_function_of_one_tenant_are_refused() -> None:
    assert len(must_be_refused()[TENANT_WRITER]) >= 40


def test_a_function_of_one_tenant_may_write_what_is_its_tenants() -> None:
    asked = [one.by(spanvas_tenant="acme") for one in OWN_WRITES]

    assert refused(TENANT_WRITER, asked) == []


@pytest.mark.parametrize(
    "tags", [{}, {"spanvas_tenant": ""}, {"tenant": "acme"}, {"spanvas_tenant": "*"}]
)
def test_a_role_that_names_no_tenant_may_write_nothing(tags: dict[str, str]) -> None:
    asked = [one.by(**tags) for one in OWN_WRITES]

    assert refused(TENANT_WRITER, asked) == asked


def test_a_function_of_several_tenants_may_write_executions_of_any() -> None:
    assert refused(WRITER, [*OWN_WRITES, item("PutItem", FOREIGN)]) == []


def test_the_audit_table_denies_changes_even_to_those_who_may_do_everything() -> None:
    policy = properties("AuditTable")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    administrator = [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]
    actions = (
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "PartiQLUpdate",
        "PartiQLDelete",
        "PartiQLInsert",
    )

    for action in actions:
        assert not is_allowed([*administrator, *policy], item(action, OWN, table=AUDIT))
    assert is_allowed([*administrator, *policy], item("PutItem", OWN, table=AUDIT))


def test_the_bucket_denies_what_comes_without_tls_or_with_an_old_signature() -> None:
    policy = properties("TraceBucketPolicy")["PolicyDocument"]["Statement"]
    administrator = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    link = f"{BUCKET}/artifacts/acme/run/1"

    def asked(tls: str, age: str) -> bool:
        context = {"aws:SecureTransport": [tls], "s3:signatureAge": [age]}
        return is_allowed([*administrator, *policy], Request("s3:GetObjectVersion", link, context))

    assert [asked("true", "120000"), asked("false", "120000"), asked("true", "300001")] == [
        True,
        False,
        False,
    ]


@pytest.fixture
def written() -> Iterator[list[Request]]:
    """What the store asks of AWS to write a trace of the tenant `acme`."""
    requests: list[Request] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.service_model.service_name == "s3":
            requests.append(thing(model.name, params["Key"]))
            return
        key = (params.get("Item") or params["Key"])["pk"]["S"]
        requests.append(item(model.name, key, returns=params.get("ReturnValues", "")))

    with mocked_aws():
        boto3.setup_default_session()
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        table, bucket = create_resources(dynamodb, s3)
        store = DynamoTraceStore(
            table, bucket, audit_table=AUDIT_TABLE, dynamodb=dynamodb, s3=s3, clock=Clock()
        )
        for client in (dynamodb, s3):
            client.meta.events.register("before-parameter-build.*.*", note)
        write_a_trace(store)
        store.begin_execution(make_execution("exec_2"), lambda: None)
        store.withdraw_execution("acme", "exec_2")
        yield requests


def test_all_that_the_store_asks_for_is_allowed_to_its_tenant_and_to_no_other(
    written: list[Request],
) -> None:
    assert {request.action for request in written} == {
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "s3:PutObject",
    }
    own = [request.by(spanvas_tenant="acme") for request in written]
    foreign = [request.by(spanvas_tenant="globex") for request in written]

    assert refused(TENANT_WRITER, own) == []
    assert refused(TENANT_WRITER, foreign) == foreign
    assert refused(WRITER, written) == []
