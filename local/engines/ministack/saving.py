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
    saver = Saver()
    while True:
        await asyncio.sleep(every_seconds)
        saver.save(services())


def save_now() -> bool:
    """Saves everything; returns whether all of it could be saved. To be called where requests are answered."""
    return Saver().save(services())


def services() -> Mapping[str, Callable[[], object]]:
    """Returns what reads the state of each service, by MiniStack's names."""
    from ministack.app import _build_persistence_save_dict

    found: Mapping[str, Callable[[], object]] = _build_persistence_save_dict()
    return found


class Saver:
    """Writes the state of a service only where it differs from what was written last."""

    def __init__(self) -> None:
        self._saved: dict[str, int] = {}

    def save(self, services: Mapping[str, Callable[[], object]]) -> bool:
        """Saves the services by their names; one whose state changes at this moment is saved the next time.

        Returns whether there was none of those.
        """
        from ministack.core.persistence import _json_default, save_state

        is_whole = True
        for name, read in services.items():
            try:
                state = read()
                digest = hash(json.dumps(state, default=_json_default))
            except (
                RuntimeError
            ):  # a thread of MiniStack adds an entry to a dictionary that is copied
                logger.debug("the state of %s changes: it is saved the next time", name)
                is_whole = False
                continue
            if isinstance(state, dict) and self._saved.get(name) != digest:
                save_state(name, state)
                self._saved[name] = digest
        return is_whole
