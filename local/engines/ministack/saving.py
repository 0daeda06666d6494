"""Saves MiniStack's state while it runs: by itself it does so at its end alone, so that kill -9 loses everything.

Objects of S3 are no part of it: MiniStack writes each to its own file before it answers.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)


async def save_regularly(every_seconds: float) -> None:
    """Saves what has changed, again and again, until it is cancelled."""
    from ministack.app import _build_persistence_save_dict

    saver = Saver()
    while True:
        await asyncio.sleep(every_seconds)
        saver.save(_build_persistence_save_dict())


class Saver:
    """Writes the state of a service only where it differs from what was written last."""

    def __init__(self) -> None:
        self._saved: dict[str, int] = {}

    def save(self, services: Mapping[str, Callable[[], object]]) -> None:
        """Saves the services by their names; one whose state changes at this moment is saved the next time."""
        from ministack.core.persistence import _json_default, save_state

        for name, read in services.items():
            try:
                state = read()
                digest = hash(json.dumps(state, default=_json_default))
            except (
                RuntimeError
            ):  # a thread of MiniStack adds an entry to a dictionary that is copied
                logger.debug("the state of %s changes: it is saved the next time", name)
                continue
            if isinstance(state, dict) and self._saved.get(name) != digest:
                save_state(name, state)
                self._saved[name] = digest
