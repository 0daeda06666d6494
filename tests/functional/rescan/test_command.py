"""`python -m spanvas_api.rescan`: what it prints, and what it returns."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.settings import Settings
from spanvas_api.rescan.command import main
from tests.functional.rescan.runs import PATTERNS, SECRET, run
from tests.support.builders import Clock
from tests.support.memory_rescan import MemoryRescanStore
from tests.support.memory_store import MemoryTraceStore
from tests.support.what_is_stored import places_of


@pytest.fixture
def memory(clock: Clock) -> MemoryTraceStore:
    store = MemoryTraceStore(clock=clock)
    run(store)
    return store


@pytest.fixture
def patterns(tmp_path: Path) -> str:
    path = tmp_path / "patterns.json"
    path.write_text(json.dumps(PATTERNS))
    return str(path)


def call(store: MemoryTraceStore, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    settings = Settings(table="traces")
    status = main(
        arguments, lambda: settings, lambda _: MemoryRescanStore(store), out, err, store._clock
    )
    return status, out.getvalue(), err.getvalue()


def test_by_default_it_says_what_it_would_do(memory: MemoryTraceStore, patterns: str) -> None:
    status, out, _ = call(memory, "--patterns", patterns)
    assert status == 0
    assert out.splitlines()[:2] == [
        "1 executions looked through",
        "4 items and 1 files would be rewritten",
    ]
    assert out.splitlines()[2].split()[1] == "badge"
    assert SECRET not in out
    assert places_of(memory, SECRET)


def test_with_apply_it_does_it(memory: MemoryTraceStore, patterns: str) -> None:
    status, out, _ = call(memory, "--apply", "--patterns", patterns, "--json")
    assert status == 0
    assert json.loads(out)["is_complete"] is True
    assert places_of(memory, SECRET) == []


def test_without_time_it_stops_and_says_so(
    memory: MemoryTraceStore, patterns: str, clock: Clock
) -> None:

    def later() -> int:
        clock.advance(1)
        return clock()

    memory._clock = later
    status, out, _ = call(memory, "--apply", "--seconds", "0.5", "--patterns", patterns)
    assert status == 1
    assert "not complete: run it again to go on" in out


def test_what_is_wrong_is_said(
    memory: MemoryTraceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"a": "("}')
    status, _, err = call(memory, "--patterns", str(broken))
    assert status == 2
    assert err.startswith("spanvas rescan: the pattern 'a' is not in RE2's syntax")

    def fail(*_: object) -> str:
        raise StoreUnavailableError("the store failed: it is down", 5)

    monkeypatch.setattr(MemoryRescanStore, "position", fail)
    assert call(memory)[0] == 2
