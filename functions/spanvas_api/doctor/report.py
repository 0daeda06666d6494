"""What the doctor has found, one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

OK, WRONG, UNKNOWN, LEFT_OUT = "ok", "wrong", "unknown", "left out"
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"})
"""AWS's codes for a missing permission; a HEAD request has the status alone."""


class Finding(NamedTuple):
    """`what` was looked at, how it is, what was seen, and how to mend it where it is not well."""

    what: str
    state: str
    seen: str = ""
    mend: str = ""


Check = Callable[[], Iterable[Finding]]


def found_by(what: str, check: Check) -> Iterator[Finding]:
    """Yields what a check finds. One that cannot be carried out is a finding, too: nothing is raised."""
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks go on
        yield failed(what, error)


def failed(what: str, error: Exception) -> Finding:
    """Returns the finding for a check that has raised an exception."""
    code = code_of(error)
    if code in DENIED:
        operation = getattr(error, "operation_name", "") or "the call"
        return Finding(
            what,
            UNKNOWN,
            f"{operation}: not allowed",
            f"give who runs this the permission for {operation}",
        )
    return Finding(what, WRONG, f"{type(error).__name__}: {error}"[:300], "see the message")


def code_of(error: BaseException) -> str:
    """Returns AWS's code of an error; empty where it is none of AWS's."""
    response: Any = getattr(error, "response", None)
    found = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return str(found or getattr(error, "code", "") or "")


def is_well(findings: Iterable[Finding]) -> bool:
    """Returns whether nothing is wrong and nothing could not be seen."""
    return all(finding.state in (OK, LEFT_OUT) for finding in findings)


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yields a table for a terminal: state, what, what was seen; below it how to mend it."""
    shown = list(findings)
    width = max((len(finding.what) for finding in shown), default=0)
    for finding in shown:
        yield f"{finding.state:<8}  {finding.what:<{width}}  {finding.seen}".rstrip()
        if finding.mend and finding.state not in (OK, LEFT_OUT):
            yield f"{'':<8}  {'':<{width}}  -> {finding.mend}"
