"""A cursor is good for the caller to whom it was given, in every call that answers pages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from spanvas_api.operations import delete_executions, export_execution
from tests.functional.api.traces import write
from tests.support.api_client import Client, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import make_execution, make_span

PATH = "/v1/executions/exec_1"
CALLS = {
    "history": ("GET", "/v1/executions", {"limit": "1"}),
    "trace": ("GET", f"{PATH}/trace", {"limit": "1"}),
    "accesses": ("GET", f"{PATH}/accesses", {"limit": "1"}),
    "export": ("GET", f"{PATH}/export", {}),
    "deletion": ("DELETE", "/v1/executions", {"session_id": "conv-1"}),
}


@pytest.fixture
def kept(store: AuditedStore, api: Client, monkeypatch: pytest.MonkeyPatch) -> AuditedStore:
    """Two of everything, and pages of one."""
    monkeypatch.setattr(delete_executions, "PAGE", 1)
    monkeypatch.setattr(delete_executions, "is_time_left", lambda *_: lambda: False)
    monkeypatch.setattr(export_execution, "CODED_PAGE_BYTES", 1)
    monkeypatch.setattr(export_execution, "PAGE_BYTES", 1)
    for execution_id in ("exec_1", "exec_2"):
        store.start_execution(make_execution(execution_id))
    write(store, make_span("a", attributes={"spanvas.input": "hello"}))
    write(store, make_span("b", "a", 1))
    for _ in range(3):
        api.get(f"{PATH}/export")
    return store


def cursor_of(reply: Reply) -> str:
    """Returns the cursor of the next page; the export has it in its header `Link`."""
    assert reply.status == 200, reply.text
    if "Link" in reply.headers:
        url = reply.headers["Link"].partition(">")[0].strip("<")
        return parse_qs(urlsplit(url).query)["cursor"][0]
    cursor: str = reply.json["next_cursor"]
    assert cursor
    return cursor


@pytest.mark.parametrize("call", CALLS)
def test_a_cursor_is_good_for_its_caller_alone(api: Client, kept: AuditedStore, call: str) -> None:
    method, path, query = CALLS[call]
    cursor = cursor_of(api.call(method, path, query=query))
    query = {**query, "cursor": cursor}

    refused = api.acting_as(subject="bob").call(method, path, query=query)

    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "cursor")
    assert api.acting_as(tenant="globex").call(method, path, query=query).status in (400, 404)
    assert api.call(method, path, query=query).status == 200
