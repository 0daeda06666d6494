"""Which attributes name a thing, over all dialects: for who looks for them, not for reading spans."""

from __future__ import annotations

from functools import cache

from spanvas.semantics.dialect import Read
from spanvas.semantics.dialects import ORDER, load


@cache
def attributes_of(field: str) -> tuple[str, ...]:
    """Names of the attributes that hold a field of the normal form as it is, the most believed first.

    Loads every dialect.
    """
    sources = [source for name in ORDER for source in load(name).fields.get(field, ())]
    return tuple(dict.fromkeys(source for source in sources if not isinstance(source, Read)))
