"""What `SPANVAS_RESTRICTED_ATTRIBUTES` names is shown in no call without `trace:content:restricted`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from spanvas.model.execution import Cause
from spanvas.semantics.structure_names import forget_names
from tests.functional.api.traces import write
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id

SECRET, PROMPT, MARK = "ada@example.com", "Where is my parcel", "[REDACTED:restricted]"
READ = "executions:read trace:read"
PLACES: dict[str, dict[str, Any]] = {
    "an attribute": {"customer.email": SECRET},
    "a key": {"app.request": {"customer": {"email": SECRET}}},
    "a key of JSON": {"spanvas.input": json.dumps({"customer": {"email": SECRET}})},
    "a message": {
        "gen_ai.input.messages": json.dumps(
            [{"role": "user", "parts": [{"type": "text", "content": f'{{"customer": "{SECRET}"}}'}]}]
        )
    },
    "an argument of a tool": {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.arguments": json.dumps({"customer": [SECRET]}),
    },
}  # fmt: skip
PATHS = ["/v1/executions", *(f"/v1/executions/exec_1{end}" for end in (
    "", "/trace", f"/spans/{span_id('a')}", "/export", "/artifacts"))]  # fmt: skip


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SPANVAS_RESTRICTED_ATTRIBUTES", "customer.*")
    forget_names()
    yield
    forget_names()


@pytest.fixture(params=PLACES)
def run(request: pytest.FixtureRequest, store: AuditedStore) -> AuditedStore:
    store.start_execution(make_execution())
    attributes = {"spanvas.output": PROMPT, **PLACES[request.param]}
    write(store, make_span("a", attributes=attributes))
    cause = Cause("ValueError", f"no parcel for {{'customer': '{SECRET}'}}")
    store.end_execution("acme", "exec_1", "failed", T0 + 3 * SECOND, cause)
    return store


def answers(api: Client) -> str:
    texts = [api.get(path, headers={"accept-encoding": "identity"}).text for path in PATHS]
    return "\n".join(texts).replace("\\", "")


def test_without_the_scope_content_is_shown_but_for_restricted_fields(
    api: Client, run: AuditedStore
) -> None:
    told = answers(api.acting_as(scope=f"{READ} trace:content"))

    assert SECRET not in told
    assert MARK in told
    assert PROMPT in told


def test_with_the_scope_all_of_it_is_shown(api: Client, run: AuditedStore) -> None:
    told = answers(api.acting_as(scope=f"{READ} trace:content trace:content:restricted"))

    assert SECRET in told
    assert MARK not in told


@pytest.mark.parametrize("scope", [READ, f"{READ} trace:content:restricted"])
def test_the_scope_alone_shows_no_content(api: Client, run: AuditedStore, scope: str) -> None:
    told = answers(api.acting_as(scope=scope))

    assert SECRET not in told
    assert PROMPT not in told


def test_a_search_finds_it_for_those_alone_who_may_read_it(api: Client, run: AuditedStore) -> None:
    hits = {
        scope: len(
            api.acting_as(scope=f"{READ} {scope}")
            .get("/v1/executions/exec_1/search", q=SECRET)
            .json["hits"]
        )
        for scope in ("", "trace:content", "trace:content trace:content:restricted")
    }

    assert list(hits.values()) == [0, 0, 1]


def test_a_tag_and_a_version_are_of_what_the_caller_may_read(
    api: Client, run: AuditedStore
) -> None:
    path = "/v1/executions/exec_1/trace"
    some = api.acting_as(scope=f"{READ} trace:content")
    every = api.acting_as(scope=f"{READ} trace:content trace:content:restricted")
    whole = every.get(path)

    assert some.get(path, headers={"if-none-match": whole.headers["ETag"]}).status == 200
    assert "positions" not in some.get(path, since=whole.json["version"]).json
    assert SECRET not in some.get(path, since=whole.json["version"]).text


@pytest.mark.parametrize("scope", ["trace:hold", "trace:hold trace:content"])
def test_holding_and_deleting_tell_no_more_than_reading_does(
    api: Client, run: AuditedStore, scope: str
) -> None:
    caller = api.acting_as(scope=f"{scope} trace:delete")
    path = "/v1/executions/exec_1"
    told = [caller.call(method, f"{path}/hold").text for method in ("POST", "DELETE")]

    assert SECRET not in "".join([*told, caller.call("DELETE", path).text])
    assert ("no parcel" in told[0]) is False


def test_without_the_setting_the_scope_is_not_asked_for(
    api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPANVAS_RESTRICTED_ATTRIBUTES")
    forget_names()

    assert SECRET in answers(api.acting_as(scope=f"{READ} trace:content"))


def test_a_message_of_an_error_is_restricted_by_the_name_of_its_attribute(
    api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPANVAS_RESTRICTED_ATTRIBUTES", "exception.message")
    forget_names()

    cause = api.acting_as(scope=f"{READ} trace:content").get("/v1/executions/exec_1").json["cause"]

    assert cause == {"error_type": "ValueError", "message": MARK}


def test_what_is_withheld_is_said_where_something_is(api: Client, run: AuditedStore) -> None:
    write(run, make_span("b", "a", attributes={"spanvas.output": PROMPT}))
    said = {}
    for scope in (READ, f"{READ} trace:content", f"{READ} trace:content trace:content:restricted"):
        caller = api.acting_as(scope=scope)
        said[scope.removeprefix(READ)] = [
            caller.get(f"/v1/executions/exec_1{end}").json.get("restricted_access")
            for end in ("/trace", f"/spans/{span_id('a')}", f"/spans/{span_id('b')}")
        ]
    assert said == {
        "": [None, None, None],
        " trace:content": ["denied", "denied", None],
        " trace:content trace:content:restricted": [None, None, None],
    }
