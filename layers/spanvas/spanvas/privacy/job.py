"""One pass over what a span holds: names of keys, texts, and JSON inside of texts, within one budget of time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from spanvas.privacy.content import FREE_TEXT_NAMES, IDENTIFIERS
from spanvas.privacy.keys import is_secret_key, is_secret_number_key
from spanvas.privacy.known import KnownTexts
from spanvas.privacy.scan import Scanner

KEY_RULE: Final = "key"
UNSCANNED: Final = "unscanned"
MARKER: Final = "[REDACTED:{}]"

MAX_TEXT_CHARACTERS: Final = 2_000_000
BETWEEN_LOOKS: Final = 10_000
"""Characters between two looks at the clock, which costs as much as scanning a hundred."""
MAX_NAME: Final = 100
MAX_NAMES: Final = 4_096
MAX_DEPTH: Final = 64
MAX_JSON_DEPTH: Final = 5

SCHEMA_TYPES: Final = frozenset(
    {"string", "number", "integer", "boolean", "object", "array", "null"}
)


class OverBudgetError(Exception):
    """Time is up, or the text is too large to start with."""


class Job:
    """The redaction of one span: one budget, one receipt."""

    def __init__(
        self,
        scanner: Scanner | None,
        clock: Callable[[], int],
        deadline: int,
        known: KnownTexts | None,
        clean_names: set[str],
    ) -> None:
        self.receipt: dict[str, int] = {}
        self._known = known
        self._clean_names = clean_names
        self._names: list[str] = []
        self._unlooked = 0
        self._scanner = scanner
        self._clock = clock
        self._deadline = deadline
        self._texts: list[bytes] = []
        self._characters = 0
        self._rules: tuple[int, ...] = ()
        self._decoded: dict[str, Any] = {}

    def content(self, name: str, value: Any) -> Any:
        """One content value, redacted, or the marker in its place."""
        if is_secret_item(name, value):
            return self._replaced(KEY_RULE)
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)
        except OverBudgetError:
            pass
        return self._dropped()

    def machine_text(self, value: list[Any]) -> list[Any]:
        """Everything that is not content: scanned, or else with key rules alone and its free text dropped."""
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)  # type: ignore[no-any-return]
        except OverBudgetError:
            pass
        return [self._without_free_text(item) for item in value]

    def is_clean(self, value: Any) -> bool:
        """Whether nothing of the value has to be redacted, by scanning what of it is not known. False where it is not
        sure, and always without a memory."""
        if self._known is None or self._scanner is None:
            return False
        new = self._known.new_in(value)
        if new is None:
            return False
        if new.texts:
            if self._scanner.rules_in(
                [text.encode("utf-8", "surrogatepass") for text in new.texts]
            ):
                return False
            self._known.update(new.texts)
        self._known.update(new.wholes)
        return True

    def _cleaned(self, scanner: Scanner, value: Any) -> Any:
        if self.is_clean(value):
            return value
        self._texts, self._names, self._characters = [], [], 0
        before = dict(self.receipt)
        try:
            self._look()
            value = self._walk(value, self._note, 0, 0)
            self._rules = scanner.rules_in(self._texts)
            if self._rules:
                return self._walk(value, self._scrub, 0, 0)
            if len(self._clean_names) < MAX_NAMES:
                self._clean_names.update(self._names)
            if self._known is not None:
                self._known.update(text.decode("utf-8", "surrogatepass") for text in self._texts)
            return value
        except OverBudgetError:
            self.receipt = before
            raise
        finally:
            self._decoded.clear()

    def _walk(self, value: Any, text: Callable[[str], str], depth: int, json_depth: int) -> Any:
        """The value with `text` applied to every string in it; the very same object where nothing changed."""
        if isinstance(value, str):
            return self._walk_text(value, text, depth, json_depth)
        if isinstance(value, (bytes, bytearray)):
            string = value.decode("utf-8", "replace")
            changed = text(string)
            return value if changed is string else changed
        if not isinstance(value, (dict, list, tuple, Mapping)):
            return value
        if depth >= MAX_DEPTH:
            return self._dropped()
        if isinstance(value, Mapping):
            return self._walk_mapping(value, text, depth + 1, json_depth)
        walked = [self._walk(item, text, depth + 1, json_depth) for item in value]
        same = all(one is other for one, other in zip(walked, value, strict=True))
        return value if same else walked

    def _walk_text(
        self, value: str, text: Callable[[str], str], depth: int, json_depth: int
    ) -> str:
        if json_depth < MAX_JSON_DEPTH and value[:64].lstrip()[:1] in {"{", "[", '"'}:
            decoded = self._decode(value)
            if decoded is not value:
                walked = self._walk(decoded, text, depth, json_depth + 1)
                if walked is decoded:
                    return value
                return json.dumps(walked, ensure_ascii=False, separators=(",", ":"))
        return text(value)

    def _walk_mapping(
        self, value: Mapping[Any, Any], text: Callable[[str], str], depth: int, json_depth: int
    ) -> Mapping[Any, Any]:
        walked, same = {}, True
        for key, item in value.items():
            if not isinstance(key, str):
                walked[key] = new = self._walk(item, text, depth, json_depth)
            elif key in IDENTIFIERS:
                walked[key] = new = item
            else:
                new_key = self._walk_name(key, text)
                new = self._walk_item(key, item, text, depth, json_depth)
                walked[new_key] = new
                same = same and new_key is key
            same = same and new is item
        return value if same else walked

    def _walk_name(self, name: str, text: Callable[[str], str]) -> str:
        """Names of attributes come again with every span: one that was clean stays so."""
        if name in self._clean_names:
            return name
        if len(name) <= MAX_NAME:
            self._names.append(name)
        return text(name)

    def _walk_item(
        self, key: str, item: Any, text: Callable[[str], str], depth: int, json_depth: int
    ) -> Any:
        if is_secret_item(key, item):
            return self._replaced(KEY_RULE)
        return self._walk(item, text, depth, json_depth)

    def _note(self, text: str) -> str:
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise OverBudgetError
        self._unlooked += 100 + len(text)
        if self._unlooked > BETWEEN_LOOKS:
            self._look()
        self._texts.append(text.encode("utf-8", "surrogatepass"))
        return text

    def _look(self) -> None:
        self._unlooked = 0
        if self._clock() > self._deadline:
            raise OverBudgetError

    def _scrub(self, text: str) -> str:
        self._look()
        assert self._scanner is not None
        data = text.encode("utf-8", "surrogatepass")
        hits = self._scanner.hits(data, self._rules, self._look)
        if not hits:
            if self._known is not None:
                self._known.add(text)
            return text
        pieces, end = [], 0
        for hit in hits:
            pieces += [data[end : hit.start], MARKER.format(hit.rule).encode()]
            end = hit.end
            self._count(hit.rule)
        return b"".join((*pieces, data[end:])).decode("utf-8", "surrogatepass")

    def _decode(self, text: str) -> Any:
        """The value of a JSON text; the text itself where it is none."""
        if text not in self._decoded:
            if len(text) > MAX_TEXT_CHARACTERS:
                raise OverBudgetError
            try:
                self._decoded[text] = json.loads(text)
            except (ValueError, RecursionError):
                self._decoded[text] = text
        return self._decoded[text]

    def _without_free_text(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._without_free_value(key, item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._without_free_text(item) for item in value]
        return value

    def _without_free_value(self, key: Any, item: Any) -> Any:
        if key in FREE_TEXT_NAMES:
            return self._dropped() if item else item
        if isinstance(key, str) and key not in IDENTIFIERS and is_secret_item(key, item):
            return self._replaced(KEY_RULE)
        return self._without_free_text(item)

    def _dropped(self) -> str:
        return self._replaced(UNSCANNED)

    def _replaced(self, rule: str) -> str:
        self._count(rule)
        return MARKER.format(rule)

    def _count(self, rule: str) -> None:
        self.receipt[rule] = self.receipt.get(rule, 0) + 1


def is_secret_item(key: str, item: Any) -> bool:
    if item is None or isinstance(item, bool) or item in ("", b"", (), [], {}):
        return False
    if not is_secret_key(key):
        return False
    if isinstance(item, (int, float)):
        return is_secret_number_key(key)
    if isinstance(item, str):
        return not item.startswith("[REDACTED:")
    # The JSON schema of a tool may have a parameter called `password`: the schema is no secret.
    return not (isinstance(item, Mapping) and str(item.get("type")) in SCHEMA_TYPES)
