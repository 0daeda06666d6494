"""Redaction of whole spans: what goes, what stays, and what the receipt says."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest

from spanvas.model.span import Event, Link, Span
from spanvas.privacy.redact import FIELDS, FULL, NONE, REDACTED, Redactor
from spanvas.privacy.scan import Scanner

SCANNER = Scanner()
NEVER = 10_000


def make_span(**overrides: Any) -> Span:
    fields: dict[str, Any] = {
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "span_id": "00f067aa0ba902b7",
        "parent_span_id": None,
        "name": "chat",
        "kind": "model",
        "start_time_unix_nano": 1_000_000_000,
        "end_time_unix_nano": 2_000_000_000,
    }
    return Span(**{**fields, **overrides})


def redact(mode: str = REDACTED, **overrides: Any) -> Span:
    return Redactor(mode, NEVER, SCANNER).redact(make_span(**overrides))


def attributes(mode: str = REDACTED, **values: Any) -> dict[str, Any]:
    return dict(redact(mode, attributes=values["given"]).attributes)


def test_clean_span_is_equal_to_what_went_in() -> None:
    span = make_span(
        attributes={
            "spanvas.output": '{"answer": [1, 2.5, null]}',
            "http.response.status_code": 200,
        },
        events=(Event("retry", 1, {"delay_ms": 400}),),
        links=(Link("a" * 32, "b" * 16, {"why": "batch"}),),
        resource={"service.name": "brief"},
    )
    assert Redactor(REDACTED, NEVER, SCANNER).redact(span) == span


def test_secret_in_content_is_replaced_and_receipted() -> None:
    assert attributes(given={"spanvas.input": "mail ada@example.org or bob@example.org"}) == {
        "spanvas.input": "mail [REDACTED:email] or [REDACTED:email]",
        "spanvas.redaction": {"email": 2},
    }


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_secret_is_found_at_every_depth_of_json_in_strings(depth: int) -> None:
    value: Any = {"note": 'he said "password: hunter2"'}
    for _ in range(depth):
        value = {"body": json.dumps(value)}
    cleaned = attributes(given={"gen_ai.input.messages": json.dumps(value)})
    assert "hunter2" not in json.dumps(cleaned)
    assert cleaned["spanvas.redaction"] == {"password": 1}


def test_json_deeper_than_the_limit_is_scanned_as_text() -> None:
    value = json.dumps("ada@example.org")
    for _ in range(7):
        value = json.dumps([value])
    assert "ada@example.org" not in attributes(given={"spanvas.input": value})["spanvas.input"]


def test_key_names_redact_strings_lists_and_objects_in_content_and_outside() -> None:
    assert attributes(
        given={
            "spanvas.input": {"Authorization": ["x y"], "input_tokens": 12, "max_tokens": 4096},
            "http.request.header.cookie": "a=b",
            "config": {"access_token": "abc", "credentials": {"user": "bob"}, "password": None},
            "pin": {"password": 4711, "token": 4096, "otp": True},
        }
    ) == {
        "spanvas.input": {
            "Authorization": "[REDACTED:key]",
            "input_tokens": 12,
            "max_tokens": 4096,
        },
        "http.request.header.cookie": "[REDACTED:key]",
        "config": {
            "access_token": "[REDACTED:key]",
            "credentials": "[REDACTED:key]",
            "password": None,
        },
        "pin": {"password": "[REDACTED:key]", "token": 4096, "otp": True},
        "spanvas.redaction": {"key": 5},
    }


def test_headers_of_which_each_begins_as_words_of_schemas_do_are_none() -> None:
    given = {"credentials": {"x-user": "ada", "x-session": "correct horse"}}
    assert attributes(given=given)["credentials"] == "[REDACTED:key]"


def test_schema_of_a_secret_parameter_stays() -> None:
    schema = {"properties": {"password": {"type": "string", "description": "the user's"}}}
    assert attributes(given={"gen_ai.tool.definitions": json.dumps([schema])}) == {
        "gen_ai.tool.definitions": json.dumps([schema])
    }


def test_attributes_of_a_span_and_of_its_events_keep_their_order() -> None:
    mixed = {"input.value": "a@example.org", "a": 1, "output.value": "b", "z": "c@example.org"}
    span = redact(attributes=mixed, events=(Event("step", 1, mixed),))

    assert list(span.attributes) == [*mixed, "spanvas.redaction"]
    assert list(span.events[0].attributes) == list(mixed)


def test_redacting_twice_changes_nothing_more() -> None:
    redactor = Redactor(REDACTED, NEVER, SCANNER)
    once = redactor.redact(make_span(attributes={"a": {"token": "abc"}, "b": "pwd=hunter2;"}))
    assert redactor.redact(once) == once


def test_receipts_of_an_earlier_redaction_are_added_up() -> None:
    given = {"spanvas.redaction": {"email": 1, "jwt": 2}, "note": "ada@example.org"}
    assert attributes(given=given)["spanvas.redaction"] == {"email": 2, "jwt": 2}


DEEP = "[" * 100_000


@pytest.mark.parametrize("is_remembering", [False, True])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"token": 10**5_000}, {"token": "[REDACTED:key]", "spanvas.redaction": {"key": 1}}),
        ({"token": -(10**5_000)}, {"token": "[REDACTED:key]", "spanvas.redaction": {"key": 1}}),
        ({"token": 99_999_999_999}, {"token": 99_999_999_999}),
        (
            {"note": '{"a": 1}\n' + DEEP},
            {"note": "[REDACTED:unscanned]", "spanvas.redaction": {"unscanned": 1}},
        ),
        (
            {"spanvas.redaction": {"email": "x", "jwt": None, 7: 1}, "note": "ada@example.org"},
            {"spanvas.redaction": {"email": 1}, "note": "[REDACTED:email]"},
        ),
    ],
    ids=["long", "negative", "short", "deep", "forged receipt"],
)
def test_nothing_that_a_sender_writes_costs_a_span(
    given: dict[str, Any], expected: dict[str, Any], is_remembering: bool
) -> None:
    redactor = Redactor(REDACTED, NEVER, SCANNER, is_remembering=is_remembering)
    assert redactor.redact(make_span(attributes=given)).attributes == expected


def test_canaries_are_found_wherever_a_span_can_hold_one() -> None:
    canary = "ada@example.org"
    span = redact(
        name=f"mail {canary}",
        status="error",
        status_message=f"bounced: {canary}",
        attributes={"plain": canary, f"key {canary}": 1, "bytes": canary.encode()},
        events=(Event("exception", 1, {"exception.message": canary, "list": [canary]}),),
        links=(Link("a" * 32, "b" * 16, {"from": canary}),),
        resource={"process.command_line": f"run {canary}"},
    )
    assert canary not in repr(span)
    assert span.name == "mail [REDACTED:email]"
    assert span.attributes["bytes"] == "[REDACTED:email]"
    assert span.attributes["key [REDACTED:email]"] == 1
    assert span.resource == {"process.command_line": "run [REDACTED:email]"}
    assert span.attributes["spanvas.redaction"] == {"email": 8}


def test_identifiers_stay_what_they_are() -> None:
    given = {"spanvas.execution.id": "order@example.org", "other": {3: "x"}}
    assert attributes(given=given) == given


def test_mode_none_drops_content_and_still_redacts_the_rest() -> None:
    span = redact(
        NONE,
        attributes={
            "spanvas.input": "hello",
            "llm.input_messages.0.message.content": "hello",
            "url.path": "/of/ada@example.org",
        },
        events=(
            Event("gen_ai.user.message", 1, {"content": "hello"}),
            Event("tool", 2, {"gen_ai.tool.call.result": "x", "n": 1}),
        ),
    )
    assert span.attributes == {
        "url.path": "/of/[REDACTED:email]",
        "spanvas.redaction": {"email": 1},
    }
    assert span.events == (Event("gen_ai.user.message", 1, {}), Event("tool", 2, {"n": 1}))


def test_mode_full_keeps_content_and_still_redacts_the_rest() -> None:
    span = redact(
        FULL,
        attributes={"spanvas.input": "ada@example.org", "note": "ada@example.org"},
        events=(Event("gen_ai.choice", 1, {"content": "ada@example.org"}),),
    )
    assert span.attributes == {
        "spanvas.input": "ada@example.org",
        "note": "[REDACTED:email]",
        "spanvas.redaction": {"email": 1},
    }
    assert span.events == (Event("gen_ai.choice", 1, {"content": "ada@example.org"}),)


def test_content_of_events_is_redacted_as_content() -> None:
    span = redact(events=(Event("gen_ai.choice", 1, {"content": "ada@example.org"}),))
    assert span.events == (Event("gen_ai.choice", 1, {"content": "[REDACTED:email]"}),)
    assert span.attributes == {"spanvas.redaction": {"email": 1}}


def test_without_re2_key_names_work_and_content_and_free_text_are_dropped() -> None:
    span = Redactor(REDACTED, NEVER, None).redact(
        make_span(
            attributes={
                "spanvas.input": "hello",
                "http.response.status_code": 500,
                "url.full": "https://example.org/?token=abc",
                "http.request.header.authorization": "abc",
                "nested": [{"password": "x", "spanvas.kind": "node"}],
            },
            events=(Event("exception", 1, {"exception.message": "m", "exception.type": "E"}),),
            status_message="m",
        )
    )
    assert (span.name, span.status_message) == ("chat", "[REDACTED:unscanned]")
    assert span.attributes == {
        "spanvas.input": "[REDACTED:unscanned]",
        "http.response.status_code": 500,
        "url.full": "[REDACTED:unscanned]",
        "http.request.header.authorization": "[REDACTED:key]",
        "nested": [{"password": "[REDACTED:key]", "spanvas.kind": "node"}],
        "spanvas.redaction": {"key": 2, "unscanned": 4},
    }
    assert span.events == (
        Event("exception", 1, {"exception.message": "[REDACTED:unscanned]", "exception.type": "E"}),
    )


class Clock:
    """Stands still for so many looks, then is past every budget."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> int:
        self.looks -= 1
        return 0 if self.looks >= 0 else 5_000_000


@pytest.mark.parametrize("looks", range(1, 40))
def test_over_budget_at_any_moment_drops_content_whole_and_keeps_the_span(looks: int) -> None:
    redactor = Redactor(REDACTED, 1, SCANNER, Clock(looks))
    content = ["ada@example.org", "bob@example.org"]
    span = redactor.redact(make_span(attributes={"n": 1, "token": "abc", "spanvas.input": content}))
    assert span.name == "chat"
    assert span.attributes["n"] == 1
    assert span.attributes["token"] == "[REDACTED:key]"
    receipt = span.attributes["spanvas.redaction"]
    if span.attributes["spanvas.input"] == "[REDACTED:unscanned]":
        assert receipt == {"key": 1, "unscanned": 1}
    else:
        assert span.attributes["spanvas.input"] == ["[REDACTED:email]", "[REDACTED:email]"]
        assert receipt == {"email": 2, "key": 1}


def test_over_budget_before_anything_was_scanned_drops_content() -> None:
    span = Redactor(REDACTED, 1, SCANNER, Clock(1)).redact(
        make_span(attributes={"spanvas.input": "x"})
    )
    assert span.attributes["spanvas.input"] == "[REDACTED:unscanned]"


def test_over_budget_a_secret_outside_of_content_goes_and_names_stay() -> None:
    given = {
        "http.response.header.x-note": "AKIAIOSFODNN7EXAMPLE",
        "bytes": b"AKIAIOSFODNN7EXAMPLE",
        "list": ["to ada@example.org"],
        "http.request.method": "GET",
        "huge": "x" * 2_000_001,
    }
    span = redact(name="chat with ada@example.org", attributes=given)
    assert span.name == "[REDACTED:unscanned]"
    assert span.attributes == {
        "http.response.header.x-note": "[REDACTED:unscanned]",
        "bytes": "[REDACTED:unscanned]",
        "list": ["[REDACTED:unscanned]"],
        "http.request.method": "GET",
        "huge": "[REDACTED:unscanned]",
        "spanvas.redaction": {"unscanned": 5},
    }


def test_text_too_large_to_scan_is_dropped() -> None:
    huge = "x" * 2_000_001
    assert attributes(given={"spanvas.input": huge, "spanvas.output": f'"{huge}"'}) == {
        "spanvas.input": "[REDACTED:unscanned]",
        "spanvas.output": "[REDACTED:unscanned]",
        "spanvas.redaction": {"unscanned": 2},
    }


def test_nesting_without_end_is_cut() -> None:
    value: list[Any] = []
    for _ in range(100):
        value = [value]
    assert "unscanned" in attributes(given={"deep": value})["spanvas.redaction"]


def test_odd_values_are_kept() -> None:
    given = {
        "surrogate": "\ud800 alone",
        "not json": "{broken",
        "bytes": b"\xff\x00",
        "nan": float("nan"),
        "long number": "[" + "1" * 5_000 + "]",
    }
    cleaned = attributes(given=given)
    assert repr(cleaned) == repr(given)


def test_json_with_more_levels_than_can_be_read_is_dropped() -> None:
    cleaned = attributes(given={"deep json": "[" * 100_000})
    assert cleaned == {
        "deep json": "[REDACTED:unscanned]",
        "spanvas.redaction": {"unscanned": 1},
    }


def test_surrogates_beside_a_secret_survive() -> None:
    assert attributes(given={"a": "\ud800 ada@example.org"})["a"] == "\ud800 [REDACTED:email]"


def test_resource_shared_by_spans_is_scanned_once() -> None:
    resource = {"host.name": "ada@example.org"}
    redactor = Redactor(REDACTED, NEVER, SCANNER)
    one = redactor.redact(make_span(resource=resource))
    other = redactor.redact(make_span(resource=resource))
    assert one.resource == {"host.name": "[REDACTED:email]"}
    assert other.resource is one.resource


def test_content_under_a_secret_name_is_replaced() -> None:
    given = {"gen_ai.prompt.0.password": "abc"}
    assert attributes(given=given)["gen_ai.prompt.0.password"] == "[REDACTED:key]"


def test_single_texts_are_redacted_as_spans_are() -> None:
    assert Redactor(FULL, NEVER, SCANNER).redact_text("to ada@example.org") == "to [REDACTED:email]"
    assert Redactor(FULL, NEVER, None).redact_text("to ada") == "[REDACTED:unscanned]"
    assert Redactor(FULL, NEVER, None).redact_text("") == ""


def test_a_text_full_of_hits_is_given_up_when_its_time_is_over() -> None:
    full = "x1.x@y.zz " * 6_500
    span = Redactor(REDACTED, 1, SCANNER).redact(make_span(attributes={"spanvas.input": full}))
    assert span.attributes["spanvas.input"] == "[REDACTED:unscanned]"
    assert span.attributes["spanvas.redaction"] == {"unscanned": 1}


def test_names_that_were_clean_are_not_scanned_again_and_others_are() -> None:
    scanned: list[bytes] = []

    class Counting(Scanner):
        def rules_in(self, texts: Sequence[bytes]) -> tuple[int, ...]:
            scanned.extend(texts)
            return super().rules_in(texts)

    redactor = Redactor(REDACTED, NEVER, Counting())
    given = {"app.step": 1, "ada@example.org": 2, "x" * 101: 3}
    for _ in range(2):
        span = redactor.redact(make_span(attributes=given))
        assert list(span.attributes)[1] == "[REDACTED:email]"
    clean = make_span(attributes={"app.step": 1, "x" * 101: 3})
    scanned.clear()
    for _ in range(3):
        redactor.redact(clean)
    assert scanned.count(b"app.step") == 1
    assert scanned.count(b"x" * 101) == 3


def test_names_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spanvas.privacy.span_redaction.MAX_NAMES", len(FIELDS) + 3)
    redactor = Redactor(REDACTED, NEVER, SCANNER)
    for number in range(20):
        redactor.redact(make_span(attributes={f"app.{number}": 1}))
    assert len(redactor._clean_names - FIELDS) < 5


def test_waiting_for_a_cpu_is_no_reason_to_drop_content() -> None:
    """The budget is CPU time: a thread that is held up has not scanned for longer."""

    class HeldUp(Scanner):
        def rules_in(self, texts: Sequence[bytes]) -> tuple[int, ...]:
            time.sleep(0.05)
            return super().rules_in(texts)

    given = {"spanvas.input": "mail ada@example.org"}
    span = Redactor(REDACTED, 20, HeldUp()).redact(make_span(attributes=given))
    assert span.attributes["spanvas.input"] == "mail [REDACTED:email]"


class CollectedWhileScanning(Scanner):
    """A scanner in whose first 21 ms the garbage collector looks at all objects, `collections` times."""

    def __init__(self, collections: int) -> None:
        super().__init__()
        self.now = 0
        self._collections = collections

    def rules_in(self, texts: Sequence[bytes]) -> tuple[int, ...]:
        if not self.now:
            for _ in range(self._collections):
                gc.collect()
            self.now = 21_000_000
        return super().rules_in(texts)


@pytest.mark.parametrize(
    ("collections", "kept"),
    [(0, "[REDACTED:unscanned]"), (1, "mail [REDACTED:email]"), (2, "mail [REDACTED:email]")],
)
def test_a_full_garbage_collection_is_no_reason_to_drop_content(
    collections: int, kept: str
) -> None:
    scanner = CollectedWhileScanning(collections)
    redactor = Redactor(REDACTED, 20, scanner, lambda: scanner.now)
    span = redactor.redact(make_span(attributes={"spanvas.input": "mail ada@example.org"}))
    assert span.attributes["spanvas.input"] == kept


def test_the_budget_begins_anew_after_one_full_garbage_collection_alone() -> None:
    now = 0

    def clock() -> int:
        nonlocal now
        gc.collect()
        now += 8_000_000
        return now

    text = ["a@example.org " * 9_000] * 20
    redactor = Redactor(REDACTED, 20, SCANNER, clock)
    span = redactor.redact(make_span(attributes={"spanvas.input": text}))
    assert span.attributes["spanvas.input"] == "[REDACTED:unscanned]"


@pytest.mark.parametrize(
    "text",
    [
        ",".join(["password", "x"] * 100) + "\n" + ("a," * 199 + "a\n") * 400,
        '"token","' * 100_000,
    ],
    ids=["wide table", "one line of names"],
)
def test_tables_in_a_hostile_text_do_not_outlast_the_budget(text: str) -> None:
    before = time.thread_time()
    redactor = Redactor(REDACTED, 20, SCANNER)
    span = redactor.redact(make_span(attributes={"spanvas.output": text}))
    assert span.attributes["spanvas.output"] == "[REDACTED:unscanned]"
    assert time.thread_time() - before < 1


@pytest.mark.parametrize("is_remembering", [False, True])
@pytest.mark.parametrize("budget_ms", [0, 10_000])
@pytest.mark.parametrize("called", ["--password", "password", "curl --token", "--api-key x", "-p"])
def test_a_span_or_an_event_may_be_called_as_a_secret_is(
    called: str, budget_ms: int, is_remembering: bool
) -> None:
    events = (
        Event(called, 1, {"n": 1}),
        Event("x", 2, {"value": "password"}),
        Event(called, 3, {}),
    )
    links = (Link("0" * 32, "0" * 16, {"S": "token"}), Link("0" * 32, "1" * 16, {"S": "ada"}))
    span = make_span(name=called, attributes={"n": 7, "mail": "x"}, events=events, links=links)
    redactor = Redactor("redacted", budget_ms, SCANNER, is_remembering=is_remembering)

    found = redactor.redact(span)

    assert found.attributes["n"] == 7
    assert [event.name for event in found.events][1] == "x"
    assert found.events[0].attributes == {"n": 1}
    assert [link.attributes for link in found.links] == [{"S": "token"}, {"S": "ada"}]
