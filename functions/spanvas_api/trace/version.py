"""Which state of a trace a caller has read: the chunks that it was made of, in a text that fits into a URL.

A chunk is named by a digest of its content and never changes. So any process that knows the names can build the same
tree again, whatever has been written since. The store keeps chunks in no order; their rows say when they were recorded.
A version lists the latest chunks by the first characters of their names. All older chunks are those with
`recorded_at <= bound`. A digest of all names tells whether that is still so: a chunk that arrives very late, or whose
name begins like a listed one, makes the version unknown, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from spanvas.model.errors import InvalidInputError
from spanvas.model.execution import Execution
from spanvas.model.row import Row
from spanvas.model.running_totals import rows_of_trace
from spanvas.semantics.field_class import FieldClass
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.http.cursors import Cursors

WIRE_VERSION: Final = 6
"""Part of every tag and version: raised when the same rows are answered differently."""
LISTED: Final = 200
"""As many chunks may come in another order than they were recorded in: half a minute of seven busy functions."""
NAME_CHARACTERS: Final = 5
"""Of a listed name: one chunk in five thousand is taken for one of two hundred, which the digest tells."""


class Version(NamedTuple):
    """The chunks of a trace, and what else its rows depend on: the caller's access, the time and the status."""

    wire: int
    up_to: int
    """The `FieldClass` up to which the caller may read."""
    status: str
    now_unix_nano: int
    digest: str
    bound: int
    """Chunks recorded at this time or before are all part of it."""
    latest: str
    """The first characters of the names of those recorded later."""


def version_of(
    stored: StoredTrace, now_unix_nano: int, *, up_to: FieldClass, listed: int = LISTED
) -> Version:
    """Returns the version that a trace has now. `listed` is how many chunks it may list by name."""
    recorded = _recorded(stored.chunks)
    ordered = sorted(recorded, key=lambda chunk_id: (recorded[chunk_id], chunk_id))
    bound = recorded[ordered[-listed - 1]] if len(ordered) > listed else -1
    latest = (chunk_id for chunk_id in ordered if recorded[chunk_id] > bound)
    return Version(
        WIRE_VERSION,
        int(up_to),
        stored.execution.status,
        now_unix_nano,
        _digest(ordered, stored.execution),
        bound,
        "".join(chunk_id[:NAME_CHARACTERS] for chunk_id in latest),
    )


def rows_of(version: Version, stored: StoredTrace) -> list[Row] | None:
    """Returns the merged rows that a version was made of; None if the stored chunks do not tell them any more."""
    listed = {
        version.latest[start : start + NAME_CHARACTERS]
        for start in range(0, len(version.latest), NAME_CHARACTERS)
    }
    known = [
        chunk_id
        for chunk_id, recorded in _recorded(stored.chunks).items()
        if recorded <= version.bound or chunk_id[:NAME_CHARACTERS] in listed
    ]
    if _digest(known, stored.execution) != version.digest:
        return None
    return rows_of_trace([row for chunk_id in known for row in stored.chunks[chunk_id]])


class Versions:
    """Turns versions into text and back. A text is valid for one tenant and one execution only."""

    def __init__(self, deployment: str, tenant: str, execution_id: str) -> None:
        self._seals = Cursors(
            deployment, (tenant,), "trace_version", {"execution_id": execution_id}
        )

    def seal(self, version: Version) -> str:
        """Returns the version as text."""
        return self._seals.seal(list(version))

    def unseal(self, since: str) -> Version | None:
        """Returns the version of a text; None if an older API wrote it, which answered traces differently.

        Raises InvalidInputError for all that `seal` did not make for this tenant and this execution.
        """
        try:
            return version_from(self._seals.unseal(since))
        except InvalidInputError as error:
            raise InvalidInputError(
                "since", "is not a version of this trace; read it without"
            ) from error


def version_from(position: Any) -> Version | None:
    """Makes a version from its unsealed JSON value; None if it is of another `WIRE_VERSION`."""
    return Version(*position) if position[0] == WIRE_VERSION else None


def _recorded(chunks: Mapping[str, list[Row]]) -> dict[str, int]:
    """Returns when the last row of each chunk was recorded, in unix nanoseconds by the writer's clock."""
    return {
        chunk_id: max((row.recorded_at_unix_nano for row in rows), default=0)
        for chunk_id, rows in chunks.items()
    }


def _digest(chunk_ids: Iterable[str], execution: Execution) -> str:
    """Returns a digest of the chunks, and of the execution's start: where that moves, other rows are marked."""
    names = f"{''.join(sorted(chunk_ids))}{execution.started_at_unix_nano}".encode()
    return blake2b(names, digest_size=12, person=b"version").hexdigest()
