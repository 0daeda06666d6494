"""What a rule of redaction is, and checks of what its pattern found: RE2 has no look-around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.keys import KEY_DIGITS
from spanvas.privacy.rules.context import after, before


class Rule(NamedTuple):
    """`pattern` is in RE2's syntax. What gets replaced is the first of its groups that takes part, else all of it.
    Of a keyed rule the first group is the name of a key, which has to be a secret's (`keys.is_secret_key`).

    `sign` matches in every text in which the pattern does, and stands for it in the first pass over a text; where none
    is given, the loosened pattern does (`pattern.loosened`). It leaves out what any word or line may begin, which
    multiplies the states of that pass: each new text made new ones.

    `check` takes the text that would be replaced and has the last word. `places` instead says where in a text, of which
    start and end are given, something has to be replaced, and what its name is: for what no pattern can say. Of each
    text in `finds` the part between `«` and `»` must go and the rest must stay; `leaves` must stay as they are.
    """

    name: str
    pattern: str
    finds: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    is_keyed: bool = False
    places: Callable[[bytes, int, int, str], Iterable[tuple[int, int]]] | None = None
    sign: str = ""


FILE_ENDINGS: Final = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "json", "py", "md", "html"}
)
"""`icon@2x.png` is no address."""

ELSEWHERE: Final = (
    "$", "os.environ", "process.env", "getenv", "env.", "self.", "this.", "arn:", "var.", "local.", "data.", "module.",
    "secrets.",
)  # fmt: skip
"""How code, templates and Terraform refer to a value that stands elsewhere."""
NO_VALUES: Final = frozenset(
    {
        "none", "null", "true", "false", "undefined", "required", "optional", "string", "password", "passwd", "secret",
        "token",
    }
)  # fmt: skip
JOINS: Final = frozenset({b"-", b".", b"_", b"/", b":"})
SOCIAL: Final = LazyPattern(r"(?i:\bssn?\b|_ssn\b|\bsocial\b)|[a-z]S(?:SN|sn)\b")
IS_SOCIAL: Final = LazyPattern(r"(?i)\W{1,3}(?:ssn\b|social\b)")
"""Before and behind a social security number."""
PLACEHOLDER: Final = LazyPattern(r"[<{\[%]+[\w .:/{}%-]+[>}\]%]*")


def has_digit(text: str) -> bool:
    """Returns whether a text has a digit."""
    return any(character.isdigit() for character in text)


def is_random_looking(text: str) -> bool:
    """Returns whether a text has digits, or capitals inside: keys have, single words of prose have not."""
    return has_digit(text) or not (text[1:].islower() or text.isupper())


def is_secret_value(text: str) -> bool:
    """Returns whether the value of an assignment is a secret itself, not the name of one or a placeholder."""
    lowered = text.lower()
    if lowered in NO_VALUES:
        return False
    if lowered.startswith(ELSEWHERE) or PLACEHOLDER.fullmatch(text):
        return False
    return len(set(text)) > 2


def is_opaque_value(text: str) -> bool:
    """Returns whether a value is a secret, as `is_secret_value`, and has a digit.

    `token: expired` and `secret=rotation` are prose. Short numbers are limits and counts.
    """
    if text.isdigit() and len(text) < KEY_DIGITS:
        return False
    return has_digit(text) and is_secret_value(text)


SYMBOLS: Final = frozenset("!#$%^&*()[]{}<>?~|+@=")
FEWEST_SYMBOLS: Final = 4
OPENED_BY: Final = {")": "(", "]": "[", "}": "{"}


def is_scrambled(text: str) -> bool:
    """Returns whether a text has many kinds of symbols, and a bracket that closes none.

    Code and templates, which may be cut at their end, close what they have opened.
    """
    if len(SYMBOLS.intersection(text)) < FEWEST_SYMBOLS:
        return False
    opened: list[str] = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in OPENED_BY and (not opened or opened.pop() != OPENED_BY[character]):
            return True
    return False


SHORTEST_WORD: Final = 6
"""Letters of a password that is a word; shorter ones are taken for prose."""
PROSE: Final = frozenset(
    {
        "string", "option", "options", "argument", "arguments", "parameter", "parameters", "should", "instead",
        "always", "because", "before", "without", "within", "through", "required", "optional", "provided", "provides",
        "provide", "prompts", "prompt", "requires", "accepts", "expects", "supplied", "passed", "either", "rather",
        "whether", "whenever", "cannot", "nothing", "unless", "during", "against", "followed", "though", "directly",
        "together", "password", "passphrase", "passwd", "secret", "secrets", "credentials", "switch", "variable",
        "environment",
    }
)  # fmt: skip
"""Words that stand behind the name of an option in a text about it."""


def is_option_value(text: str) -> bool:
    """Returns whether what follows `--password` is its value.

    Manuals write it in capitals, prose has words of its own.
    """
    is_word = text.isalpha() and text.islower() and len(text) >= SHORTEST_WORD
    return (
        (is_random_looking(text) or (is_word and text not in PROSE))
        and is_secret_value(text)
        and not text.startswith("--")
    )


REMARKS: Final = frozenset(
    {
        "changed", "forgotten", "expired", "reset", "wrong", "incorrect", "invalid", "missing", "empty", "correct",
        "hidden", "hashed", "encrypted", "unset", "stored", "rejected", "accepted", "weak", "strong", "mandatory",
        "updated", "blank", "valid", "secure", "protected", "lost", "stolen", "unknown", "known", "visible", "shown",
    }
)  # fmt: skip
"""What is said of a password in one word."""


def is_said_password(text: str) -> bool:
    """Returns whether what follows `the password is` is one: with a digit, or in quotes and no remark."""
    bare = text.strip("\"'`")
    is_word = bare.lower() in PROSE or bare.lower() in REMARKS
    return has_digit(bare) or (bare != text and not is_word and is_secret_value(bare))


def is_email(text: str) -> bool:
    """Returns whether a match is an address of a person: not `git@host`, nor a file name such as `icon@2x.png`."""
    local, _, domain = text.rpartition("@")
    return local != "git" and domain.rpartition(".")[2].lower() not in FILE_ENDINGS


def ssns_in(text: bytes, start: int, end: int, _name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of a social security number with dashes; with blanks where a word says so.

    Logs have such numbers with blanks side by side.
    """
    left, right = text[max(start - 2, 0) : start], text[end : end + 2]
    if (left[-1:] in JOINS and left[:1].isalnum()) or (right[:1] in JOINS and right[1:].isalnum()):
        return
    if is_us_ssn(text[start:end].decode()) and (
        b"-" in text[start:end] or _is_called_ssn(text, start, end)
    ):
        yield start, end


def _is_called_ssn(text: bytes, start: int, end: int) -> bool:
    return (
        SOCIAL.search(before(text, start)) is not None
        or IS_SOCIAL.match(after(text, end)) is not None
    )


def is_us_ssn(text: str) -> bool:
    """Returns whether a number was ever issued: area 000, 666, 9xx, group 00 and serial 0000 were not (ssa.gov)."""
    digits = "".join(filter(str.isdigit, text))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"
