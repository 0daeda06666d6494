"""What this process writes to its standard output and error, and to its log, while something runs."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile


@contextmanager
def captured_output() -> Iterator[Callable[[], str]]:
    """Gives a function that returns what was written so far. Nothing of it is printed."""
    lines: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    log = logging.getLogger("spanvas")
    level = log.level
    with TemporaryFile() as file:
        sys.stdout.flush()
        sys.stderr.flush()
        kept = [os.dup(1), os.dup(2)]
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)
        try:
            for number in (1, 2):
                os.dup2(file.fileno(), number)

            def written() -> str:
                sys.stdout.flush()
                sys.stderr.flush()
                file.seek(0)
                text = file.read().decode("utf-8", "replace")
                file.seek(0, os.SEEK_END)
                return "\n".join([text, *lines])

            yield written
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, before in zip((1, 2), kept, strict=True):
                os.dup2(before, number)
                os.close(before)
            log.removeHandler(handler)
            log.setLevel(level)
