"""Which files are text, in which encoding, and that redaction changes nothing else of their bytes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.privacy.text_files import (
    blocks_of,
    redacted_blocks,
    stream_redaction,
    text_encoding,
)
from tests.support.builders import Clock

REDACTOR = Redactor("redacted", scanner=Scanner(), clock=Clock())
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR ada@example.org"


def redacted(data: bytes, encoding: str = "utf-8", media_type: str = "text/plain") -> bytes:
    redaction = stream_redaction(REDACTOR, media_type, "a")
    return b"".join(redacted_blocks(blocks_of(io.BytesIO(data)), encoding, redaction))


@pytest.mark.parametrize(
    ("head", "media_type", "name", "encoding"),
    [
        (b"id,name\n1,Ada\n", "text/csv", "a.csv", "utf-8"),
        (b'{"a": 1}', "", "a.bin", "utf-8"),
        (b"", "", "", "utf-8"),
        ("J\u00fcrgen;1\n".encode("latin-1"), "text/csv", "", "utf-8"),
        ("J\u00fcrgen;1\n".encode("latin-1"), "", "a.csv", "utf-8"),
        ("J\u00fcrgen;1\n".encode("latin-1"), "application/problem+json; charset=x", "", "utf-8"),
        ("J\u00fcrgen;1\n".encode("latin-1"), "application/octet-stream", "a", None),
        (b"\xef\xbb\xbfid", "", "", "utf-8"),
        ("\ufeffid".encode("utf-16-le"), "", "", "utf-16-le"),
        ("\ufeffid".encode("utf-16-be"), "", "", "utf-16-be"),
        ("\ufeffid".encode("utf-32-le"), "", "", "utf-32-le"),
        ("id,name".encode("utf-16-le"), "text/csv", "", "utf-16-le"),
        ("id,name".encode("utf-16-be"), "", "a.csv", "utf-16-be"),
        (b"a\0b and a long line of it", "text/plain", "", "utf-8"),
        (PNG, "image/png", "a.png", None),
        (b"%PDF-1.7 ada@example.org", "application/pdf", "a.pdf", None),
        (b"PK\x03\x04", "application/zip", "a.zip", None),
        (b"\0\1\2\3", "", "a", None),
    ],
)
def test_files_are_text_by_their_first_bytes_their_type_or_their_name(
    head: bytes, media_type: str, name: str, encoding: str | None
) -> None:
    assert text_encoding(head, media_type, name) == encoding


def test_a_text_is_redacted_in_its_own_encoding() -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        data = "\ufeffto ada@example.org \U0001f600\r\n".encode(encoding)
        expected = "\ufeffto [REDACTED:email] \U0001f600\r\n".encode(encoding)
        assert redacted(data, encoding) == expected


def test_bytes_that_are_no_text_stay_between_what_is_redacted() -> None:
    data = b"J\xfcrgen\xff;ada@example.org;\xc3\n"
    assert redacted(data) == b"J\xfcrgen\xff;[REDACTED:email];\xc3\n"


@given(st.binary(max_size=2_000))
def test_bytes_in_which_nothing_is_found_come_out_as_they_went_in(data: bytes) -> None:
    redaction = stream_redaction(REDACTOR, "text/plain", "a")
    done = b"".join(redacted_blocks(blocks_of(io.BytesIO(data)), "utf-8", redaction))
    assert redaction.receipt or done == data


def test_a_table_is_known_by_its_type_or_its_name() -> None:
    assert stream_redaction(REDACTOR, "text/csv; header=present", "")._is_table
    assert stream_redaction(REDACTOR, "", "users.TSV")._is_table
    assert not stream_redaction(REDACTOR, "text/plain", "users.csv")._is_table
