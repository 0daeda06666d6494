"""Files are redacted a block at a time, and nothing is missed at the edge of a block."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.privacy.redact import REDACTED, Redactor
from spanvas.privacy.rule_set import rule_set
from spanvas.privacy.scan import Scanner
from spanvas_api.rescan.cleaning import NotCleanedError
from spanvas_api.rescan.files import BLOCK, may_be_text, redacted_blocks

SECRET = "badge-ZX-7741-QQ"
SCANNER = Scanner(rule_set((), {"badge": r"badge-[A-Z]{2}-\d{4}-[A-Z]{2}"}))
REDACTOR = Redactor(REDACTED, 600_000, SCANNER)


def redacted(data: bytes) -> str:
    blocks = redacted_blocks(io.BytesIO(data), SCANNER, REDACTOR.redact_text)
    return "".join(after for _, after in blocks)


@pytest.mark.parametrize("filler", ["word ", "ä\n", "line\n", "xx"])
@given(shift=st.integers(-len(SECRET) - 2, 2))
@settings(max_examples=3, deadline=None)
def test_a_secret_across_the_edge_of_a_block_is_found(filler: str, shift: int) -> None:
    size = BLOCK + shift
    unit = len(filler.encode())
    before = filler * (size // unit) + "." * (size % unit)
    after = filler * (2 * BLOCK // unit)
    text = f"{before} {SECRET} {after}"
    assert redacted(text.encode()) == text.replace(SECRET, "[REDACTED:badge]")


def test_a_key_of_many_lines_across_the_edge_is_found_whole() -> None:
    lines = "\n".join(f"{number * 2654435761 % 2**64:064x}" for number in range(40))
    key = f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----"
    text = "line\n" * ((BLOCK - 700) // 5) + key + "\n" + "line\n" * (2 * BLOCK // 5)
    assert lines[:64] not in redacted(text.encode())
    assert lines[-64:] not in redacted(text.encode())


def test_a_file_without_a_secret_comes_as_it_is() -> None:
    data = ("täxt\r\n" * (BLOCK // 4)).encode()
    assert redacted(data).encode() == data


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * (3 * BLOCK) + b"\0", b"\x80"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotCleanedError, match="it is no text"):
        redacted(data)


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("text/plain", True),
        ("text/html", True),
        ("application/json", True),
        ("image/svg+xml", True),
        ("application/octet-stream", True),
        ("image/png", False),
        ("application/pdf", False),
    ],
)
def test_files_that_may_be_texts_are_read(media_type: str, expected: bool) -> None:
    assert may_be_text(media_type) is expected
