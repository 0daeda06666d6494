"""Tags in logfmt: `service.name=api http.path="/a b"`.

Source: brandur.org/logfmt; github.com/go-logfmt/logfmt, which Tempo reads them with.
"""

from __future__ import annotations

import re
from typing import Final

_PAIR: Final = re.compile(
    r'\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s="]*)))?(?=\s|$)', re.DOTALL
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
MAX_CHARACTERS: Final = 4_000


class LogfmtError(Exception):
    """The text is no logfmt. The message says where."""


def pairs_of(text: str) -> dict[str, str]:
    """Returns the keys and values of a text; a key alone has the value "". Raises LogfmtError."""
    if len(text) > MAX_CHARACTERS:
        raise LogfmtError(f"they are longer than {MAX_CHARACTERS:,} characters")
    pairs: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        found = _PAIR.match(text, at)
        if found is None:
            raise LogfmtError(f"unexpected text at pos {at + 1}")
        key, quoted, bare = found.groups()
        if key in pairs:
            raise LogfmtError(f"tag {key[:80]} has been set twice")
        pairs[key] = bare or "" if quoted is None else _unescaped(quoted)
        at = found.end()
    return pairs


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)
