"""The two headers that carry an execution on."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.propagation.carriers import (
    NOTHING,
    Parent,
    RemoteContext,
    carried,
    parent_of,
    remote_context_in,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


def test_what_is_carried_is_read_back() -> None:
    headers = carried(
        Parent(TRACE, SPAN),
        {
            "customer": "Åse & sons",
            "spanvas.execution.id": "arn:aws:states:eu-central-1:1:execution:m:r",
            "spanvas.tenant": "acme",
            "spanvas.workflow.id": "order-flow",
        },
    )
    assert headers == {
        "traceparent": TRACEPARENT,
        "baggage": "customer=%C3%85se%20%26%20sons,"
        "spanvas.execution.id=arn:aws:states:eu-central-1:1:execution:m:r,"
        "spanvas.tenant=acme,spanvas.workflow.id=order-flow",
    }
    assert remote_context_in(headers) == RemoteContext(
        Parent(TRACE, SPAN), "arn:aws:states:eu-central-1:1:execution:m:r", "acme", "order-flow"
    )


def test_names_are_read_in_any_case() -> None:
    headers = {"Traceparent": TRACEPARENT, "BAGGAGE": "spanvas.execution.id=e1;ttl=5 , broken"}
    assert remote_context_in(headers) == RemoteContext(Parent(TRACE, SPAN, 1), "e1")


@pytest.mark.parametrize("carrier", [None, [], "x", {}, {"traceparent": 3}, {3: TRACEPARENT}])
def test_what_carries_nothing(carrier: Any) -> None:
    assert remote_context_in(carrier) == NOTHING


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00-" + "0" * 32 + f"-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-0-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN.upper()}-01",
        f"00-{TRACE}-{SPAN}-0A",
        f"ff-{TRACE}-{SPAN}-01",
        f"FF-{TRACE}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01-what-follows",
        f"00-{TRACE}-{SPAN}-01-extra",
        f"00-{TRACE}-{SPAN}-01-",
        f"01-{TRACE}-{SPAN}-01.extra",
        f"cc-{TRACE}-{SPAN}-01,cc-{TRACE}-{SPAN}-01",
        f"0-{TRACE}-{SPAN}-01",
        f"000-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-001",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00 -{TRACE}-{SPAN}-01",
        f"00-{TRACE[:-1]}\u0663-{SPAN}-01",
    ],
)
def test_malformed_traceparent_is_nobodys(header: str) -> None:
    assert parent_of(header) is None
    assert remote_context_in({"traceparent": header, "tracestate": "a=1"}) == NOTHING


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        (f" 01-{TRACE}-{SPAN}-00-more ", 0),
        (f"cc-{TRACE}-{SPAN}-01", 1),
        (f"cc-{TRACE}-{SPAN}-01-", 1),
        (f"fe-{TRACE}-{SPAN}-ff-what-the-future-says", 1),
        (f"\t00-{TRACE}-{SPAN}-03", 3),
        (f"00-{TRACE}-{SPAN}-ff", 3),
    ],
)
def test_of_a_later_version_what_the_first_one_has_is_read(header: str, flags: int) -> None:
    assert parent_of(header) == Parent(TRACE, SPAN, flags)


def test_baggage_stays_within_its_limit() -> None:
    entries = {"a": "x" * 4_000, "b": "y" * 4_000, "c": "z" * 500, "d": "w"}
    headers = carried(Parent(TRACE, SPAN), entries)
    assert headers["baggage"] == "a=" + "x" * 4_000 + ",b=" + "y" * 4_000 + ",d=w"


def test_what_names_the_execution_goes_before_what_others_carry() -> None:
    entries = {"a": "x" * 4_094, "b": "y" * 4_080, "spanvas.execution.id": "e1"}
    headers = carried(Parent(TRACE, SPAN), entries)
    assert headers["baggage"] == "a=" + "x" * 4_094 + ",spanvas.execution.id=e1"
    many = {**{f"n{number}": "v" for number in range(300)}, "spanvas.execution.id": "e1"}
    members = carried(Parent(TRACE, SPAN), many)["baggage"].split(",")
    assert len(members) == 180
    assert members[-2:] == ["n178=v", "spanvas.execution.id=e1"]


def test_an_entry_of_the_baggage_is_whole_or_not_there() -> None:
    too_long = "a=" + "x" * 4_095
    assert carried(Parent(TRACE, SPAN), {"a": "x" * 4_095, "b": "1"})["baggage"] == "b=1"
    assert remote_context_in({"baggage": f"{too_long},spanvas.tenant=acme"}).tenant == "acme"
    assert carried(Parent(TRACE, SPAN), {"": "no name"}) == {"traceparent": TRACEPARENT}


@pytest.mark.parametrize("before", range(8_155, 8_175))
def test_an_entry_over_the_limit_is_left_out_as_a_whole(before: int) -> None:
    filler = ",".join(["f=" + "x" * 4_094, "g=" + "x" * (before - 4_096 - 1 - 2)])
    assert len(filler) == before
    entry = "spanvas.execution.id=order-1234567"
    found = remote_context_in({"baggage": f"{filler},{entry}"})
    fits = before + 1 + len(entry) <= 8_192
    assert found.execution_id == ("order-1234567" if fits else None)


def test_of_more_than_180_entries_the_first_ones_are_read() -> None:
    many = ",".join(f"n{number}=v" for number in range(179))
    last = {"baggage": f"{many},broken,spanvas.execution.id=e1"}
    assert remote_context_in(last).execution_id == "e1"
    late = {"baggage": f"{many},n179=v,spanvas.execution.id=e1"}
    assert remote_context_in(late).execution_id is None


@given(st.dictionaries(st.text(min_size=1), st.text(max_size=3_000), max_size=250))
def test_whatever_is_carried_is_within_the_limits_and_whole(entries: dict[str, str]) -> None:
    baggage = carried(Parent(TRACE, SPAN), entries).get("baggage", "")
    members = baggage.split(",") if baggage else []
    assert len(baggage) <= 8_192
    assert len(members) <= 180
    for member in members:
        name, _, value = member.partition("=")
        assert entries[unquote(name)] == unquote(value)


class TestState:
    @pytest.mark.parametrize(
        ("state", "kept"),
        [
            ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            (" a=1 ,\t,b=2,, ", "a=1,b=2"),
            ("fw529a3039@dt=FfwQNPE", "fw529a3039@dt=FfwQNPE"),
            ("a=b c", "a=b c"),
            ("", ""),
            ("A=1", ""),
            ("a=1,a=2", ""),
            ("a=1=2", ""),
            ("a", ""),
            ("a=", ""),
            ("a=\u00e9", ""),
            ("k" * 256 + "=1", "k" * 256 + "=1"),
            ("k" * 257 + "=1", ""),
            ("a=" + "v" * 256, "a=" + "v" * 256),
            ("a=" + "v" * 257, ""),
            (
                ",".join(f"k{number}=v" for number in range(32)),
                ",".join(f"k{number}=v" for number in range(32)),
            ),
            (",".join(f"k{number}=v" for number in range(33)), ""),
        ],
    )
    def test_a_valid_one_goes_on_and_a_malformed_one_does_not(self, state: str, kept: str) -> None:
        found = remote_context_in({"traceparent": TRACEPARENT, "TraceState": state})
        assert found.parent == Parent(TRACE, SPAN, 1, kept)

    def test_it_is_passed_on(self) -> None:
        headers = carried(Parent(TRACE, SPAN, 1, "rojo=1,congo=2"), {})
        assert headers == {"traceparent": TRACEPARENT, "tracestate": "rojo=1,congo=2"}

    def test_over_512_characters_long_members_go_first_and_then_the_last_ones(self) -> None:
        long, short = "long=" + "x" * 130, [f"k{number:02}=" + "v" * 56 for number in range(9)]
        assert len(",".join(short)) == 548
        state = ",".join([short[0], long, *short[1:]])
        headers = carried(Parent(TRACE, SPAN, 1, state), {})
        assert headers["tracestate"] == ",".join(short[:8])
        fits = ",".join([long, *short[:6]])
        assert carried(Parent(TRACE, SPAN, 1, fits), {})["tracestate"] == fits


def test_no_baggage_is_no_header() -> None:
    assert carried(Parent(TRACE, SPAN, 0), {}) == {"traceparent": f"00-{TRACE}-{SPAN}-00"}
