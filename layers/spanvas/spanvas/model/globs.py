"""Names that a setting or a token gives as globs: `*` is any characters, `?` one, `[ab]` one of these."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def matches(name: str, globs: Iterable[str]) -> bool:
    """Returns whether a name is matched by one of the globs, all of it and in the same case."""
    return any(fnmatchcase(name, glob) for glob in globs)


def is_plain(glob: str) -> bool:
    """Returns whether a glob matches one name alone: itself."""
    return not any(mark in glob for mark in "*?[")
