from __future__ import annotations

from spanvas.semantics.dialect import Read
from spanvas.semantics.dialects import ORDER, load
from tools import dialects_reference


def test_every_attribute_of_every_dialect_is_on_the_page() -> None:
    page = dialects_reference.dialects_page()

    for name in ORDER:
        dialect = load(name)
        assert f"\n## {dialect.title}\n" in page
        for sources in dialect.fields.values():
            for source in sources:
                assert (source.shown if isinstance(source, Read) else f"`{source}`") in page
