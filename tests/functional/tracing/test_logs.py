"""Lines of a function's log name the span in which they were written."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from aws_lambda_powertools import Logger

import spanvas
from spanvas.logs import LogFields, add_log_fields
from spanvas.model.ids import root_span_id_for, trace_id_for
from tests.support.recording import recording

ROOT = {
    "trace_id": trace_id_for("default", "e1"),
    "span_id": root_span_id_for("default", "e1"),
    "execution_id": "e1",
}


class Kept(logging.Handler):
    """Keeps the records of a logger."""

    def __init__(self, found: list[logging.LogRecord]) -> None:
        super().__init__()
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(record)


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    found: list[logging.LogRecord] = []
    logger = logging.getLogger("triage")
    handler = Kept(found)
    given = LogFields()
    logger.addHandler(handler)
    logger.addFilter(given)
    yield found
    logger.removeFilter(given)
    logger.removeHandler(handler)


def fields(record: logging.LogRecord) -> dict[str, str]:
    return {name: vars(record)[name] for name in ROOT if name in vars(record)}


def test_a_record_names_the_span_that_is_open(records: list[logging.LogRecord]) -> None:
    logger = logging.getLogger("triage")
    with recording() as recorded:
        logger.warning("before")
        with spanvas.workflow("triage", execution_id="e1"):
            logger.warning("inside")
            with spanvas.node("draft"):
                logger.warning("deeper", extra={"execution_id": "own"})
        logger.warning("after")
    before, inside, deeper, after = map(fields, records)
    assert (before, after) == ({}, {})
    assert inside == ROOT
    assert deeper == {**ROOT, "span_id": recorded.span("draft").span_id, "execution_id": "own"}
    assert recorded.engine.health() == {}


def test_powertools_writes_them_into_its_lines() -> None:
    stream = io.StringIO()
    logger = Logger(service="triage-of-logs", stream=stream)
    logger.addFilter(LogFields())
    with recording(), spanvas.workflow("triage", execution_id="e1"):
        logger.info("inside")
    line = json.loads(stream.getvalue())
    assert {name: line[name] for name in ROOT} == ROOT


def test_structlog_takes_them_as_a_processor() -> None:
    with recording(), spanvas.workflow("triage", execution_id="e1"):
        assert add_log_fields(None, "info", {"event": "inside", "span_id": "own"}) == {
            **ROOT,
            "event": "inside",
            "span_id": "own",
        }
    assert add_log_fields(None, "info", {"event": "outside"}) == {"event": "outside"}
