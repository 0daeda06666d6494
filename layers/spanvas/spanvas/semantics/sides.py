"""What went into a span and what came out: messages, or something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.conversations import conversation, raw_messages
from spanvas.semantics.langchain import unwrapped_input, unwrapped_output
from spanvas.semantics.messages import says_something
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.values import is_given, parsed


class Side(NamedTuple):
    """Messages that are not in form yet, or something else that went in or came out. Our own `spanvas.input` and
    `spanvas.output` stand beside messages and are never taken for some."""

    messages: Sequence[Any] | None
    other: Any = None
    sources: tuple[Any, ...] = ()
    """Attributes' values that are here whole: nothing of them is left to show."""


def asked(reader: SpanReader, kind: str, is_whole: bool = False) -> Side:
    """Returns what went in. With `is_whole` also of messages that lack blocks, which takes a look at all values."""
    return _side(reader, kind, _INPUT, is_whole)


def answered(reader: SpanReader, kind: str, is_whole: bool = False) -> Side:
    """Returns what came out; `is_whole` as for `asked`."""
    return _side(reader, kind, _OUTPUT, is_whole)


class _Fields(NamedTuple):
    messages: str
    value: str
    own: str
    role: str
    unwrapped: Any


_INPUT: Final = _Fields("input_messages", "input", names.INPUT, "user", unwrapped_input)
_OUTPUT: Final = _Fields("output_messages", "output", names.OUTPUT, "assistant", unwrapped_output)


def _side(reader: SpanReader, kind: str, fields: _Fields, is_whole: bool) -> Side:
    messages, source = _messages(reader, kind, fields, is_whole)
    if messages and is_whole:
        messages = _with_lost_blocks(messages, reader, kind, fields)
    own_value = reader.span.attributes.get(fields.own)
    own = parsed(own_value)
    if messages or own is not None:
        return Side(messages, own, (source, own_value))
    value = reader.plan.value(fields.value, reader.span)
    return Side(None) if value is None else _of_value(fields.unwrapped(value), kind, fields.role)


def _messages(
    reader: SpanReader, kind: str, fields: _Fields, is_whole: bool
) -> tuple[Sequence[Any] | None, Any]:
    """The first messages that say something, and the value that they are all of.

    With `is_whole` the first that all say something; of those where some are empty the first, unless the whole request
    or response is there too. An empty message is no value.
    """
    torn: Sequence[Any] | None = None
    empty: Sequence[Any] | None = None
    for value in reader.plan.values(fields.messages, reader.span):
        given = parsed(value)
        messages = raw_messages(given)
        if not messages:
            continue
        # a row reads one message, the last of them as a rule
        is_enough = says_something(messages[-1]) and not is_whole
        if is_enough or (all if is_whole else any)(map(says_something, messages)):
            return messages, None if isinstance(given, dict) else value
        if any(map(says_something, messages)):
            torn = torn or messages
        else:
            empty = empty or messages
    if torn is None and empty is None:
        return None, None
    value = reader.plan.value(fields.value, reader.span)
    whole = _of_value(fields.unwrapped(value), kind, fields.role).messages
    if whole and len(whole) >= len(torn or ()) and all(map(says_something, whole)):
        return whole, None
    if torn is None and is_given(value):
        return None, None
    return torn or empty, None


def _with_lost_blocks(
    messages: Sequence[Any], reader: SpanReader, kind: str, fields: _Fields
) -> Sequence[Any]:
    """The messages of the whole request or response, where an instrumentation flattened fewer of their blocks."""
    value = reader.plan.value(fields.value, reader.span)
    whole = (
        None if value is None else _of_value(fields.unwrapped(value), kind, fields.role).messages
    )
    if not whole or len(whole) > len(messages):
        return messages
    own_system = len(messages) - len(whole)
    same = list(zip(messages[own_system:], whole, strict=True))
    if any(_blocks(given) > _blocks(message) for message, given in same):
        return [*messages[:own_system], *whole]
    return messages


def _blocks(message: Any) -> int:
    if not isinstance(message, dict):
        return 1
    held = message.get("message")
    if isinstance(held, dict):
        return _blocks(held)
    content = message.get("content", message.get("parts"))
    return len(content) if isinstance(content, (list, tuple)) else 1


def _of_value(value: Any, kind: str, role: str) -> Side:
    """Messages where there are any: anywhere in what a model was given or gave back, of other spans where the value
    is nothing but messages."""
    if kind == kinds.MODEL or not isinstance(value, dict) or len(value) == 1:
        messages = conversation(value)
        if messages:
            return Side(messages)
    if kind == kinds.MODEL and isinstance(value, str):
        return Side([{"role": role, "content": value}])
    if kind == kinds.MODEL and isinstance(value, dict) and "model" in value:
        value = value.get("input", value)  # of an embedding: the texts
    return Side(None, value if is_given(value) else None)
