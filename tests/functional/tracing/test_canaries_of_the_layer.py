"""Canaries in every place where a program gives the layer a text: what table and bucket hold, and what is sent to a
collector, in each content mode."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import NamedTuple

import pytest

import spanvas
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.tracing.sinks import http_sink
from spanvas.tracing.span_ids import ExecutionIdGenerator
from tests.support.aws_in_process import mocked_store
from tests.support.canary_program import PLACES, places_in, run_everything
from tests.support.collector import collector
from tests.support.lambda_function import LAMBDA
from tests.support.recording import recording
from tests.support.stored_bytes import stored_bytes

NOT_SENT = {"file", "file path", "file stream", "binary file", "execution id"}
"""What files hold is stored alone; an id that is a sentence is sent as its digest."""


class Left(NamedTuple):
    stored: list[str]
    sent: list[str]


@pytest.fixture
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Left:
    """The places whose canaries are stored, and sent, in a content mode."""
    with collector() as server, mocked_store() as store:
        with recording(
            content=request.param,
            store=store,
            make_sink=lambda: http_sink(OtlpTarget(traces_url(server.url))),
            clock=time.time_ns,
            id_generator=ExecutionIdGenerator(),
        ) as recorded:
            run_everything(tmp_path)
            assert spanvas.flush()
            assert recorded.engine.health() == {}
        assert server.spans()
        return Left(places_in(stored_bytes(store)), places_in(server.text()))


@pytest.mark.parametrize("left", ["none"], indirect=True)
def test_with_none_not_one_is_stored_or_sent(left: Left) -> None:
    assert left == ([], [])


@pytest.mark.parametrize("left", ["redacted", "full"], indirect=True)
def test_with_content_every_one_is_stored_and_the_rest_is_sent(left: Left) -> None:
    assert left.stored == list(PLACES)
    assert set(left.sent) == set(PLACES) - NOT_SENT


@pytest.mark.parametrize("mode", ["none", "redacted", "full"])
def test_logs_hold_not_one(
    mode: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.WARNING, "botocore")
    with (
        caplog.at_level(logging.DEBUG),
        mocked_store() as store,
        recording(content=mode, store=store, environment=LAMBDA),
    ):
        run_everything(tmp_path)
        assert spanvas.flush()

    out, err = capfd.readouterr()
    assert "CloudWatchMetrics" in out
    assert places_in(caplog.text + out + err) == []
