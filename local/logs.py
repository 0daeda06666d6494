"""Log files of the stack. Writing one never fails a call: what a full disk does not take is dropped, and said once."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)


def append_line(path: Path, line: str) -> bool:
    """Add a line (with its end) to a file; whether it was written."""
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write(line)
    except OSError as error:
        _tell(error.strerror or type(error).__name__)
        return False
    return True


@cache
def _tell(reason: str) -> None:
    logger.warning(
        "Logs cannot be written (%s); the stack runs on without them. Free some disk space.", reason
    )
