from __future__ import annotations

import pytest

from spanvas.http import connections


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is tried again is tried at once."""
    monkeypatch.setattr(connections, "BACKOFF_SECONDS", 0.0)
