"""Fields of an object that is brought into another form: what no rule takes is kept under its own name."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final

COLLISION: Final = "item_"
"""Before the name of a field that the new form has with another value: `id` of an item becomes `item_id`."""


def is_empty(value: Any) -> bool:
    """Says whether a value says nothing: None, an empty text, list or object, an object of nothing but None. 0 and
    False say something."""
    if isinstance(value, dict):
        return all(item is None for item in value.values())
    return value is None or (isinstance(value, (str, list, tuple)) and not value)


def merged(form: dict[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """Adds the fields of `rest` that say something to `form`, which is returned. Nothing in `form` is replaced."""
    for key, value in rest.items():
        if is_empty(value):
            continue
        name = str(key)
        while name in form and form[name] != value:
            name = COLLISION + name
        form[name] = value
    return form


class Fields:
    """Takes fields out of an object one by one. `rest` is what nobody took."""

    __slots__ = ("rest",)

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.rest = dict(item)

    def take(self, *names: str) -> Any:
        """Takes the first of these fields that says something, else the first that is there; None where none is."""
        rest = self.rest
        first: Any = None
        for name in names:
            if name not in rest:
                continue
            value = rest[name]
            if not is_empty(value):
                del rest[name]
                return value
            if first is None and value is not None:
                first = value
        return first

    def drop(self, *names: str) -> None:
        """Leaves out fields that only say what the form itself says."""
        for name in names:
            self.rest.pop(name, None)

    def drop_words(self, *names: str) -> None:
        """Leaves out fields that say in a word what the form says too. Whatever else they hold is kept as `item_type`,
        so that it does not stand where the form has its own word."""
        for name in names:
            value = self.rest.pop(name, None)
            if not isinstance(value, str):
                self.rest = merged(self.rest, {COLLISION + name: value})

    def set_aside(self, names: Container[str]) -> None:
        """Calls what is left under names that a rule takes `item_…`: a second reading would take it for another
        thing."""
        if any(name in names for name in self.rest):
            self.rest = {
                COLLISION + name if name in names else name: value
                for name, value in self.rest.items()
            }

    def open(self, *names: str) -> Any:
        """Takes the first of these fields. The fields of an object in it count as fields beside it: None is returned
        then, and any other value as it is."""
        inner = self.take(*names)
        if not isinstance(inner, dict):
            return inner
        # what is inside goes before what stands beside it
        self.rest = merged(dict(inner), self.rest)
        return None

    def kept(self, form: dict[str, Any]) -> dict[str, Any]:
        """Returns `form` with what nobody took."""
        return merged(form, self.rest)
