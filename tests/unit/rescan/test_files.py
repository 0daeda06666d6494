"""Which stored files a re-scan reads; how they are redacted, `tests/unit/privacy/test_text_files.py` says."""

from __future__ import annotations

import pytest

from spanvas_api.rescan.artifacts import may_be_text


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
