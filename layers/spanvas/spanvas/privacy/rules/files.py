"""Secrets in the files that programs keep them in: environment files, `.netrc`, `.pgpass`, keys of PuTTY."""

from __future__ import annotations

from typing import Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

NAMED_VARIABLE: Final = (
    r"[A-Z][A-Z0-9_]*(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_KEY|ACCESS_KEY)"
)
UUID: Final = LazyPattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_variable_value(text: str) -> bool:
    """Returns whether the value of a variable is a secret itself: not the name of one, a number or a placeholder."""
    return checks.is_secret_value(text) and not text.isdigit() and not text.isupper()


def is_key_value(text: str) -> bool:
    """Returns whether the value of a variable `..._KEY` is a key: letters and digits mixed, and no id with dashes."""
    return (
        checks.has_digit(text)
        and any(map(str.isalpha, text))
        and not UUID.fullmatch(text)
        and checks.is_secret_value(text)
    )


FILES: Final = (
    Rule(
        "secret_variable",
        r"\b"
        + NAMED_VARIABLE
        + r"=[\"']?([A-Za-z0-9+/_.~!@#%^*-]{8,}={0,2})(?:[^A-Za-z0-9+/_.~([=-]|$)"
        r"|(?:^|[&?\s\"'])client_secret=([A-Za-z0-9+/_.~%-]{8,})(?:[^A-Za-z0-9+/_.~([=-]|$)",
        (
            "CLIENT_SECRET=«fgspycelytbmhblbawtg»",
            "client_secret=«openthedoor»&grant_type=client_credentials",
        ),
        (
            "SECRET=$OTHER_SECRET",
            "TOKEN=get_token()",
            "MAX_TOKEN=4096000000",
            "PASSWORD=CHANGE_ME_NOW",
            "client_secret=client_secret(x)",
        ),
        is_variable_value,
    ),
    Rule(
        "key_variable",
        r"\b[A-Z][A-Z0-9_]*_KEY=[\"']?([A-Za-z0-9+_-]{20,}={0,2})(?:[^A-Za-z0-9+/_.~([=-]|$)",
        (
            "ALGOLIA_ADMIN_KEY=«ad24c3119432a5d575cdab37e328cf75»",
            "export HEROKU_KEY='«0a1b2c3d4e5f6a7b8c9d0e1f»'",
        ),
        (
            "IDEMPOTENCY_KEY=0a1b2c3d-4e5f-4a1b-8c2d-0e3f4a5b6c7d",
            "PARTITION_KEY=orders_of_the_last_month",
        ),
        is_key_value,
    ),
    Rule(
        "netrc_password",
        r"\bmachine\s+\S+\s+(?:login\s+\S+\s+)?password\s+(\S{3,})"
        r"|\bdefault\s+login\s+\S+\s+password\s+(\S*[\d@]\S*)"
        r"|:_(?:auth|authToken|password)[ \t]{0,2}=[ \t]{0,2}[\"']?([^\s\"'${<\[][^\s\"']{5,})",
        (
            "machine api.acme.com login bob password «qnejcvbqw»",
            "machine h\n  login bob\n  password «qnej»",
            "default login anonymous password «ada@host»",
            "//registry.npmjs.org/:_authToken=«correct-horse»",
            "//npm.acme.com/:_auth = «dGVzdDp0ZXN0»",
        ),
        (
            "the machine wants a password now",
            "the default password for the user",
            "the default login page password reset",
            "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
            "//npm.acme.com/:always-auth=true",
        ),
    ),
    Rule(
        "pgpass",
        r":(?:5432|6432|26257|5439|\*):[A-Za-z0-9_*-]+:[A-Za-z0-9_*.@-]+:([^\s:\"']{4,})",
        ("db.acme.com:5432:orders:app:«9phk1OkBS8Y1»", "*:*:*:app:«correcthorse»"),
        ("GET /a:80:b", "12:30:45:12:30", "a.py:12:34:error:undefined is no name"),
        lambda text: not text.isdigit(),
    ),
    Rule(
        "putty_key",
        r"Private-Lines: \d+\r?\n((?:[A-Za-z0-9+/=]+(?:\r?\n|$))+)",
        ("Private-Lines: 1\n«AAAAgQ+/A1b2==\n»Private-MAC: 0a",),
        ("Public-Lines: 1\nAAAAB3\n",),
    ),
)
