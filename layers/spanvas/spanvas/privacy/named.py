"""Names that stand apart from their values: in pairs, in columns, in the arguments of a command.

Each function says under which name something stands; the walk judges it as if it stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from spanvas.privacy.keys import MAX_PATH, is_secret_key, is_secret_label
from spanvas.privacy.rules.commands import secrets_of

NAME_FIELDS: Final = frozenset(
    {
        "name", "Name", "NAME", "key", "Key", "KEY", "k", "header", "Header", "headerName", "header_name", "field",
        "fieldName", "field_name", "param", "parameter", "ParameterKey", "parameterKey", "ParameterName",
        "parameter_name",
        "title", "FieldName", "variable", "var", "env", "attribute", "property", "label", "Label", "option", "id",
        "column", "setting", "element", "selector", "placeholder", "column_name", "columnName",
    }
)  # fmt: skip
VALUE_FIELDS: Final = frozenset(
    {
        "value", "Value", "VALUE", "FieldValue", "val", "v", "values", "Values", "ParameterValue", "parameterValue",
        "parameter_value",
        "stringValue", "string_value", "StringValue", "default", "defaultValue", "default_value", "DefaultValue",
        "currentValue", "current_value", "newValue", "new_value", "oldValue", "old_value", "previousValue",
        "previous_value",
    }
)  # fmt: skip
HELD_FIELDS: Final = frozenset({"text", "content", "data"})
"""What also holds a value where another field names a secret: what a browser's agent types is the `text`."""
SPEAKER: Final = "role"
"""In a message of a conversation `name` is who speaks, and its `content` is no value of that name."""
FLAGS: Final = frozenset(
    {"sensitive", "secret", "isSecret", "is_secret", "isSensitive", "is_sensitive", "masked", "httpOnly", "http_only"}
)  # fmt: skip
"""Under these `true` says that the value beside it is a secret."""
KINDS: Final = frozenset({"password", "secret", "secret_text", "SecureString", "secretText"})
"""Under `type`, the same."""
SECRET: Final = "secret"  # noqa: S105 - a word

LABELLED: Final = VALUE_FIELDS | HELD_FIELDS

COLUMN_FIELDS: Final = (
    "columns", "Columns", "column_names", "columnNames", "cols", "columnMetadata", "column_metadata", "ColumnInfo",
    "fields", "headers", "header", "names", "keys", "schema",
)  # fmt: skip
ROW_FIELDS: Final = frozenset(
    {"rows", "Rows", "data", "Data", "records", "values", "Values", "results", "result", "items"}
)
COLUMN_NAMES: Final = (
    "name",
    "Name",
    "column_name",
    "columnName",
    "field",
    "headerName",
    "label",
    "key",
    "title",
)
CELL_TEXTS: Final = ("VarCharValue", "stringValue", "S", "v", "value")

NAMING: Final = NAME_FIELDS | frozenset(CELL_TEXTS) | {"type"}
"""Names of which the value may say that another value is a secret."""

MODEL_TOKEN: Final = "token"  # noqa: S105 - a name
BESIDE_TOKENS: Final = frozenset(
    {"logprob", "logprobs", "top_logprobs", "log_prob", "prob", "probability", "rank", "token_id", "logit", "pos",
    "lemma"}
)  # fmt: skip
LONGEST_TOKEN: Final = 32

Labels = Sequence[str | None]


def is_model_token(name: str, item: Any, siblings: Iterable[Any]) -> bool:
    """Returns whether an object is a piece of text with its probability, which models call a token."""
    return (
        name == MODEL_TOKEN
        and isinstance(item, str)
        and len(item) <= LONGEST_TOKEN
        and not BESIDE_TOKENS.isdisjoint(siblings)
    )


def names_secret(name: Any, item: Any) -> bool:
    """Returns whether one pair of an object says that another pair holds a secret."""
    if name in NAME_FIELDS:
        return is_secret_label(item)
    return (name in FLAGS and item is True) or (
        name == "type" and isinstance(item, str) and item in KINDS
    )


def label_of(text: str) -> str:
    """Returns a text as the name of what stands beside it; a sentence about a secret names none."""
    if len(text) > MAX_PATH or (is_secret_key(text) and not is_secret_label(text)):
        return ""
    return text


def labels_in(value: Mapping[Any, Any]) -> dict[Any, str]:
    """Returns, for the fields of an object that hold a value, the name that stands in another field."""
    if LABELLED.isdisjoint(value):
        return {}
    pairs = value.items()
    label, fields = "", VALUE_FIELDS
    for name, item in pairs:
        if names_secret(name, item):
            label = item if name in NAME_FIELDS else SECRET
            fields = fields if SPEAKER in value else VALUE_FIELDS | HELD_FIELDS
        elif name in NAME_FIELDS and isinstance(item, str) and not label:
            label = label_of(item)
    return {name: label for name, _ in pairs if name in fields} if label else {}


def columns_in(value: Mapping[Any, Any]) -> Labels:
    """Returns the names of a table's columns: of an object with names in one field and rows in another."""
    if ROW_FIELDS.isdisjoint(value):
        return ()
    for field in COLUMN_FIELDS:
        columns = value.get(field)
        if field == "schema" and isinstance(columns, Mapping):
            columns = columns.get("fields")
        if isinstance(columns, (list, tuple)) and columns:
            names = [_column_name(column) for column in columns]
            if any(names):
                return names
    return ()


def _column_name(column: Any) -> str | None:
    if isinstance(column, (list, tuple)) and column:
        column = column[0]
    if isinstance(column, Mapping):
        column = next((column[name] for name in COLUMN_NAMES if name in column), None)
    return label_of(column) if isinstance(column, str) else None


def first_row_of(items: Sequence[Any]) -> Labels:
    """Returns the first row of a table that has its names there; empty where none of them is a secret's.

    Two columns of which the first name is a secret's are pairs: `[["authorization", …], ["accept", …]]`.
    """
    rows = [cells_of(item) for item in items[:2]]
    if len(rows) < 2 or rows[0] is None or rows[1] is None or len(rows[0]) != len(rows[1]):
        return ()
    names = [_cell_text(cell) for cell in rows[0]]
    if len(names) < 2 or None in names or not any(map(is_secret_label, names)):
        return ()
    return () if len(names) == 2 and is_secret_label(names[0]) else names


def cells_of(row: Any) -> Sequence[Any] | None:
    """Returns the cells of a row, which may be an object around one list: `{"Data": […]}`, `{"f": […]}`."""
    if isinstance(row, Mapping) and len(row) == 1:
        row = next(iter(row.values()))
    return row if isinstance(row, (list, tuple)) else None


def _cell_text(cell: Any) -> str | None:
    if isinstance(cell, Mapping):
        cell = next((cell[name] for name in CELL_TEXTS if name in cell), None)
    return cell if isinstance(cell, str) else None


def are_pairs(items: Sequence[Any]) -> bool:
    """Returns whether a list holds nothing but pairs of a name and a value."""
    return bool(items) and all(
        isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str)
        for item in items
    )


def labels_of(items: Sequence[Any], name: str) -> Labels:
    """Returns the names that stand before the items of a list: headers in turn, options and arguments."""
    if name.lower().endswith("headers") and len(items) % 2 == 0:
        labels: list[str | None] = [None] * len(items)
        for at in range(0, len(items), 2):
            labels[at + 1] = items[at] if is_secret_label(items[at]) else None
        return labels
    if not any(isinstance(item, str) and item[:1] == "-" for item in items):
        return ()
    return _argument_labels(items)


def _argument_labels(items: Sequence[Any]) -> Labels:
    secrets = secrets_of(items)
    for at, item in enumerate(items):
        if isinstance(item, str) and item[:1] == "-" and is_secret_label(item):
            secrets.add(at + 1)
    return [
        SECRET if at in secrets and (at - 1 not in secrets) and str(item)[:2] != "--" else None
        for at, item in enumerate(items)
    ]
