from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.tracing.recording import Recording, recording


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as recorded:
        yield recorded
