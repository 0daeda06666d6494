"""What the roles of the template allow."""

from __future__ import annotations

from typing import Any

from local.resolve import Resolver
from tests.support.aws_from_template import deployed_stack

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/spanvas-TraceTable"
AUDIT = "arn:aws:dynamodb:us-east-1:123456789012:table/spanvas-AuditTable"


BUCKET = "arn:aws:s3:::spanvas-traces-00000000-0000-4000-8000-000000000000"


def properties(logical_id: str) -> dict[str, Any]:
    return deployed_stack().properties(logical_id)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(logical_id: str, stack: Resolver | None = None) -> list[dict[str, Any]]:
    own = (stack or deployed_stack()).properties(logical_id)
    documents = [policy["PolicyDocument"] for policy in own.get("Policies", [])]
    documents += [own["PolicyDocument"]] if "PolicyDocument" in own else []
    return [statement for document in documents for statement in document["Statement"]]


def grants(logical_id: str, stack: Resolver | None = None) -> dict[str, set[str]]:
    """Action -> resources, in a deployment with the tests' own parameters or in another one."""
    allowed: dict[str, set[str]] = {}
    for statement in statements(logical_id, stack):
        for action in as_list(statement["Action"]):
            allowed.setdefault(action, set()).update(as_list(statement["Resource"]))
    return allowed
