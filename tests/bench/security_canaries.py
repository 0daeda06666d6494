"""Canaries: texts that stand nowhere else, and every place in which one of them turns up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import spanvas
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.tracing.sinks import http_sink
from spanvas.tracing.span_ids import ExecutionIdGenerator
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.bench.figures import Figure
from tests.functional.otlp.client import OtlpClient
from tests.support import canary_program
from tests.support.api_client import Client
from tests.support.api_fakes import RecordingExecutor
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.canary_callers import (
    CANARIES,
    MODES,
    REQUEST,
    ROLES,
    WITH_CONTENT,
    answers_to,
    found_in,
)
from tests.support.captured_output import captured_output
from tests.support.collector import collector
from tests.support.failed_events import RECORD, target_of_the_executor
from tests.support.recording import recording
from tests.support.stored_bytes import stored_bytes
from tests.support.what_is_stored import stored_texts

NOTHING = "<= 0"


def of_a_request() -> list[Figure]:
    """Sends one request by OTLP in each content mode, and asks for all of it as each caller."""
    wrong, logged, cells = 0, 0, 0
    stored: dict[str, int] = {}
    answered: dict[tuple[str, str], int] = {}
    for mode in MODES:
        with _received(mode) as (store, api):
            kept = set(found_in(_everything_in(store)))
            stored[mode] = len(kept)
            for role, scope in ROLES.items():
                with captured_output() as written:
                    answers = answers_to(api.acting_as(scope=scope))
                    logged += len(found_in(written()))
                told = set(found_in(answers))
                answered[mode, role] = len(told)
                wrong += len(told ^ (kept if role in WITH_CONTENT else set()))
                cells += len(CANARIES)
    places = len(CANARIES)
    return [
        Figure("canaries of one request, each in a place of its own", places, "", ">= 60", places),
        Figure("places x modes x roles: answers that are wrong", wrong, "", NOTHING, cells),
        Figure("with none: canaries in table and bucket", stored["none"], "", NOTHING, places),
        Figure("with redacted: canaries in table and bucket", stored["redacted"], "", "", places),
        Figure("with full: canaries in table and bucket", stored["full"], "", "", places),
        Figure("canaries in what the API logs", logged, "", NOTHING, cells),
        *(
            Figure(f"with {mode}: canaries answered to the role {role}", told, "", "", places)
            for (mode, role), told in answered.items()
            if mode != "none"
        ),
    ]


@contextmanager
def _received(mode: str) -> Iterator[tuple[DynamoTraceStore, Client]]:
    """Gives the store that has received the request in a content mode, and the API over it."""
    clock = Clock()
    with mocked_store(clock) as store:
        writing = Services(
            Settings.from_env({"SPANVAS_CONTENT": mode}), make_store=lambda: store, clock=clock
        )
        ingest = Ingest(writing)
        reply = OtlpClient(otlp_ingest.make_handler(lambda: ingest)).send_json(REQUEST)
        assert reply.status == 200, reply
        reading = Services(
            Settings(enabled=True, table="traces"),
            make_store=lambda: store,
            make_executor=RecordingExecutor,
            load_catalogue=dict,
            clock=clock,
        )
        yield store, Client(http_api.make_handler(lambda: reading))


def _everything_in(store: DynamoTraceStore) -> str:
    """Returns all items and all versions of all objects, in which places may be cut by escapes of JSON or not."""
    return "\n".join(
        [stored_bytes(store), *(data.decode("utf-8", "replace") for _, data in stored_texts(store))]
    )


def of_a_program() -> list[Figure]:
    """Runs a program under the layer in each content mode: what is stored, and what is sent to a collector."""
    found = {mode: _left_by_a_program(mode) for mode in MODES}
    places = len(canary_program.PLACES)
    return [
        Figure("canaries of one program under the layer", places, "", ">= 20", places),
        *(
            Figure(
                f"with {mode}: canaries {where}",
                found[mode][at],
                "",
                NOTHING if mode == "none" else "",
                places,
            )
            for mode in MODES
            for at, where in enumerate(
                ("in table, bucket and files", "sent to a collector", "in the program's output")
            )
        ),
    ]


def _left_by_a_program(mode: str) -> tuple[int, int, int]:
    with TemporaryDirectory() as folder, collector() as server, mocked_store() as store:
        with (
            captured_output() as written,
            recording(
                content=mode,
                store=store,
                make_sink=lambda: http_sink(OtlpTarget(traces_url(server.url))),
                clock=time.time_ns,
                id_generator=ExecutionIdGenerator(),
            ),
        ):
            canary_program.run_everything(Path(folder))
            assert spanvas.flush()
            said = written()
        assert server.spans()
        return (
            len(canary_program.places_in(_everything_in(store))),
            len(canary_program.places_in(server.text())),
            len(canary_program.places_in(said)),
        )


def of_a_failed_event() -> list[Figure]:
    """Asks the template what of an event that failed goes into the queue."""
    texts = [f"canary{number:02}x" for number in range(8)]
    payload = {
        **RECORD["requestPayload"],
        "input": {"question": texts[0], "history": [{"content": texts[1]}], texts[2]: 1},
        "started_by": texts[3],
        "headers": {"x-note": texts[4]},
    }
    error = {
        "errorType": "ValueError",
        "errorMessage": texts[5],
        "stackTrace": [texts[6]],
        "cause": {"message": texts[7]},
    }
    message = target_of_the_executor().message(
        {**RECORD, "requestPayload": payload, "responsePayload": error}
    )
    found = [text for text in texts if text in message]
    return [Figure("canaries of a failed event in its queue", len(found), "", NOTHING, len(texts))]
