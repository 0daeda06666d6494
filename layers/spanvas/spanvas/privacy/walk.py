"""The walk over what a span holds: every text, every name and every number of it, in JSON inside of texts too.

The limits of a walk are here, for the first look of `clean_texts`, too, which walks the same structures without
changing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.privacy import named
from spanvas.privacy.json_text import (
    Document,
    RepeatedNames,
    decoded,
    documents,
    encoded,
    holds_json,
    looks_like_json,
    without_escapes,
)
from spanvas.privacy.keys import (
    INNER,
    VALUES,
    hidden_in_shape,
    is_schema,
    is_secret_item,
    is_secret_key,
)
from spanvas.privacy.rules.payment import is_card_number

MAX_DEPTH: Final = 64
MAX_JSON_DEPTH: Final = 16
"""Levels of JSON in texts in JSON. What is deeper is dropped: escapes make a level out of a few characters."""
MAX_TEXT_CHARACTERS: Final = 2_000_000
"""Of all texts of one span; a span with more is not scanned, and its content is dropped."""
MAX_PENDING_CHARACTERS: Final = 200_000
"""Of one span that are scanned at a stretch, in a millisecond or two; more of them are scanned with an eye on time."""
MAX_SEARCHED_CHARACTERS: Final = 10_000
"""Pending ones of one span, which are worth to be searched twice where a rule may hit."""
MAX_UNTIMED_CHARACTERS: Final = 50_000
"""Of one span that are scanned when the time is up: less than a millisecond."""
MAX_NAMES: Final = 4_096
"""Names of attributes that are remembered as clean."""
MAX_NAME: Final = 100
"""Characters of a name that is remembered."""

IDENTIFIERS: Final = frozenset(
    {
        names.KIND,
        names.EXECUTION_ID,
        names.TENANT,
        names.WORKFLOW_ID,
        names.WORKFLOW_VERSION,
        names.WORKFLOW_EXPECTED_NODES,
        names.NODE_ID,
        names.NODE_KIND,
        names.REDACTION,
        names.FAAS_INVOCATION_ID,
        names.FAAS_INSTANCE,
        names.CLOUD_RESOURCE_ID,
        names.CLOUD_ACCOUNT_ID,
        names.CLOUD_REGION,
        names.LOG_GROUP_NAMES,
        names.LOG_STREAM_NAMES,
        names.STATE_MACHINE_EXECUTION,
    }
)
"""Ids that other records refer to: an id may look like an address or a number, and stays what it is."""

Text = Callable[[str, str], str]
"""Gives the new text for a text and the name that it stands under."""

TOO_DEEP: Final = object()
"""In the place of the value of a text that has more levels than can be decoded."""


class Walk:
    """Applies `text` to every text and `name` to every name; `hide` counts a rule and gives its marker.

    The very same object comes back where nothing changed. `known_json` keeps the decoded values of texts.
    """

    def __init__(
        self,
        text: Text,
        name: Callable[[str], str],
        hide: Callable[[str], str],
        known_json: dict[str, Any],
    ) -> None:
        self._apply = text
        self._name = name
        self._hide = hide
        self._known_json = known_json

    def value(self, value: Any, name: str = "", depth: int = 0, json_depth: int = 0) -> Any:
        """Returns a value with what rules find replaced; the same object where nothing is.

        `name` is the key that has it. `depth` counts the containers around it, `json_depth` the JSON texts. What is
        nested deeper than `MAX_DEPTH` is replaced as a whole.
        """
        if isinstance(value, str):
            return self._text(value, name, depth, json_depth)
        if value is None or value is True or value is False:
            return value
        if isinstance(value, (bytes, bytearray)):
            string = value.decode("utf-8", "replace")
            changed = self._text(string, name, depth, json_depth)
            return value if changed is string else changed
        if isinstance(value, (int, float)):
            return self._hide("payment_card") if is_card_number(value, name) else value
        if isinstance(value, (list, tuple)):
            if depth >= MAX_DEPTH:
                return self._hide("unscanned")
            return self._list(value, name, depth + 1, json_depth)
        if isinstance(value, Mapping):
            if depth >= MAX_DEPTH:
                return self._hide("unscanned")
            return self._mapping(value, depth + 1, json_depth)
        return value

    def _text(self, value: str, name: str, depth: int, json_depth: int) -> str:
        if not looks_like_json(value) and not holds_json(value):
            return self._plain(value, name)
        whole = self._decoded(value)
        if whole is TOO_DEEP or (json_depth >= MAX_JSON_DEPTH and whole is not value):
            return self._hide("unscanned")
        if isinstance(whole, Parts):
            parts = [self._part(part, name, depth, json_depth) for part in whole]
            same = all(part is one.text for part, one in zip(parts, whole, strict=True))
            joined = value if same else "".join(parts)
            return self._plain(joined, name)
        if whole is value:
            return self._plain(value, name)
        walked = self.value(whole, name, depth, json_depth + 1)
        return value if walked is whole else encoded(walked)

    def _part(self, part: Document, name: str, depth: int, json_depth: int) -> str:
        if not part.is_json:
            return part.text
        walked = self.value(part.value, name, depth, json_depth + 1)
        return part.text if walked is part.value else encoded(walked)

    def _plain(self, value: str, name: str) -> str:
        """Applies `text` to a text as it reads without escapes; returns it as it was where nothing changed."""
        readable = without_escapes(value)
        changed = self._apply(readable, name)
        return value if changed is readable else changed

    def _decoded(self, text: str) -> Any:
        """Decodes a text once: see `_decode`."""
        if text not in self._known_json:
            self._known_json[text] = _decode(text)
        return self._known_json[text]

    def _mapping(
        self, value: Mapping[Any, Any], depth: int, json_depth: int, secret: str = ""
    ) -> Mapping[Any, Any]:
        """`secret` is the name of the secret that the mapping is a schema of."""
        pairs, same = [], True
        labels, columns = named.labels_in(value), named.columns_in(value)
        for key, item in value.items():
            new_key, new = key, item
            if not isinstance(key, str):
                new = self.value(item, "", depth, json_depth)
            elif key not in IDENTIFIERS:
                new_key = self._name(key)
                if not labels and not columns and not secret and not is_secret_key(key):
                    new = self.value(item, key, depth, json_depth)
                elif columns and key in named.ROW_FIELDS:
                    new = self._table(item, columns, depth, json_depth)
                elif secret and key in INNER:
                    new = self._schemas(item, secret, depth, json_depth)
                else:
                    label = secret if secret and key in VALUES else labels.get(key)
                    new = self._item((key, label), item, value, depth, json_depth)
            same = same and new is item and new_key is key
            pairs.append((new_key, new))
        if same:
            return value
        return RepeatedNames(pairs) if isinstance(value, RepeatedNames) else dict(pairs)

    def _item(
        self,
        names: tuple[str | None, ...],
        item: Any,
        siblings: Iterable[Any],
        depth: int,
        json_depth: int,
    ) -> Any:
        """Walks a value that stands under several names, its own last: it is a secret if one of them says so."""
        name = ""
        for one in filter(None, names):
            name = one
            if named.is_model_token(one, item, siblings):
                continue
            if is_secret_item(one, item):
                return hidden_in_shape(item, self._hide("key"))
            if is_secret_key(one) and is_schema(item) and depth < MAX_DEPTH:
                return self._mapping(item, depth + 1, json_depth, secret=one)
        return self.value(item, name, depth, json_depth)

    def _schemas(self, item: Any, secret: str, depth: int, json_depth: int) -> Any:
        """Walks the schemas of a secret that stand within its schema."""
        if isinstance(item, Mapping) and depth < MAX_DEPTH:
            return self._mapping(item, depth + 1, json_depth, secret)
        if isinstance(item, (list, tuple)) and depth < MAX_DEPTH:
            return unchanged(
                item, [self._schemas(one, secret, depth + 1, json_depth) for one in item]
            )
        return self.value(item, secret, depth, json_depth)

    def _list(
        self,
        items: Sequence[Any],
        name: str,
        depth: int,
        json_depth: int,
        labels: named.Labels = (),
    ) -> Sequence[Any]:
        """`labels` are the names of its items, where they stand apart."""
        if not labels:
            columns = named.first_row_of(items)
            if not columns and named.are_pairs(items):
                return unchanged(items, [self._pair(pair, depth, json_depth) for pair in items])
            if columns:
                header = self.value(items[0], "", depth, json_depth)
                rows = self._table(items[1:], columns, depth, json_depth)
                return unchanged(items, [header, *rows])
            labels = named.labels_of(items, name)
        if not labels:
            return unchanged(items, [self.value(item, name, depth, json_depth) for item in items])
        return unchanged(
            items,
            [
                self.value(item, name, depth, json_depth)
                if label is None
                else self._item((label,), item, labels, depth, json_depth)
                for item, label in zip(items, labels, strict=True)
            ],
        )

    def _pair(self, pair: Sequence[Any], depth: int, json_depth: int) -> Sequence[Any]:
        if depth >= MAX_DEPTH:
            return [self._hide("unscanned")]
        return self._list(pair, "", depth + 1, json_depth, (None, named.label_of(pair[0])))

    def _table(self, rows: Any, columns: named.Labels, depth: int, json_depth: int) -> Any:
        """Walks rows whose cells stand under the names of their columns, or one such row."""
        if not isinstance(rows, (list, tuple)) or depth >= MAX_DEPTH:
            return self.value(rows, "", depth, json_depth)
        if len(rows) == len(columns) and all(named.cells_of(row) is None for row in rows):
            return self._list(rows, "", depth + 1, json_depth, columns)
        return unchanged(rows, [self._row(row, columns, depth + 1, json_depth) for row in rows])

    def _row(self, row: Any, columns: named.Labels, depth: int, json_depth: int) -> Any:
        cells = named.cells_of(row)
        if cells is None or len(cells) != len(columns) or depth >= MAX_DEPTH:
            return self.value(row, "", depth, json_depth)
        walked = self._list(cells, "", depth + 1, json_depth, columns)
        if walked is cells or walked is row:
            return row
        return dict.fromkeys(row, walked) if isinstance(row, Mapping) else walked


def unchanged(items: Sequence[Any], walked: list[Any]) -> Sequence[Any]:
    """Returns the very same items where walking changed none of them."""
    same = all(one is other for one, other in zip(walked, items, strict=True))
    return items if same else walked


class Parts(tuple[Document, ...]):
    """A text that is JSON in part."""


def _decode(text: str) -> Any:
    """Returns the value of a JSON text, its parts where only a part is JSON, the text itself where nothing is."""
    try:
        return decoded(text)
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        pass
    try:
        return Parts(documents(text)) or text
    except RecursionError:
        return TOO_DEEP
