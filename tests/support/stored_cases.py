"""What the store writes, a case at a time: each is written by the store of today and compared with golden files.

The golden files (`tests/fixtures/stored/vN/CASE.json`) hold what the store of one version wrote, and what was read of
it. They are never written again: every later reader has to read them. See docs/adr/0020.
"""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import boto3

from spanvas.model.access import ALLOWED, REFUSED, Access
from spanvas.model.execution import Cause
from spanvas.model.span import Event, Link
from spanvas.storage import codec, items
from spanvas.storage.accesses import access_item, access_position
from spanvas.storage.claims import Claim, ClaimItems
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from tests.support.aws_from_template import AUDIT_TABLE
from tests.support.builders import (
    SECOND,
    T0,
    Clock,
    make_artifact,
    make_execution,
    make_span,
    span_id,
    update_of_span,
)

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "stored"
TRACE: Final = "0af7651916cd43dd8448eb211c80319c"
EXECUTION: Final = "exec_1"

Case = Callable[[DynamoTraceStore, Clock], None]
Json = dict[str, Any]


def queued(store: DynamoTraceStore, clock: Clock) -> None:
    store.start_execution(make_execution(status="queued"))


def running(store: DynamoTraceStore, clock: Clock) -> None:
    """Started by the API, then by its function; some spans have come."""
    store.start_execution(make_execution(status="queued"))
    store.start_execution(make_execution(ended_by="caller", started_by=""))
    store.write(SpanBatch("acme", EXECUTION, [make_span("classify")]))


def succeeded(store: DynamoTraceStore, clock: Clock) -> None:
    """Every total is more than zero, and each is another number."""
    store.start_execution(make_execution())
    usage = {
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
        "gen_ai.usage.cache_read.input_tokens": 300,
        "gen_ai.usage.cache_creation.input_tokens": 200,
        "gen_ai.usage.reasoning.output_tokens": 40,
    }
    priced = {"gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0", **usage}
    spans = [
        make_span("run", kind="workflow", end_time_unix_nano=T0 + 5 * SECOND),
        make_span("chat", "run", 1, kind="model", attributes=priced),
        make_span("other", "run", 2, kind="model", attributes={"gen_ai.request.model": "x"}),
        make_span("other2", "run", 3, kind="model", attributes={"gen_ai.request.model": "x"}),
        make_span("failed", "run", 4, status="error", attributes={"error.type": "Timeout"}),
    ]
    store.write(SpanBatch("acme", EXECUTION, spans, dropped=7))
    health = {"store": "ok", "otlp": "3 spans dropped: HTTP 503"}
    store.end_execution(
        "acme", EXECUTION, "succeeded", T0 + 5 * SECOND, None, exporter_health=health
    )


def failed(store: DynamoTraceStore, clock: Clock) -> None:
    store.start_execution(make_execution(ended_by="state_machine"))
    cause = Cause("ThrottlingException", "Too many requests, “slowly”.", "reply", span_id("reply"))
    store.end_execution("acme", EXECUTION, "failed", T0 + 9 * SECOND, cause)


def lost(store: DynamoTraceStore, clock: Clock) -> None:
    """Closed by the sweep, without a place."""
    store.start_execution(make_execution())
    clock.advance(61)
    found = store.read_execution("acme", EXECUTION)
    assert found is not None
    store.close_as_lost(found, Cause("Killed", "Nothing more was heard of its function."))


def given_up(store: DynamoTraceStore, clock: Clock) -> None:
    """By its own function: lost, and still in the index of the running ones."""
    store.start_execution(make_execution())
    cause = Cause("Timeout", "The function's time ran out.", "reply")
    store.end_execution("acme", EXECUTION, "lost", T0 + 59 * SECOND, cause)


def untraced(store: DynamoTraceStore, clock: Clock) -> None:
    store.start_execution(
        make_execution(status="untraced", deadline_unix_nano=None, expected_nodes=())
    )


def minimal(store: DynamoTraceStore, clock: Clock) -> None:
    """Known by its spans alone, which name nothing."""
    store.write(SpanBatch("acme", EXECUTION, [make_span()]))


def received_open(store: DynamoTraceStore, clock: Clock) -> None:
    """Over OTLP; its root has not come yet."""
    _receive(store, make_span("b", "root", 1, resource={"service.name": "planner"}), TRACE)


def received_ended(store: DynamoTraceStore, clock: Clock) -> None:
    root = make_span("root", status="error", status_message="no", end_time_unix_nano=T0 + SECOND)
    _receive(store, root, TRACE)


def moved(store: DynamoTraceStore, clock: Clock) -> None:
    """A trace that turned out to be part of an execution with a name of its own."""
    _receive(store, make_span("b", "root", 1, resource={"service.name": "planner"}), TRACE)
    assert store.bind_trace("acme", TRACE, [EXECUTION]).execution_id == EXECUTION


def bound(store: DynamoTraceStore, clock: Clock) -> None:
    """A trace that nothing is kept under, bound to an execution that is not named after it."""
    store.bind_trace("acme", TRACE, [EXECUTION])


def rows_and_details(store: DynamoTraceStore, clock: Clock) -> None:
    """One chunk with spans of every shape: all columns of the rows and all fields of a span hold something."""
    store.start_execution(make_execution())
    prompt = [{"role": "user", "parts": [{"type": "text", "content": "Where is it? " * 300}]}]
    model = {
        "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
        "gen_ai.input.messages": json.dumps(prompt),
        "spanvas.node.id": "reply",
        "spanvas.attempt.number": 2,
        "a.list": [1, 2.5, None, True, {"b": "é\ud800"}],
        "a.binary": b"\x00\xff",
    }
    artifact = {
        "spanvas.artifacts": [
            {"id": "art_1", "name": "a.csv", "media_type": "text/csv", "bytes": 8}
        ]
    }
    spans = [
        make_span("run", kind="workflow", end_time_unix_nano=None, status="unset"),
        make_span(
            "reply",
            "run",
            1,
            kind="model",
            otel_kind="client",
            status="error",
            status_message="Too many requests",
            attributes={**model, "error.type": "ThrottlingException"},
            events=(Event("exception", T0 + SECOND, {"exception.type": "ThrottlingException"}),),
            links=(Link(TRACE, span_id("linked"), {"k": "v"}),),
            resource={"service.name": "executor"},
            scope_name="spanvas",
            scope_version="0.1.0",
            deadline_unix_nano=T0 + 60 * SECOND,
            recorded_at_unix_nano=T0 + 3 * SECOND,
        ),
        make_span("reply2", "run", 2, kind="model", attributes=model),
        make_span("file", "run", 3, kind="artifact", attributes=artifact),
        make_span("alone", "elsewhere", 4, attributes={"spanvas.truncated": True}),
    ]
    store.write(SpanBatch("acme", EXECUTION, spans))


def large_detail(store: DynamoTraceStore, clock: Clock) -> None:
    """Content that does not compress below what an item may hold: the item points at an object."""
    store.start_execution(make_execution())
    digits = random.Random(20).randbytes(9_000).hex()
    span = make_span(attributes={"gen_ai.input.messages": digits})
    store.write(SpanBatch("acme", EXECUTION, [span]))


def kept_artifact(store: DynamoTraceStore, clock: Clock) -> None:
    """S3 names the versions of its objects by chance; here it is always the same."""
    store.start_execution(make_execution())
    kept = store.put_artifact(make_artifact(), b"a,b\n1,2\n")
    boto3.client("dynamodb").put_item(
        TableName=_table(),
        Item=items.artifact_item(replace(kept, version="version-1"), T0 // SECOND + 30 * 86_400),
    )


def linked_artifact(store: DynamoTraceStore, clock: Clock) -> None:
    """A file that stays in a bucket of somebody else's; no node has it."""
    store.start_execution(make_execution())
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="reports")
    s3.put_object(Bucket="reports", Key="q3/a.csv", Body=b"a,b\n", ContentType="text/csv")
    store.refer_to_artifact(
        make_artifact(bucket="reports", key="q3/a.csv", node_id=None, media_type="")
    )


RECORDED: Final = (
    Access("acme", EXECUTION, "a" * 16, T0, "ada", "trace", ALLOWED, "req-1"),
    Access("acme", EXECUTION, "b" * 16, T0 + 1, "bob", "span", REFUSED, "req-2", span_id("a")),
)


def accesses(store: DynamoTraceStore, clock: Clock) -> None:
    """Beside the execution, where they were recorded before they had a table of their own."""
    store.start_execution(make_execution())
    for access in RECORDED:
        item = access_item(access, T0 // SECOND + 30 * 86_400)
        place = items.key("acme", EXECUTION, items.ACCESS + access_position(access))
        boto3.client("dynamodb").put_item(TableName=_table(), Item=item | place)


def audited(store: DynamoTraceStore, clock: Clock) -> None:
    store.start_execution(make_execution())
    for access in RECORDED:
        store.record_access(replace(access, span_id=access.target))
    store.record_access(replace(RECORDED[0], count=2, last_time_unix_nano=T0 + 2))


def claimed(store: DynamoTraceStore, clock: Clock) -> None:
    _claims(clock).take(Claim("acme", EXECUTION, "event-1", "1" * 16), 30)


def claim_done(store: DynamoTraceStore, clock: Clock) -> None:
    claim = Claim("acme", EXECUTION, "event-1", "1" * 16)
    _claims(clock).take(claim, 30)
    _claims(clock).finish(claim)


CASES: Final[dict[str, Case]] = {
    case.__name__.replace("_", "-"): case
    for case in (
        queued, running, succeeded, failed, lost, given_up, untraced, minimal, received_open, received_ended, moved,
        bound, rows_and_details, large_detail, kept_artifact, linked_artifact, accesses, audited, claimed, claim_done,
    )
}  # fmt: skip


def written() -> Json:
    """All that is in the table and under `details/` in the bucket of the mocked AWS, in DynamoDB's own form.

    Binary values are in base64. What is inside of a compressed one stands in `inflated`, for people and because two
    versions of zstd may compress the same text differently.
    """
    found = boto3.client("dynamodb").scan(TableName=_table())["Items"]
    found.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    inflated = {
        item["sk"]["S"]: json.loads(codec.decompress(item["data"]["B"]))
        for item in found
        if "data" in item
    }
    objects: dict[str, str] = {}
    s3 = boto3.client("s3")
    for item in found:
        if "s3_key" in item and item["s3_key"]["S"].startswith("details/"):
            body = s3.get_object(Bucket=_bucket(), Key=item["s3_key"]["S"])["Body"].read()
            objects[item["s3_key"]["S"]] = b64encode(body).decode()
            inflated[item["sk"]["S"]] = json.loads(codec.decompress(body))
    audit = boto3.client("dynamodb").scan(TableName=AUDIT_TABLE)["Items"]
    audit.sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    document = {"items": textual(found), "inflated": inflated, "objects": objects}
    return {**document, "audit": textual(audit)} if audit else document


def put(golden: Json) -> None:
    """Golden items and objects into the empty table and bucket of the mocked AWS."""
    for item in golden["items"]:
        boto3.client("dynamodb").put_item(TableName=_table(), Item=_binary(item))
    for item in golden.get("audit", []):
        boto3.client("dynamodb").put_item(TableName=AUDIT_TABLE, Item=_binary(item))
    for key, body in golden["objects"].items():
        boto3.client("s3").put_object(Bucket=_bucket(), Key=key, Body=b64decode(body))


def read(store: DynamoTraceStore, clock: Clock) -> Json:
    """All that the store's readers say of the executions of the cases; plain values that JSON has."""
    found: Json = {}
    for execution_id in (EXECUTION, TRACE):
        trace = store.read_trace("acme", execution_id)
        if trace is None:
            continue
        spans = store.read_spans("acme", execution_id, max_bytes=10_000_000).items
        all_of_it = {
            "execution": asdict(trace.execution),
            "rows": [row._asdict() for row in sorted(trace.rows)],
            "spans": [asdict(span) for span in spans],
            "artifacts": [
                asdict(artifact) for artifact in store.list_artifacts("acme", execution_id).items
            ],
            "accesses": [
                asdict(access) for access in store.list_accesses("acme", execution_id).items
            ],
        }
        found[execution_id] = {name: value for name, value in all_of_it.items() if value}
    standing = _claims(clock).take(Claim("acme", EXECUTION, "event-1", "2" * 16), 30)
    if standing is not None:
        found["claim"] = standing._asdict()
    plain: Json = json.loads(json.dumps(found, default=_plain))
    return plain


def textual(value: Any) -> Any:
    """Bytes in base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {name: textual(member) for name, member in value.items()}
    return [textual(member) for member in value] if isinstance(value, list) else value


def _binary(item: Json) -> Json:
    return {
        name: {"B": b64decode(value["B"])} if "B" in value else value
        for name, value in item.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    if hasattr(value, "_asdict"):
        return value._asdict()
    raise TypeError(type(value).__name__)


def _receive(store: DynamoTraceStore, span: Any, execution_id: str) -> None:
    batch = SpanBatch("acme", execution_id, [span])
    store.receive(batch, update_of_span(span, execution_id), is_new=True)


def _claims(clock: Clock) -> ClaimItems:
    return ClaimItems(boto3.client("dynamodb"), _table(), clock)


def _table() -> str:
    names = boto3.client("dynamodb").list_tables()["TableNames"]
    [name] = (name for name in names if name != AUDIT_TABLE)
    return name


def _bucket() -> str:
    buckets = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    [name] = (name for name in buckets if name.startswith("spanvas-traces-"))
    return name
