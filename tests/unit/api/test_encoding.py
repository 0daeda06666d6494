from __future__ import annotations

import json

import pytest

from spanvas_api.http.encoding import accepted_codings, entity_tag, json_bytes, matches


def test_json_is_utf8() -> None:
    assert json_bytes({"name": "Zoë", "n": 1}) == '{"name":"Zoë","n":1}'.encode()


def test_what_the_fast_encoder_refuses_is_escaped() -> None:
    value = {"text": "\ud800", "number": 2**70, "bytes": b"x"}

    assert json.loads(json_bytes(value)) == {
        "text": "\ud800",
        "number": 1180591620717411303424,
        "bytes": "b'x'",
    }


@pytest.mark.parametrize(
    ("header", "zstd", "gzip"),
    [
        ("gzip", 0, 1),
        ("GZIP;Q=0.3", 0, 0.3),
        ("*;q=0.5, gzip", 0.5, 1),
        ("gzip ; q=0.1 , zstd;q=0", 0, 0.1),
        ("gzip;q=x;;", 0, 0),
        (",,;", 0, 0),
        ("gzip;q=1.2.3", 0, 0),
    ],
)
def test_codings_are_weighted_as_the_header_says(header: str, zstd: float, gzip: float) -> None:
    assert accepted_codings(header) == {"zstd": zstd, "gzip": gzip}


@pytest.mark.parametrize(
    ("header", "is_match"),
    [
        ('W/"abc"', True),
        ('"abc"', True),
        ('"x", W/"abc"', True),
        ("*", True),
        ('"abcd"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_tags_are_compared_weakly(header: str, is_match: bool) -> None:
    assert matches(header, 'W/"abc"') is is_match


def test_a_tag_changes_with_every_part() -> None:
    assert len({entity_tag("a", 1), entity_tag("a", 2), entity_tag("b", 1), entity_tag("a1")}) == 4
    assert entity_tag("a", 1) == entity_tag("a", 1)
