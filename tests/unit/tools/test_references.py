"""The committed references are what the code and the template say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.references import main, pages


def test_the_committed_files_are_current() -> None:
    assert main(["--check"]) == 0


def test_they_are_the_same_every_time() -> None:
    assert pages() == pages()


@pytest.mark.parametrize("name", ["openapi.json", "api.md", "settings.md", "dialects.md"])
def test_a_stale_file_is_named_and_written_anew(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = ["--into", str(tmp_path / "reference")]

    assert main([*into, "--check"]) == 1
    assert f"{name} is out of date" in capsys.readouterr().err
    assert main(into) == 0
    assert main([*into, "--check"]) == 0
    (tmp_path / "reference" / name).write_text("edited by hand")
    assert main([*into, "--check"]) == 1
    assert capsys.readouterr().err == f"{name} is out of date: run `make openapi`\n"
