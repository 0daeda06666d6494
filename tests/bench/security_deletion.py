"""What is left of an execution that was deleted: everything that the stack stores is listed and read."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import spanvas
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.tracing.span_ids import ExecutionIdGenerator
from spanvas_api.handlers import otlp_ingest
from spanvas_api.handlers.deletion import make_handler
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.bench.figures import Figure
from tests.functional.otlp.client import OtlpClient
from tests.support import canary_program
from tests.support.api_client import Client
from tests.support.api_fakes import RecordingExecutor
from tests.support.aws_from_template import AUDIT_TABLE
from tests.support.aws_in_process import mocked_store
from tests.support.canary_callers import REQUEST
from tests.support.deletion_runs import go_on
from tests.support.recording import recording
from tests.support.what_is_stored import plain, stored_items, stored_objects

ALL = "executions:read trace:read trace:content trace:artifact audit:read trace:delete"
TENANT = "acme"
BUCKET = "bucket "
SAID = b"canary"
LARGE = " ".join(f"canary of Ada {number * 2654435761 % 2**32:x}" for number in range(40_000))
"""A text that stands in an object of its own, compressed as it may be."""
Stored = list[tuple[str, bytes]]
"""Each attribute of an item and each version of an object: where it stands, and what it holds."""


def of_a_deletion() -> list[Figure]:
    """Records a program and a request, reads them, deletes both, and lists what is stored before and after."""
    with mocked_store(time.time_ns) as store:
        services = Services(
            Settings(enabled=True, table="traces", content="full"),
            make_store=lambda: store,
            make_executor=RecordingExecutor,
            load_catalogue=dict,
        )
        _record(store)
        _receive(services)
        api = Client(make_handler(lambda: services)).acting_as(scope=ALL, tenant=TENANT)
        listed = [item["execution_id"] for item in api.get("/v1/executions").json["items"]]
        before = list(_everything_in(store))
        for execution_id in listed:
            assert api.call("DELETE", f"/v1/executions/{execution_id}").status == 200
        go_on(store)
        after = list(_everything_in(store))
        history = api.get("/v1/executions", status="deleted").json["items"]
    return [
        Figure("executions that were deleted", len(history), "", f">= {len(listed)}", len(listed)),
        Figure("content before: bytes", _content_in(before), "bytes", "", len(before)),
        Figure("content after: bytes", _content_in(after), "bytes", "<= 0", len(after)),
        Figure("objects and versions before", _objects_in(before), "", "", len(before)),
        Figure("objects and versions after", _objects_in(after), "", "<= 0", len(after)),
    ]


def _record(store: DynamoTraceStore) -> None:
    """A program under the layer, with files and with a text that is too large for an item."""
    with (
        TemporaryDirectory() as folder,
        recording(
            content="full",
            store=store,
            tenant=TENANT,
            clock=time.time_ns,
            id_generator=ExecutionIdGenerator(),
        ),
    ):
        canary_program.run_everything(Path(folder))
        with spanvas.workflow("brief", execution_id="large", input=LARGE):
            spanvas.flush()
        assert spanvas.flush()


def _receive(services: Services) -> None:
    """The same request twice, with which each item is written again."""
    ingest = Ingest(services)
    client = OtlpClient(otlp_ingest.make_handler(lambda: ingest))
    for _ in range(2):
        assert client.send_json(REQUEST).status == 200


def _everything_in(store: DynamoTraceStore) -> Stored:
    """Lists both tables and the bucket."""
    return [
        *(
            (f"{table} {item['pk']['S']} {name}", plain(next(iter(value.values()))))
            for table in (store._table, AUDIT_TABLE)
            for item in stored_items(store, table)
            for name, value in item.items()
        ),
        *((f"{BUCKET}{key}", data) for key, data in stored_objects(store)),
    ]


def _content_in(stored: Stored) -> int:
    """Returns the bytes of all values that hold a text of the program or the request."""
    return sum(len(data) for _, data in stored if SAID in data)


def _objects_in(stored: Stored) -> int:
    """Returns how many versions and delete markers are in the bucket."""
    return sum(place.startswith(BUCKET) for place, _ in stored)
