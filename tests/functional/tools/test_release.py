"""`make release`: version, changelog, commit and tag, in a clone of its own; and what it refuses."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tools.release import main
from tools.version import PLACE, read_version

TODAY = date(2026, 12, 24)
CHANGELOG = """# Changelog

## Unreleased

### Added
- A thing.
"""
LATER = """
## 0.9.0 - 2026-01-01

### Added
- Another.
"""


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "a clone"
    (root / PLACE).parent.mkdir(parents=True)
    (root / PLACE).write_text('A = 1\nVERSION: Final = "1.2.3"\nB = 2\n', encoding="utf-8")
    (root / "CHANGELOG.md").write_text(CHANGELOG + LATER, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    git(root, "config", "user.name", "A")
    git(root, "config", "user.email", "a@example.com")
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Something")


def test_a_release_sets_the_version_dates_the_changelog_commits_and_tags(clone: Path) -> None:
    assert main(["1.3.0"], clone, TODAY) == 0
    assert (clone / PLACE).read_text("utf-8") == 'A = 1\nVERSION: Final = "1.3.0"\nB = 2\n'
    assert (clone / "CHANGELOG.md").read_text("utf-8") == (
        "# Changelog\n\n## Unreleased\n\n## 1.3.0 - 2026-12-24\n\n### Added\n- A thing.\n" + LATER
    )
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "log", "-1", "--format=%s") == "Release 1.3.0"
    assert git(clone, "describe") == "v1.3.0"


def test_the_first_release_may_have_the_version_that_is_there_and_the_next_one_may_not(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["1.2.3"], clone, TODAY) == 0
    (clone / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    commit(clone)
    assert main(["1.2.3"], clone, TODAY) == 1
    assert capsys.readouterr().err == "No release: 1.2.3 does not follow 1.2.3.\n"


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("1.2.2", "1.2.2 does not follow 1.2.3."),
        ("1.2", "'1.2' is no version as 1.2.3."),
        ("v2.0.0", "'v2.0.0' is no version as 1.2.3."),
        ("2.0.0-rc.1", "'2.0.0-rc.1' is no version as 1.2.3."),
        ("1.10.0", None),
    ],
)
def test_a_version_is_three_numbers_that_follow_the_ones_before(
    clone: Path, capsys: pytest.CaptureFixture[str], version: str, why: str | None
) -> None:
    assert main([version], clone, TODAY) == (1 if why else 0)
    assert capsys.readouterr().err == (f"No release: {why}\n" if why else "")


@pytest.mark.parametrize("path", ["CHANGELOG.md", "a new file"])
def test_a_dirty_tree_is_refused_and_stays_as_it_is(
    clone: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    with (clone / path).open("a", encoding="utf-8") as file:
        file.write("not committed\n")
    before = git(clone, "status", "--porcelain")
    assert main(["1.3.0"], clone, TODAY) == 1
    assert "changes that are not committed" in capsys.readouterr().err
    assert git(clone, "status", "--porcelain") == before
    assert git(clone, "tag") == ""


@pytest.mark.parametrize("text", ["# Changelog\n", "# Changelog\n\n## Unreleased\n" + LATER])
def test_a_release_without_a_change_that_is_told_is_refused(
    clone: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (clone / "CHANGELOG.md").write_text(text, encoding="utf-8")
    commit(clone)
    assert main(["1.3.0"], clone, TODAY) == 1
    assert capsys.readouterr().err == "No release: CHANGELOG.md has nothing under Unreleased.\n"
    assert read_version(clone) == "1.2.3"


def test_a_tag_that_is_there_is_not_made_again(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(clone, "tag", "v1.3.0")
    assert main(["1.3.0"], clone, TODAY) == 1
    assert capsys.readouterr().err == "No release: there is a tag v1.3.0 already.\n"


def test_outside_of_a_repository_nothing_is_released(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_text('VERSION: Final = "1.2.3"\n', encoding="utf-8")
    assert main(["1.3.0"], tmp_path, TODAY) == 1
    assert "not a git repository" in capsys.readouterr().err
