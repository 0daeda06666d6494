"""A file's media type against its first bytes."""

from __future__ import annotations

import pytest

from spanvas.model.artifact import DEFAULT_MEDIA_TYPE, STORED_MEDIA_TYPES
from spanvas.model.sniffing import HEAD_BYTES, LOOKS, TYPE_OF_ENDING, checked_media_type

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
FILES = {
    "application/json": b'{"a": 1}',
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x03\x04rest",
    "audio/mpeg": b"ID3\x04",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "image/gif": b"GIF89a\0",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": PNG,
    "image/svg+xml": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "text/csv": b"a,b\n1,2\n",
    "text/html": b"<!doctype html><title>t</title>",
    "text/markdown": b"# Rain\n",
    "text/plain": "Gr\u00fc\u00dfe".encode(),
    "text/tab-separated-values": b"a\tb\n",
    "video/mp4": b"\0\0\0\x18ftypmp42",
}


def test_every_type_that_is_stored_has_a_look() -> None:
    assert LOOKS.keys() == STORED_MEDIA_TYPES == FILES.keys()


@pytest.mark.parametrize("media_type", sorted(FILES))
def test_a_file_that_is_what_it_says_keeps_its_type(media_type: str) -> None:
    assert checked_media_type(f"{media_type}; charset=utf-8", FILES[media_type]) == media_type
    assert checked_media_type(media_type, b"") == media_type


@pytest.mark.parametrize(
    ("media_type", "head"),
    [
        ("image/png", FILES["text/html"]),
        ("image/jpeg", PNG),
        ("image/webp", FILES["audio/wav"]),
        ("application/pdf", b"<html>%PDF-"),
        ("video/mp4", b"MZ\x90\0"),
        ("audio/mpeg", b"\xff"),
        ("text/plain", b"MZ\x90\0\x03"),
        ("text/csv", FILES["application/zip"]),
        ("text/markdown", FILES["application/pdf"]),
        ("application/json", b'{"a": "\xff"}'),
        ("application/x-evil", b"x"),
        ("", b"x"),
    ],
)
def test_what_it_is_not_is_refused_and_never_guessed(media_type: str, head: bytes) -> None:
    assert checked_media_type(media_type, head) == DEFAULT_MEDIA_TYPE


def test_text_may_be_cut_in_a_character_and_may_have_a_byte_order_mark() -> None:
    text = ("a" + "\u00fc" * HEAD_BYTES).encode()
    assert checked_media_type("text/plain", text[:HEAD_BYTES]) == "text/plain"
    assert checked_media_type("text/plain", "Rain".encode("utf-16")) == "text/plain"
    assert checked_media_type("audio/mpeg", b"\xff\xfb\x90") == "audio/mpeg"


@pytest.mark.parametrize("given", ["", "application/octet-stream", "Binary/Octet-Stream; a=b"])
def test_where_no_type_is_given_the_ending_of_the_name_says_it(given: str) -> None:
    assert checked_media_type(given, PNG, "chart.PNG") == "image/png"
    assert checked_media_type(given, b"", "empty.csv") == "text/csv"
    assert checked_media_type(given, b"a: 1", "q3.final.yaml") == "text/plain"


@pytest.mark.parametrize(
    ("media_type", "head", "name"),
    [
        ("", b"<script>", "chart.png"),
        ("", PNG, "notes.txt"),
        ("image/png", b"<script>", "page.html"),
        ("application/x-evil", b"a,b", "table.csv"),
        ("", b"x", "png"),
        ("", b"x", "archive.csv.exe"),
        ("", b"x", "a."),
        ("", b"x", "../csv"),
    ],
)
def test_a_name_does_not_overrule_the_content_nor_a_type_that_was_refused(
    media_type: str, head: bytes, name: str
) -> None:
    assert checked_media_type(media_type, head, name) == DEFAULT_MEDIA_TYPE


def test_every_ending_has_a_type_that_is_stored() -> None:
    assert set(TYPE_OF_ENDING.values()) <= STORED_MEDIA_TYPES
