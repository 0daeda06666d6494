"""Objects of client libraries, as callers have them at hand."""

from __future__ import annotations

import enum
import json
from collections import deque, namedtuple
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypedDict

import pydantic
import pytest

from spanvas import attributes as names
from spanvas.semantics.values import parsed
from spanvas.tracing.convert import json_text
from spanvas.tracing.generation import generation_content
from spanvas.tracing.plain_values import plain


class Role(enum.StrEnum):
    USER = "user"


class Color(enum.Enum):
    RED = "red"


class Block(pydantic.BaseModel):
    type: str = "text"
    text: str
    data: bytes | None = None


class Reply(pydantic.BaseModel):
    role: Role
    content: list[Block]


class Called(Block):
    """A field more than its base says."""

    calls: list[str]


class OfOldPydantic:
    """Before 2.7 `model_dump` knew no `serialize_as_any`."""

    def model_dump(self, *, warnings: bool = True) -> dict[str, Any]:
        return {"warnings": warnings}


@dataclass
class Turn:
    role: str
    content: str
    seen: datetime | None = None
    kind: str = field(default="request")


class Attr:
    """What the package `attrs` makes of a class."""

    __attrs_attrs__ = (SimpleNamespace(name="role"), SimpleNamespace(name="content"))
    __slots__ = ("content", "role")

    def __init__(self, role: str, content: str) -> None:
        self.role, self.content = role, content


class OfGoogle:
    def to_dict(self) -> dict[str, Any]:
        return {"role": "model", "parts": [{"text": "Lyon"}]}


class Typed(TypedDict):
    role: str


class Broken:
    def model_dump(self, **_: Any) -> dict[str, Any]:
        raise RuntimeError

    def __str__(self) -> str:
        raise RuntimeError


Pair = namedtuple("Pair", "role content")


def test_a_model_in_a_field_of_its_base_class_keeps_its_own_fields() -> None:
    reply = Reply(role=Role.USER, content=[Called(text="a", calls=["f"])])

    kept = {"type": "text", "text": "a", "data": None, "calls": ["f"]}
    assert plain(reply) == {"role": "user", "content": [kept]}
    assert json.loads(json_text(reply)) == {"role": "user", "content": [kept]}


def test_a_model_of_old_pydantic_is_asked_without_what_it_does_not_know() -> None:
    assert plain(OfOldPydantic()) == {"warnings": False}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Role.USER, "user"),
        (Color.RED, "red"),
        ({Color.RED: 1}, {"red": 1}),
        (b"\x89PNG", "iVBORw=="),
        (bytearray(b"\x00"), "AA=="),
        (Decimal("11.0"), 11),
        (Decimal("0.25"), 0.25),
        (Decimal("0.12345678901234567890123"), "0.12345678901234567890123"),
        (Decimal("Infinity"), "Infinity"),
        (2**70, 1180591620717411303424),
        (datetime(2026, 11, 29, tzinfo=UTC), "2026-11-29T00:00:00+00:00"),
        (Pair("user", "Hi"), {"role": "user", "content": "Hi"}),
        (("user", "Hi"), ["user", "Hi"]),
        (Typed(role="user"), {"role": "user"}),
        (Attr("user", "Hi"), {"role": "user", "content": "Hi"}),
        (OfGoogle(), {"role": "model", "parts": [{"text": "Lyon"}]}),
        (SimpleNamespace(role="user", _raw=1), {"role": "user"}),
        (
            Reply(role=Role.USER, content=[Block(text="Hi", data=b"\xff")]),
            {"role": "user", "content": [{"type": "text", "text": "Hi", "data": "/w=="}]},
        ),
        (Reply, str(Reply)),
        (Broken(), "Broken"),
    ],
)
def test_an_object_is_its_fields(given: Any, expected: Any) -> None:
    assert plain(given) == expected


def test_what_holds_itself_ends() -> None:
    endless: dict[str, Any] = {}
    endless["self"] = endless

    assert "dict" in str(plain(endless))


def content(output: Any) -> Any:
    return parsed(generation_content(None, None, output, None)[names.OUTPUT_MESSAGES])


@pytest.mark.parametrize(
    "given",
    [
        Reply(role=Role.USER, content=[Block(text="Hi")]),
        [Reply(role=Role.USER, content=[Block(text="Hi")])],
        {"choices": [{"message": Reply(role=Role.USER, content=[Block(text="Hi")])}]},
        Attr("user", "Hi"),
        Pair("user", "Hi"),
        ("user", "Hi"),
        [("user", "Hi")],
    ],
)
def test_client_objects_are_messages(given: Any) -> None:
    assert content(given) == [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]


def test_a_whole_response_keeps_what_stands_beside_its_messages() -> None:
    assert content(
        {
            "id": "resp_1",
            "output": [
                {
                    "type": "reasoning",
                    "id": "rs_1",
                    "summary": [{"type": "summary_text", "text": "Hm"}],
                },
                {
                    "type": "function_call",
                    "id": "fc_1",
                    "call_id": "c1",
                    "name": "f",
                    "arguments": "{}",
                },
            ],
            "usage": {"input_tokens": 3},
        }
    ) == [
        {"role": "assistant", "parts": [{"type": "reasoning", "content": "Hm", "id": "rs_1"}]},
        {
            "role": "assistant",
            "parts": [
                {"type": "tool_call", "id": "c1", "name": "f", "arguments": {}, "item_id": "fc_1"}
            ],
            "id": "resp_1",
            "usage": {"input_tokens": 3},
        },
    ]


def test_the_answer_of_gemini_and_of_bedrock_are_read_whole() -> None:
    gemini = {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finish_reason": "STOP"}
        ]
    }
    bedrock = {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
        "stopReason": "end_turn",
    }
    hi = {"role": "assistant", "parts": [{"type": "text", "content": "Hi"}]}

    assert content(gemini) == [{**hi, "finish_reason": "STOP"}]
    assert content(bedrock) == [{**hi, "finish_reason": "end_turn"}]


def test_a_picture_in_bytes_is_stored_as_a_picture() -> None:
    (message,) = parsed(
        generation_content(
            None,
            [
                {
                    "role": "user",
                    "content": [{"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}],
                }
            ],
            None,
            None,
        )[names.INPUT_MESSAGES]
    )

    assert message["parts"] == [{"type": "image", "mime_type": "image/png", "content": "iVBORw=="}]


class Linked:
    """An object that knows its neighbours, which know it."""

    def __init__(self) -> None:
        self.left = self.right = self


class Closed:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def twice_in_itself() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["left"] = found["right"] = found
    return found


def test_what_holds_itself_twice_is_the_name_of_its_type() -> None:
    assert plain(twice_in_itself()) == {"left": "dict", "right": "dict"}
    assert plain(Linked()) == {"left": "Linked", "right": "Linked"}


def test_what_several_objects_share_is_in_each_of_them() -> None:
    shared = {"text": "Hi"}

    assert plain([shared, {"again": shared}]) == [{"text": "Hi"}, {"again": {"text": "Hi"}}]


def test_objects_that_double_with_every_step_come_to_an_end() -> None:
    doubled: list[Any] = ["x"]
    for _ in range(60):
        doubled = [doubled, doubled]

    assert len(plain(doubled)) == 2


def test_an_object_that_raises_at_every_look_is_the_name_of_its_type() -> None:
    assert plain({"a": Closed(), "b": deque([1])}) == {"a": "Closed", "b": [1]}
