"""Requests that roles of the template must be refused, and those that writers must be allowed."""

from __future__ import annotations

from tests.contract.grants import AUDIT, BUCKET, TABLE, statements
from tests.contract.policies import Request, is_allowed

TENANT_WRITER, WRITER = "TenantTraceWriterPolicy", "TraceWriterPolicy"
OWN, FOREIGN = "T#acme#E#run", "T#globex#E#run"


def item(action: str, *keys: str, returns: str = "", table: str = TABLE) -> Request:
    """A request on items with these partition keys."""
    context = {"dynamodb:LeadingKeys": list(keys)} if keys else {}
    context |= {"dynamodb:ReturnValues": [returns]} if returns else {}
    return Request(f"dynamodb:{action}", table, context)


def thing(action: str, key: str = "") -> Request:
    return Request(f"s3:{action}", f"{BUCKET}/{key}" if key else BUCKET)


NOT_THE_TENANTS = [
    FOREIGN, "T#acme2#E#run", "T#acm#E#run", "T#ACME#E#run", "T#acme", "T#acme#X#trace", "T#acme#W#flow", "SPANVAS", "",
    "T#*#E#run", "x#T#acme#E#run", "T##E#run", "T#acme#globex#E#run",
]  # fmt: skip
READS_AND_MORE = [
    *(item(action, OWN) for action in (
        "GetItem", "BatchGetItem", "Query", "DeleteItem", "BatchWriteItem", "ConditionCheckItem", "PartiQLSelect",
        "PartiQLUpdate", "PartiQLInsert", "PartiQLDelete")),
    *(item(action) for action in (
        "Scan", "DescribeTable", "UpdateTable", "DeleteTable", "ExportTableToPointInTime", "UpdateTimeToLive",
        "UpdateContinuousBackups", "RestoreTableToPointInTime", "CreateBackup", "PutResourcePolicy")),
    *(item("Query", OWN, table=f"{TABLE}/index/{name}") for name in (
        "by_tenant", "by_workflow", "by_trace", "by_status", "running")),
    *(item(action, OWN, table=AUDIT) for action in ("PutItem", "UpdateItem", "Query", "GetItem", "DeleteItem")),
    item("GetRecords", table=f"{TABLE}/stream/1"),
    *(thing(action, f"{folder}/acme/run/1") for folder in ("details", "artifacts") for action in (
        "GetObject", "GetObjectVersion", "DeleteObject", "DeleteObjectVersion", "PutObjectAcl", "PutObjectTagging",
        "PutObjectRetention", "AbortMultipartUpload")),
    *(thing("PutObject", key) for key in (
        "held/details/acme/run/1", "held/artifacts/acme/run/1", "acme/1", "x/details/acme/1")),
    *(thing(action) for action in ("ListBucket", "ListBucketVersions", "PutBucketPolicy", "PutLifecycleConfiguration")),
    Request("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:spanvas-ExecutorFunction"),
    Request("iam:TagRole", "arn:aws:iam::123456789012:role/own"),
    Request("sts:AssumeRole", "arn:aws:iam::123456789012:role/spanvas-TraceApiRole"),
    Request("xray:PutSpans", "*"),
]  # fmt: skip
OTHER_VALUES = [
    item("PutItem", OWN, returns="ALL_OLD"),
    *(item("UpdateItem", OWN, returns=what) for what in ("ALL_OLD", "UPDATED_OLD", "UPDATED_NEW")),
]
NOT_OF_EXECUTIONS = [
    item(action, key) for action in ("PutItem", "UpdateItem") for key in ("SPANVAS", "T#acme", "")
]
FOREIGN_WRITES = [
    *(item(action, key) for action in ("PutItem", "UpdateItem") for key in NOT_THE_TENANTS),
    *(item(action, OWN, FOREIGN) for action in ("PutItem", "UpdateItem")),
    *(item(action) for action in ("PutItem", "UpdateItem")),
    *(thing("PutObject", f"{folder}/{name}/run/1") for folder in ("details", "artifacts") for name in (
        "globex", "acme2", "ACME", "", "*")),
]  # fmt: skip
OWN_WRITES = [
    item("PutItem", OWN),
    item("PutItem", "T#acme#E#run", "T#acme#E#other"),
    item("PutItem", OWN, returns="NONE"),
    item("UpdateItem", OWN),
    item("UpdateItem", OWN, returns="ALL_NEW"),
    thing("PutObject", "details/acme/run/1"),
    thing("PutObject", "artifacts/acme/run/1"),
]


REFUSED_OTHERS = {
    "TraceApiRole": [
        *(item(action, OWN) for action in ("PutItem", "DeleteItem", "BatchWriteItem", "PartiQLSelect")),
        item("Scan"),
        *(item(action, OWN, table=AUDIT) for action in ("UpdateItem", "DeleteItem", "BatchWriteItem")),
        thing("PutObject", "details/acme/run/1"),
        thing("DeleteObjectVersion", "artifacts/acme/run/1"),
        thing("ListBucket"),
        Request("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:another"),
    ],
    "OtlpIngestRole": [
        *(item(action, OWN) for action in ("DeleteItem", "BatchGetItem", "BatchWriteItem")),
        item("Scan"),
        *(item(action, OWN, table=AUDIT) for action in ("PutItem", "Query")),
        thing("GetObject", "details/acme/run/1"),
        thing("PutObject", "artifacts/acme/run/1"),
    ],
    "SweepRole": [
        *(item(action, OWN) for action in ("DeleteItem", "BatchWriteItem")),
        item("PutItem", OWN, table=AUDIT),
        thing("GetObject", "artifacts/acme/run/1"),
        thing("DeleteObjectVersion", "details/acme/run/1"),
    ],
    "DeletionRole": [
        *(item(action, OWN, table=AUDIT) for action in ("UpdateItem", "DeleteItem", "BatchWriteItem", "Query")),
        item("Scan"),
        thing("PutBucketPolicy"),
    ],
    "StepsRole": [item("GetItem", OWN), item("PutItem", OWN), thing("PutObject", "details/acme/run/1")],
    "ExecutorRole": [item("GetItem", OWN), thing("GetObject", "artifacts/acme/run/1")],
}  # fmt: skip


def refused(role: str, requests: list[Request]) -> list[Request]:
    """Returns those of the requests that a role or a policy of the template does not allow."""
    allowed = statements(role)
    return [request for request in requests if not is_allowed(allowed, request)]


def must_be_refused() -> dict[str, list[Request]]:
    """Role or policy -> what it must be refused. The policy of one tenant is asked as a role of `acme`."""
    of_one = (*READS_AND_MORE, *OTHER_VALUES, *FOREIGN_WRITES)
    return {
        TENANT_WRITER: [request.by(spanvas_tenant="acme") for request in of_one],
        WRITER: [*READS_AND_MORE, *OTHER_VALUES, *NOT_OF_EXECUTIONS],
        **REFUSED_OTHERS,
    }
