"""What a dialect is: a table that says under which names instrumentations write each field of the normal form.

Each dialect is a module of `spanvas.semantics.dialects` and an entry of `REGISTRY` there;
`docs/reference/dialects.md` is generated from their tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from spanvas.model.span import Event
from spanvas.model.units import NANO, unix_nano_of
from spanvas.semantics.values import at, number, parsed, unquoted

FIELDS: Final = {
    "request_model": "model that was asked for",
    "response_model": "model that answered",
    "provider": "provider, in OpenTelemetry's spelling",
    "service_tier": "tier of service that answered, where it has a price of its own",
    "input_tokens": "tokens of the input, cached ones included",
    "output_tokens": "tokens of the output, reasoning included",
    "total_tokens": "sum, which tells whether cached tokens were counted in",
    "cache_read_tokens": "part of the input that came from the cache",
    "cache_write_tokens": "part of the input that went into the cache",
    "reasoning_tokens": "part of the output that was reasoning",
    "modal_tokens": "tokens of text, images, audio and video: parts of the input, the output and the cache",
    "cost": "USD that the instrumentation reports",
    "finish_reasons": "why the model stopped",
    "system_instructions": "what the model was told to be",
    "input_messages": "messages to the model or the agent",
    "output_messages": "messages from it",
    "tool_definitions": "tools that were offered",
    "tool_name": "tool that ran",
    "tool_call_id": "the call it answers",
    "tool_arguments": "what it was called with",
    "tool_result": "what it gave back",
    "query": "what a retrieval looked for",
    "documents": "what it found",
    "input": "whatever else went in",
    "output": "whatever else came out",
    "agent": "name of the agent",
    "agent_version": "its version",
    "prompt_name": "prompt that was taken from a library of prompts",
    "prompt_version": "its version",
    "first_token_seconds": "seconds from the request to the first piece of the answer",
    "evaluations": "what was judged of the span: name, score, label, explanation",
    "node_id": "step of the workflow's graph",
    "workflow": "name of the workflow",
    "session": "conversation that the span is part of",
}
"""The fields of the normal form, in the order of the reference."""

CONTENT_FIELDS: Final = frozenset(
    {
        "system_instructions", "input_messages", "output_messages", "tool_definitions", "tool_arguments", "tool_result",
        "query", "documents", "input", "output",
    }
)  # fmt: skip
"""Fields that hold content. Tests hold the content names of the registry against them."""
USAGE_FIELDS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
)


class Reading(Protocol):
    """What a dialect reads from: the fields of `model.span.Span` that say what a span means."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The span's attributes, by key."""

    @property
    def name(self) -> str:
        """The span's name."""

    @property
    def scope_name(self) -> str:
        """The name of the instrumentation scope; empty where there is none."""

    @property
    def parent_span_id(self) -> str | None:
        """The parent's id, 16 hex digits; None for a root."""

    @property
    def events(self) -> Sequence[Event]:
        """The span's events, in their order."""

    @property
    def start_time_unix_nano(self) -> int | None:
        """When the span started; None where that is not known."""


class PartialSpan(NamedTuple):
    """What is known of a span before it is made. The default of `parent_span_id` stands for an unknown parent; None
    says that the span is a root."""

    attributes: Mapping[str, Any]
    name: str = ""
    scope_name: str = ""
    parent_span_id: str | None = "?"
    events: Sequence[Event] = ()
    start_time_unix_nano: int | None = None


EVENTS: Final = "(events)"


class Read(NamedTuple):
    """A value that is computed, or read from several attributes: `shown` is what the reference says of it, `attributes`
    are the names that it reads.

    Of a span that has none of what it `needs` it reads nothing: names of attributes, a beginning of names (which ends
    in a dot), or `EVENTS`. Empty where that is not known.
    """

    shown: str
    read: Callable[[Reading], Any]
    attributes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def inside(attribute: str, *paths: str) -> Read:
    """Makes a source that reads the first of several places in an attribute that is a JSON text or an object.

    A path is made of keys with `/` between them: `usage/input_tokens`.
    """
    steps = tuple(tuple(path.split("/")) for path in paths)

    def read(reading: Reading) -> Any:
        given = parsed(reading.attributes.get(attribute))
        if not isinstance(given, dict):
            return None
        for path in steps:
            found = at(given, *path)
            if found is not None:
                return found
        return None

    shown = ", ".join(f"`{path.replace('/', '.')}`" for path in paths)
    return Read(f"`{attribute}`: {shown}", read, (attribute,), (attribute,))


def summed(*attributes: str) -> Read:
    """Makes a source that reads the sum of numbers; None where one of them is missing."""

    def read(reading: Reading) -> float | None:
        numbers = [number(reading.attributes.get(name)) for name in attributes]
        known = [each for each in numbers if each is not None]
        return sum(known) if len(known) == len(attributes) else None

    return Read(" + ".join(f"`{name}`" for name in attributes), read, attributes)


def where(attribute: str, values: tuple[str, ...], *sources: str) -> tuple[Read, ...]:
    """Makes sources that read attributes only of spans on which another attribute has one of some values."""

    def of(source: str) -> Read:
        def read(reading: Reading) -> Any:
            given = reading.attributes.get(attribute)
            return reading.attributes.get(source) if given in values else None

        return Read(
            f"`{source}` where `{attribute}` is {'/'.join(values)}", read, (source,), (source,)
        )

    return tuple(of(source) for source in sources)


def first_event(*event_names: str) -> Read:
    """Makes a source that reads when the first event of one of these names was, as seconds since the span began."""

    def read(reading: Reading) -> float | None:
        start = reading.start_time_unix_nano
        moments = [event.time_unix_nano for event in reading.events if event.name in event_names]
        return (min(moments) - start) / NANO if moments and start else None

    shown = ", ".join(f"`{name}`" for name in event_names)
    return Read(f"event {shown}, from the start of the span", read, needs=(EVENTS,))


def since_start(attribute: str) -> Read:
    """Makes a source that reads a moment in ISO 8601 as seconds since the span began."""

    def read(reading: Reading) -> float | None:
        moment = unix_nano_of(unquoted(reading.attributes.get(attribute)))
        start = reading.start_time_unix_nano
        return None if moment is None or not start else (moment - start) / NANO

    return Read(f"`{attribute}`, from the start of the span", read, (attribute,), (attribute,))


Source = str | Read
"""The name of an attribute, or a function that reads a value."""


class Kinds(NamedTuple):
    """What the values of an attribute say about a span's kind. Values are compared in lower case."""

    attribute: str
    kinds: Mapping[str, str]

    def kind_of(self, reading: Reading) -> str | None:
        """Returns the kind that the attribute's value stands for, in any case, with or without quotes; else None."""
        value = reading.attributes.get(self.attribute)
        if not isinstance(value, str):
            return None
        return self.kinds.get(value) or self.kinds.get(value.strip('"').lower())


class Rule(NamedTuple):
    """A kind that takes more than one attribute to see; `shown` is what the reference says."""

    shown: str
    kind_of: Callable[[Reading], str | None]


class Dialect(NamedTuple):
    """A table. In `fields` the first source that has a value counts; in `kinds` the first that knows."""

    name: str
    title: str
    origin: str
    """Packages and versions that the names were read from."""
    kinds: tuple[Kinds | Rule, ...]
    fields: Mapping[str, tuple[Source, ...]]
    notes: tuple[str, ...] = ()
