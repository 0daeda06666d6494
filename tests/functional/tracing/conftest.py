from __future__ import annotations

from collections.abc import Iterator

import pytest

from spanvas.storage.memory import MemoryTraceStore
from spanvas.storage.port import TraceStore
from tests.aws_in_process import mocked_store


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[TraceStore]:
    """Each test runs twice: over the fake, and over the real store on the template's own table."""
    if request.param == "memory":
        yield MemoryTraceStore()
        return
    with mocked_store() as made:
        yield made
