"""`python -m spanvas redact FILE` says what redaction would do, and never what it found."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from spanvas.privacy.command import main
from spanvas.settings import Settings


def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    return (
        main(arguments, lambda: Settings.from_env(variables), out, err),
        out.getvalue(),
        err.getvalue(),
    )


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log.txt"
    path.write_text("started\nwrite to ada@example.org\nfrom 203.0.113.9\n", "utf-8")
    return str(path)


def test_each_line_with_a_find_is_shown_and_counted_by_rule(log: str) -> None:
    assert run(log) == (
        1,
        "2: write to [REDACTED:email]\n3: from [REDACTED:ipv4]\n\n     1  email\n     1  ipv4\n",
        "",
    )


def test_the_redacted_text_is_printed_whole_where_it_is_asked_for(log: str) -> None:
    assert run(log, "--text", "--rules=-ipv4")[1] == (
        "started\nwrite to [REDACTED:email]\nfrom 203.0.113.9\n"
    )


def test_the_rules_of_the_environment_count_and_own_patterns_of_a_file_do(
    log: str, tmp_path: Path
) -> None:
    (tmp_path / "own.json").write_text('{"word": "started"}', "utf-8")
    code, out, _ = run(
        log, "--patterns", str(tmp_path / "own.json"), SPANVAS_REDACTION_RULES="-email,-ipv4"
    )
    assert (code, out) == (1, "1: [REDACTED:word]\n\n     1  word\n")


def test_a_text_without_a_find_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("nothing here", "utf-8")
    assert run(str(tmp_path / "a")) == (0, "nothing was found\n", "")


def test_a_long_line_is_cut_around_its_find(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x " * 500 + "ada@example.org" + " y" * 500, "utf-8")
    first = run(str(tmp_path / "a"))[1].splitlines()[0]
    assert first.startswith("1: …")
    assert "[REDACTED:email]" in first
    assert len(first) < 170


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("none", None, (), "No such file"),
        ("bytes", b"\xff\xfe", (), "is not in UTF-8: byte 0"),
        ("text", b"a", ("--rules", "nope"), "no rule is called 'nope'"),
    ],
)
def test_what_cannot_be_read_is_said_and_ends_with_2(
    tmp_path: Path, name: str, content: bytes | None, options: tuple[str, ...], said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = run(str(tmp_path / name), *options)
    assert (code, out) == (2, "")
    assert said in err


def test_the_rules_are_listed_with_what_they_are_by_default() -> None:
    lines = run("--list")[1].splitlines()
    assert "email  on" in lines
    assert "plain_phone  off" in lines
