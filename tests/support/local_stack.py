"""What tests and benches share of the running local stack."""

from __future__ import annotations

from local.stack import Stack
from spanvas.storage.dynamo import DynamoTraceStore

TENANT = "demo"
"""The tenant of the stack's own clients."""


def store_of(stack: Stack) -> DynamoTraceStore:
    """Returns the real store on the running stack's engines, with the functions' table and bucket."""
    variables = stack.function("TraceApiFunction").environment
    return DynamoTraceStore(
        variables["SPANVAS_TABLE"],
        variables["SPANVAS_BUCKET"],
        audit_table=variables["SPANVAS_AUDIT_TABLE"],
        dynamodb=stack.boto3_client("dynamodb"),
        s3=stack.boto3_client("s3"),
    )
