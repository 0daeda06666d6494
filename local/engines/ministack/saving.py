"""Saves MiniStack's state while it runs: by itself it does so at its end alone, so that kill -9 loses everything.

Objects of S3 are no part of it: MiniStack writes each to its own file before it answers.
"""

from __future__ import annotations

import asyncio
import json
import logging

logger = logging.getLogger(__name__)


async def save_regularly(every_seconds: float) -> None:
    """Saves what has changed, again and again, until it is cancelled."""
    saved: dict[str, int] = {}
    while True:
        await asyncio.sleep(every_seconds)
        save_what_differs(saved)


def save_what_differs(saved: dict[str, int]) -> None:
    """Saves each service whose state has another digest than in `saved`, by the service's name, and notes that."""
    from ministack.app import _build_persistence_save_dict
    from ministack.core.persistence import _json_default, save_state

    for name, read in _build_persistence_save_dict().items():
        try:
            state = read()
            digest = hash(json.dumps(state, default=_json_default))
        except RuntimeError:  # a thread of MiniStack adds to a dictionary that is copied
            logger.debug("the state of %s changes: it is saved the next time", name)
            continue
        if isinstance(state, dict) and saved.get(name) != digest:
            save_state(name, state)
            saved[name] = digest
