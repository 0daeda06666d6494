from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanvas.storage.port import TraceStore
from tests.support.aws_in_process import mocked_store
from tests.support.memory_store import MemoryTraceStore


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[TraceStore]:
    """Each test runs twice: over the fake, and over the real store on the template's own table."""
    if request.param == "memory":
        yield MemoryTraceStore()
        return
    with mocked_store() as made:
        yield made
