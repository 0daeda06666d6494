from __future__ import annotations

import pytest

from spanvas.model.artifact import Artifact, safe_media_type


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("image/png", "image/png"),
        ("Text/CSV; charset=utf-8", "text/csv"),
        ("text/html", "text/html"),
        ("", "application/octet-stream"),
        ("foo", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
    ],
)
def test_only_known_types_are_stored(given: str, stored: str) -> None:
    assert safe_media_type(given) == stored


@pytest.mark.parametrize(
    ("media_type", "inline"),
    [
        ("image/png", True),
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/zip", False),
    ],
)
def test_types_that_run_scripts_are_not_shown_in_place(media_type: str, inline: bool) -> None:
    artifact = Artifact("acme", "exec_1", "art_1", "00", "x", media_type, 1, "", 0)

    assert artifact.is_inline is inline
