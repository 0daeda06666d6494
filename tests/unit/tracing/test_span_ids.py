"""Random trace and span ids."""

from __future__ import annotations

import pytest

from spanvas.tracing.span_ids import ExecutionIdGenerator


def test_random_ids_are_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [bytes(8), b"\0" * 7 + b"\5"]
    monkeypatch.setattr("os.urandom", lambda size: answers.pop(0))
    assert ExecutionIdGenerator().generate_span_id() == 5


def test_random_trace_ids_have_16_bytes() -> None:
    ids = {ExecutionIdGenerator().generate_trace_id() for _ in range(10)}
    assert len(ids) == 10
    assert max(ids).bit_length() > 100
