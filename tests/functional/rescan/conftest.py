from __future__ import annotations

from collections.abc import Callable

import pytest

from spanvas.privacy.rule_set import rule_set
from spanvas.storage.port import TraceStore
from spanvas_api.rescan.command import rescan
from spanvas_api.rescan.report import Report
from spanvas_api.rescan.store import RescanStore
from tests.functional.rescan.runs import PATTERNS, rescan_store
from tests.functional.storage.conftest import (
    aws_endpoint,
    clock,
    engines,
    engines_of_make_run,
    real,
    store,
)
from tests.support.builders import Clock

__all__ = ["aws_endpoint", "clock", "engines", "engines_of_make_run", "real", "store"]


@pytest.fixture
def kept(store: TraceStore, clock: Clock) -> RescanStore:
    return rescan_store(store, clock)


@pytest.fixture
def run_rescan(kept: RescanStore, clock: Clock) -> Callable[..., Report]:
    """Runs the re-scan with a rule that was not there when the runs were stored."""

    def run(
        *, is_dry: bool = False, executions: int | None = None, mode: str = "redacted"
    ) -> Report:
        rules = rule_set((), PATTERNS)
        left = iter(range(executions)) if executions is not None else None
        job = rescan(kept, rules, mode, clock, is_dry=is_dry)
        return job.run(lambda: left is None or next(left, None) is not None)

    return run
