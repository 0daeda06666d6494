from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recording import Recording, recording


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as recorded:
        yield recorded
