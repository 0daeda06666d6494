"""The classes of what is recorded, each with a right of its own: a caller reads all up to one of them."""

from __future__ import annotations

from enum import IntEnum


class FieldClass(IntEnum):
    """`content_split` tells content from structure, `restricted` what of the content is restricted."""

    STRUCTURE = 0
    CONTENT = 1
    RESTRICTED = 2
