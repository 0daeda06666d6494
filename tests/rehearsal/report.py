"""What the rehearsal prints: each step while it runs, with its time, and a table at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


class RehearsalError(Exception):
    """What was rehearsed did not do what it should; the message says what it did instead."""


def require(held: object, message: str) -> None:
    """Raises RehearsalError with the message unless the condition held."""
    if not held:
        raise RehearsalError(message)


@dataclass(frozen=True, slots=True)
class Step:
    """`run` returns what was seen, in a sentence for the table. `advice`: where to look when it fails."""

    name: str
    run: Callable[[], str]
    advice: str


def run_steps(
    steps: list[Step], complaints: Callable[[], list[str]], say: Callable[[str], None] = print
) -> bool:
    """Runs the steps in order until one fails; prints each, and the table. Returns whether all worked.

    `complaints` returns what the functions' logs have of warnings and errors; it is said where a step fails.
    """
    rows: list[tuple[str, str, str]] = []
    worked = True
    for number, step in enumerate(steps, 1):
        say(f"rehearse: {number:>2}/{len(steps)} {step.name} ...")
        began = time.monotonic()
        try:
            seen = step.run()
        except KeyboardInterrupt:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the step has failed
            worked = False
            seen = "FAILED"
            kind = "" if isinstance(error, RehearsalError) else f"{type(error).__name__}: "
            say(f"rehearse: FAILED at {step.name}: {kind}{error}")
            for line in complaints():
                say(f"rehearse: a function has said: {line}")
            say(f"rehearse: what to do: {step.advice}")
        seconds = time.monotonic() - began
        rows.append((step.name, f"{seconds:.1f} s", seen))
        if not worked:
            break
    rows += [(step.name, "", "not reached") for step in steps[len(rows) :]]
    say(table(rows))
    sys.stdout.flush()
    return worked


def table(rows: list[tuple[str, str, str]]) -> str:
    """Returns the rows as lines in columns."""
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]}" for row in rows)
