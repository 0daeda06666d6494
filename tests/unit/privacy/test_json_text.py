"""What may stand before JSON."""

from __future__ import annotations

import sys

from spanvas.privacy.json_text import BLANKS


def test_every_blank_of_unicode_may_stand_before_json() -> None:
    blanks = set(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))
    assert set(BLANKS) == blanks | {"\ufeff", "\0", "\u200b"}
