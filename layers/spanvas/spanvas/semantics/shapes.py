"""The shapes of structure: what a value must look like to be more than a text somebody wrote.

A shape is a function from a value to what of it is structure: the same object where all of it is, a part of it (a URL
without its query), or `NOTHING`. Numbers, booleans and None do not come here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from spanvas.lazy_pattern import LazyPattern
from spanvas.model import kinds

Shape = Callable[[Any], Any]

NOTHING: Final = object()
"""Nothing of a value is structure."""
NUMBERS: Final = frozenset({int, float, bool, type(None)})
WITHHELD: Final = "[REDACTED:content]"
"""Stands where a name was content."""

MAX_ITEMS: Final = 500
MAX_NESTING: Final = 4
MAX_FIGURES_CHARACTERS: Final = 20_000
MAX_CONSOLE_CHARACTERS: Final = 2_000
_TOKEN: Final = LazyPattern(r"[!#-&(-_a-~]{1,256}")
"""Printable ASCII without blanks and quotes."""
_WORD: Final = r"[A-Za-z\u00c0-\u024f][\w.:/@+-]{0,39}"
_LABEL: Final = LazyPattern(rf"{_WORD}(?: {_WORD})?")
_CONSOLE: Final = LazyPattern(
    r"https://([a-z0-9-]+\.)?console\.(aws\.amazon|amazonaws|amazonaws-us-gov)\.com(\.cn)?/"
)
_OPERATION: Final = LazyPattern(
    r"(?:chat|generate_content|text_completion|embeddings|decide|execute_tool|tool_call|tools/call|tools/list"
    r"|resources/read|prompts/get|invoke_agent|create_agent|invoke_workflow|execute_task|executor\.process"
    r"|workflow_step|retrieval|rerank|search_memory|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|HTTP|SELECT|INSERT"
    r"|UPDATE|MERGE|CALL|CREATE|DROP|ALTER|BEGIN|COMMIT|send|receive|process|publish|settle|create|invoke|autogen"
    r"|MCP send tools/call) (\S.*)",
    re.DOTALL,
)
"""Operations of the conventions, before what they are done with."""
NAMED_KINDS: Final = frozenset(
    {kinds.AGENT, kinds.NODE, kinds.WORKFLOW, kinds.TOOL, kinds.MAP, kinds.ITEM}
)
"""Kinds of spans that people give names of two words."""
KNOWN_NAMES: Final = frozenset(
    {"", "(no name)", "First Token Stream Event", "agent run", "running tool", "running tools"}
)
"""Names that libraries write, of several words."""

_MADE_OF_TEXT: Final = LazyPattern(r"(.*)-([0-9a-f]{12})", re.DOTALL)
_HEX: Final = LazyPattern(r"[0-9a-f-]*")
"""The rest of a UUID."""
MIN_DASHES: Final = 2


def is_token(text: str) -> bool:
    """Returns whether a text is a short machine token: an id, a name in a program, a word of a list."""
    return _TOKEN.fullmatch(text) is not None


def is_label(text: str) -> bool:
    """Returns whether a text is a token, or a name of two words without any marks of a sentence."""
    return _TOKEN.fullmatch(text) is not None or _LABEL.fullmatch(text) is not None


def is_plain_name(text: str, kind: str = "") -> bool:
    """Returns whether the name of a span of this kind is structure: a token, a known operation before one, or a label
    where spans are named by people."""
    if text in KNOWN_NAMES:
        return True
    found = _OPERATION.fullmatch(text)
    if found is not None:
        text = found[1]
        return is_label(text)
    return is_label(text) if kind in NAMED_KINDS else is_token(text)


def id_without_content(name: str) -> str:
    """Returns the id of a workflow or a node. Of one that was made of a text of three words or more, which has the
    words and a digest of them, the digest alone (`ids.as_name`)."""
    made = _MADE_OF_TEXT.fullmatch(name)
    if made is None or made[1].count("-") < MIN_DASHES or _HEX.fullmatch(made[1]):
        return name
    return f"x-{made[2]}"


def is_number(value: Any) -> bool:
    """Returns whether a value is structure whatever it is: a number, a boolean or None."""
    return type(value) in NUMBERS


def CONTENT(_value: Any) -> Any:
    """The shape of what a dialect or a setting says is content."""
    return NOTHING


def UNKNOWN(value: Any) -> Any:
    """The shape of what no table knows: numbers alone are structure."""
    return value if type(value) in NUMBERS else NOTHING


def ANY(value: Any) -> Any:
    """The shape of what a setting says is structure."""
    return value


def _each(is_one: Callable[[str], bool]) -> Shape:
    def shape(value: Any) -> Any:
        if type(value) is str:
            inner = value[1:-1] if value[:1] == value[-1:] == '"' else value
            return value if not inner or is_one(inner) else NOTHING
        if isinstance(value, (list, tuple)) and len(value) <= MAX_ITEMS:
            plain = all(
                type(item) in NUMBERS or (type(item) is str and (not item or is_one(item)))
                for item in value
            )
            return value if plain else NOTHING
        return value if type(value) in NUMBERS else NOTHING

    return shape


TOKEN: Final = _each(is_token)
LABEL: Final = _each(is_label)
NAME: Final = _each(is_plain_name)


def MADE_ID(value: Any) -> Any:
    """An id that was made of a sender's name, or a list of such ids: a token without the words of a sentence."""
    kept = TOKEN(value)
    if type(kept) is str:
        bare = id_without_content(kept)
        return kept if bare == kept else bare
    if isinstance(kept, (list, tuple)):
        bare_ids = [id_without_content(one) if type(one) is str else one for one in kept]
        return kept if bare_ids == list(kept) else bare_ids
    return kept


def URL(value: Any) -> Any:
    """A URL: scheme, host and path are structure; user, query and fragment are not."""
    if type(value) is not str:
        return UNKNOWN(value)
    try:
        parts = urlsplit(value)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return NOTHING
    cut = f"{parts.scheme}://{host}{parts.path}"
    if not parts.scheme or not is_token(cut):
        return NOTHING
    return value if cut == value else cut


def PATH(value: Any) -> Any:
    """A path of a URL, without query and fragment."""
    if type(value) is not str:
        return UNKNOWN(value)
    cut = value.partition("?")[0].partition("#")[0]
    if cut and not is_token(cut):
        return NOTHING
    return value if cut == value else cut


def CONSOLE(value: Any) -> Any:
    """A link into AWS's console, as the layer makes them."""
    is_link = (
        type(value) is str
        and len(value) <= MAX_CONSOLE_CHARACTERS
        and _CONSOLE.match(value) is not None
        and value.isascii()
        and not any(mark in value for mark in " \t\n\"'<>")
    )
    return value if is_link else UNKNOWN(value)


def FIGURES(value: Any) -> Any:
    """Numbers by name, as an object or as its JSON text. Of what holds more, the numbers are structure."""
    given = value
    if type(value) is str:
        if len(value) > MAX_FIGURES_CHARACTERS:
            return NOTHING
        try:
            given = json.loads(value)
        except (ValueError, RecursionError):
            return NOTHING
    if not isinstance(given, Mapping):
        return UNKNOWN(given)
    figures = _figures(given, MAX_NESTING)
    if figures == given:
        return value
    if not figures:
        return NOTHING
    return json.dumps(figures) if type(value) is str else figures


def _figures(given: Mapping[Any, Any], nesting: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if type(name) is not str or not is_token(name):
            continue
        if type(value) in NUMBERS:
            found[name] = value
        elif isinstance(value, Mapping) and nesting and (inner := _figures(value, nesting - 1)):
            found[name] = inner
    return found


def ARTIFACTS(value: Any) -> Any:
    """The list of a span's files: without their names."""
    if not isinstance(value, (list, tuple)):
        return UNKNOWN(value)
    found = []
    for item in value[:MAX_ITEMS]:
        if isinstance(item, Mapping):
            kept = {
                key: item[key]
                for key in ("id", "media_type", "bytes")
                if key in item and TOKEN(item[key]) is not NOTHING
            }
            found.append(kept)
    return found if found else NOTHING
