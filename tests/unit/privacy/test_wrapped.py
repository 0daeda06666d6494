"""A token that is broken over lines is found; one that ends with its line takes nothing along."""

from __future__ import annotations

import pytest

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner

TOKEN = "ghp_" + "A1b2C3d4E5f6" * 3
KEY = "sk-ant-" + "api03-A1b2C3d4E5" * 3
REDACTOR = Redactor("redacted", 10_000, Scanner())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"use {TOKEN[:20]}\n{TOKEN[20:]} now", "use [REDACTED:github_token] now"),
        (f"use {TOKEN[:20]}\r\n    {TOKEN[20:]}, now", "use [REDACTED:github_token], now"),
        (f"> {TOKEN[:9]}\n> {TOKEN[9:25]}\n> {TOKEN[25:]}\n> bye", "> [REDACTED:github_token]\n> bye"),
        (f"| {TOKEN[:30]} |", f"| {TOKEN[:30]} |"),
        (f'k = ("{TOKEN[:20]}"\n     "{TOKEN[20:]}")', 'k = ("[REDACTED:github_token]")'),
        (f"{KEY[:15]}\n{KEY[15:]}", "[REDACTED:anthropic_key]"),
        ("AKIAIOSFOD\nNN7EXAMPLE", "[REDACTED:aws_access_key]"),
    ],
)  # fmt: skip
def test_a_token_over_several_lines_is_found_as_a_whole(text: str, kept: str) -> None:
    assert REDACTOR.redact_text(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{TOKEN}\nPlease keep it", "[REDACTED:github_token]\nPlease keep it"),
        ("ghp_short\nand what comes then", "ghp_short\nand what comes then"),
        ("eyJ is how\nJSON begins in base64", "eyJ is how\nJSON begins in base64"),
        ("npm_config_registry\nnpm_config_cache", "npm_config_registry\nnpm_config_cache"),
        ("hf_transfer\nhf_hub_download", "hf_transfer\nhf_hub_download"),
    ],
)
def test_what_stands_on_the_next_line_stays_where_it_is_no_part_of_it(text: str, kept: str) -> None:
    assert REDACTOR.redact_text(text) == kept
