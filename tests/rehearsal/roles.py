"""The roles of the deployed stack: what their policies are, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tests.rehearsal.account import Account
from tests.rehearsal.report import require
from tests.rehearsal.snapshot import snapshot
from tests.rehearsal.stack import DeployedStack
from tests.support.aws_from_template import deployed_stack

POLICIES: Final = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
NOBODY: Final = {"pk": {"S": "T#another-tenant"}, "sk": {"S": "-"}}


def check_roles(account: Account, stack: DeployedStack) -> str:
    """Compares the statements of all policies with the template's, and tries what no role may do."""
    told = snapshot(account, stack)
    expected = deployed_stack()
    for name in (n for kind in POLICIES for n in expected.logical_ids(kind)):
        wanted = sids(expected.properties(name))
        found = sids(json.loads(told[name]))
        require(found == wanted, f"{name} has the statements {found}, and not {wanted}")
    tried = refused_calls(account, stack)
    for what, call in tried.items():
        require(is_denied(call), f"{what} is allowed")
    return f"{len(tried)} calls refused to the functions' roles"


def sids(value: Any) -> list[str]:
    """Returns the ids of all statements in a description, in order of the alphabet."""
    if isinstance(value, dict):
        own = [value["Sid"]] if "Sid" in value else []
        return sorted([*own, *(sid for item in value.values() for sid in sids(item))])
    if isinstance(value, list):
        return sorted(sid for item in value for sid in sids(item))
    return []


def refused_calls(account: Account, stack: DeployedStack) -> dict[str, Callable[[], Any]]:
    """Returns calls that the roles of functions which have run may not make, by what they would do."""
    outputs, resources = stack.outputs(), stack.resources()
    table, audit = outputs["TableName"], outputs["AuditTableName"]

    def client(logical_id: str, service: str) -> Any:
        credentials = account.functions.credentials[resources[logical_id][1]]
        return account.engine.client(service, credentials)

    executor, api = client("ExecutorFunction", "dynamodb"), client("TraceApiFunction", "dynamodb")
    objects = client("ExecutorFunction", "s3")
    return {
        "reading a trace as the executor": lambda: executor.get_item(TableName=table, Key=NOBODY),
        "writing what belongs to no execution as the executor": lambda: executor.put_item(
            TableName=table, Item=NOBODY
        ),
        "reading an object as the executor": lambda: objects.get_object(
            Bucket=outputs["BucketName"], Key="details/-"
        ),
        "deleting an execution as the API": lambda: api.delete_item(TableName=table, Key=NOBODY),
        "changing a record of access as the API": lambda: api.delete_item(
            TableName=audit, Key=NOBODY
        ),
    }


def is_denied(call: Callable[[], Any]) -> bool:
    """Returns whether IAM refuses a call."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    return False
