"""Keys that change while a function runs: those that Lambda hands out over HTTP where it started from a snapshot.

botocore fetches them and renews them in time; only what is sent with them goes without it.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from spanvas.storage.direct.failures import CallError
from spanvas.storage.direct.place import Credentials


class HandedOut:
    """The present keys when it is called, from threads too. Raises CallError where there are none, and botocore's
    errors where they cannot be fetched."""

    def __init__(self) -> None:
        from botocore.session import Session

        self._session = Session()
        self._found: Any = None
        self._lock = Lock()

    def __call__(self) -> Credentials:
        with self._lock:
            self._found = self._found or self._session.get_credentials()
        if self._found is None:
            raise CallError("NoCredentials", is_answer=False)
        key_id, secret, token = self._found.get_frozen_credentials()[:3]
        return Credentials(key_id, secret, token or "")
