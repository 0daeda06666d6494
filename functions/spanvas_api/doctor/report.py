"""What the doctor has found, one line for each thing that was looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

OK, WRONG, UNKNOWN, LEFT_OUT = "ok", "wrong", "unknown", "left out"
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"})
"""AWS's codes for a missing permission; a HEAD request has the status alone."""


NOT_AUTHORIZED: Final = re.compile(r"not authorized to perform: ([a-z0-9-]+:\w+)")
PERMISSIONS: Final = {
    "HeadBucket": "s3:ListBucket",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "GetBucketPolicy": "s3:GetBucketPolicy",
    "GetBucketCors": "s3:GetBucketCORS",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
}
"""Of S3's operations, whose permissions have other names; those of DynamoDB are called as its operations."""
MOST_CAUSES: Final = 5
WITHOUT_CREDENTIALS: Final = frozenset({"NoCredentialsError", "PartialCredentialsError"})


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
    if code_of(error) in DENIED:
        missing = permission_of(error)
        return Finding(
            what, UNKNOWN, f"{missing}: not allowed", f"give who runs this the permission {missing}"
        )
    if type(error).__name__ in WITHOUT_CREDENTIALS:
        mend = "give this process credentials of AWS: a profile, a role, or the variables AWS_*"
        return Finding(what, UNKNOWN, "no credentials of AWS", mend)
    return Finding(what, WRONG, f"{type(error).__name__}: {error}"[:300], "see the message")


def permission_of(error: BaseException) -> str:
    """Returns the permission that a call was refused for: in AWS's own words, else by the name of the operation."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__) is not None and len(chain) < MOST_CAUSES:
        chain.append(cause)
    for one in chain:
        if said := NOT_AUTHORIZED.search(str(one)):
            return said[1]
    for one in chain:
        if operation := getattr(one, "operation_name", ""):
            return PERMISSIONS.get(operation) or f"dynamodb:{operation}"
    return "for what the message says"


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
