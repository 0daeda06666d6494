from __future__ import annotations

from pathlib import Path

import pytest

from spanvas.semantics.dialect import Read
from spanvas.semantics.dialects import ORDER, load
from tools import dialects_reference


def test_the_committed_page_is_that_of_the_tables() -> None:
    assert dialects_reference.main(["--check"]) == 0


def test_a_stale_page_is_said_to_be_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "dialects.md"
    monkeypatch.setattr(dialects_reference, "PAGE", page)
    monkeypatch.setattr(dialects_reference, "ROOT", tmp_path)

    assert dialects_reference.main(["--check"]) == 1
    assert "dialects.md is stale" in capsys.readouterr().out
    assert dialects_reference.main([]) == 0
    assert page.read_text("utf-8") == dialects_reference.dialects_page()


def test_every_attribute_of_every_dialect_is_on_the_page() -> None:
    page = dialects_reference.dialects_page()

    for name in ORDER:
        dialect = load(name)
        assert f"\n## {dialect.title}\n" in page
        for sources in dialect.fields.values():
            for source in sources:
                assert (source.shown if isinstance(source, Read) else f"`{source}`") in page
