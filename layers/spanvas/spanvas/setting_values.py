"""How the text of a `SPANVAS_*` or an `OTEL_*` variable becomes a value.

Each parser raises ValueError for a text that it cannot take.

Imports nothing, as `settings` does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

TRUE_WORDS: Final = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS: Final = frozenset({"", "0", "false", "no", "off"})
CONTENT_MODES: Final = ("none", "redacted", "full")
STRUCTURE_AND_METRICS: Final = "structure+metrics"
"""Another word for the mode `none`, which says what is left (ADR 35)."""
LONGEST_SECONDS: Final = 60.0


def parse_bool(text: str) -> bool:
    """Returns whether the text is one of `TRUE_WORDS`. Raises ValueError if it is no word for true or false."""
    word = text.strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError("expected true or false")
    return word in TRUE_WORDS


def parse_int(least: int) -> Callable[[str], int]:
    """Returns a parser of integers that are not below `least`."""

    def parse(text: str) -> int:
        number = _whole(text)
        if number < least:
            raise ValueError(f"expected a number that is {least} or above")
        return number

    return parse


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("expected a whole number") from None


def parse_choice(words: Sequence[str]) -> Callable[[str], str]:
    """Returns a parser that takes these words alone, as they are written here."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError("expected one of " + ", ".join(filter(None, words)))
        return text

    return parse


def parse_content_mode(text: str) -> str:
    """Returns one of `CONTENT_MODES`. Raises ValueError for any other word than these and `STRUCTURE_AND_METRICS`."""
    return parse_choice(CONTENT_MODES)("none" if text == STRUCTURE_AND_METRICS else text)


def parse_pairs(text: str) -> dict[str, str]:
    """Returns the pairs of `a=1,b=2` (OTLP exporter specification, "Specifying headers"). Raises ValueError."""
    return dict(map(parse_pair, parse_names(text)))


def parse_pair(text: str) -> tuple[str, str]:
    """Returns one of the pairs of `parse_pairs`. Raises ValueError."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError("expected name=value pairs, separated by commas")
    return name.strip(), _unquoted(value.strip())


def _unquoted(text: str) -> str:
    """Returns a percent-encoded text decoded: `Basic dXNlcg` for `Basic%20dXNlcg`."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def parse_base_url(text: str) -> str:
    """Returns a URL without slashes at its end; "" for no text. Raises ValueError for what has no host, or a user, a
    query or a fragment."""
    url = text.strip().rstrip("/")
    if not url:
        return ""
    scheme, sign, rest = url.partition("://")
    if scheme.lower() not in ("http", "https") or not sign or rest.startswith((":", "/")):
        raise ValueError("expected http://host or https://host, with or without a path")
    if not rest.isascii() or any(mark in rest for mark in "@?# \\") or not rest.isprintable():
        raise ValueError("expected a URL without user, query and fragment; headers have a setting")
    return url


def parse_names(text: str) -> tuple[str, ...]:
    """Returns the names of a list that is separated by commas, without blanks around them."""
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def parse_buckets(text: str) -> tuple[str, ...]:
    """Returns names of buckets from names, or from ARNs of buckets or of objects in them, as policies have them."""
    return tuple(name.rpartition(":")[2].partition("/")[0] for name in parse_names(text))


def parse_json_object(text: str) -> dict[str, str]:
    """Returns a JSON object whose values are texts. Raises ValueError for any other text."""
    import json

    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValueError("expected a JSON object of strings")
    return value


def parse_limit(text: str) -> int:
    """Returns one of the SDK's limits. Raises ValueError."""
    number = _whole(text)
    if number < 0:
        raise ValueError("expected a number that is 0 or above")
    return number


def problem_of_url(url: str) -> str:
    """Returns why a URL cannot be used; "" where it can."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # a bracket without its other one, a port that is no number
        return str(error)
    return "" if is_good else "expected a URL with http:// or https://"


def shown_url(url: str) -> str:
    """Returns a URL as a message may have it: without a user and a password."""
    scheme, sign, rest = url.rpartition("://")
    _, at, place = rest.rpartition("@")
    return f"{scheme}{sign}...@{place}" if at else url


def parse_readable_file(path: str) -> str:
    """Returns the path of a file. Raises ValueError where it cannot be read."""
    try:
        open(path, "rb").close()  # noqa: PTH123 - pathlib is not needed at a start
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    return path


def parse_header(text: str) -> tuple[str, str]:
    """Returns a header's name and value. Raises ValueError.

    A value with blanks in it was not percent-encoded (`Basic dXNlcg`), so it is taken as it is.
    """
    name, value = parse_pair(text)
    if not _is_token(name):
        raise ValueError("expected names of headers before the signs =")
    plain = text.partition("=")[2].strip()
    return _unquoted(name).lower(), plain if " " in plain else value


def _is_token(name: str) -> bool:
    """Returns whether a text can be the name of a header (RFC 9110, "Tokens")."""
    return name.isascii() and all(
        letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name
    )


def parse_request_seconds(text: str) -> float:
    """Returns the time of one request: a number below 100 is seconds, any other milliseconds. Raises ValueError."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError("expected a number") from None
    if not 0 < number < float("inf"):
        raise ValueError("expected a number above 0")
    return min(number if number < 100 else number / 1000, LONGEST_SECONDS)
