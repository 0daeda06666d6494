"""Whose an execution is: the session and the user that its spans name, whoever has registered it."""

from __future__ import annotations

from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch
from tests.functional.storage.received import TRACE, root, send
from tests.support.builders import make_execution, make_span


def whose(store: TraceStore, execution_id: str = "exec_1") -> tuple[str, str]:
    found = store.read_execution("acme", execution_id)
    assert found is not None
    return found.session_id, found.user_id


def test_of_a_registered_execution_its_spans_say_it(store: TraceStore) -> None:
    store.start_execution(make_execution())
    assert whose(store) == ("", "")
    store.write(batch(make_span("a", attributes={"session.id": "s-1"})))
    store.write(batch(make_span("b", resource={"enduser.id": "ada"})))
    assert whose(store) == ("s-1", "ada")


def test_what_was_said_first_stays(store: TraceStore) -> None:
    store.start_execution(make_execution())
    store.write(batch(make_span("a", attributes={"session.id": "s-2", "user.id": "grace"})))
    store.write(batch(make_span("b", attributes={"session.id": "s-1", "user.id": "ada"})))
    assert whose(store) == ("s-2", "grace")


def test_spans_that_come_before_the_start_say_it_too(store: TraceStore) -> None:
    store.write(batch(make_span("a", attributes={"user.id": "ada"})))
    store.start_execution(make_execution())
    assert whose(store) == ("", "ada")


def test_over_otlp_the_user_is_the_same_in_every_order(store: TraceStore) -> None:
    for label, user in (("b", "grace"), ("c", "ada"), ("d", "zoe")):
        send(store, make_span(label, "a", attributes={"user.id": user}))
    send(store, root("a"))
    assert whose(store, TRACE)[1] == "ada"


def test_a_trace_that_is_joined_takes_its_user_along(store: TraceStore) -> None:
    send(store, make_span("b", "a", attributes={"user.id": "ada"}))
    send(store, root("a"), wanted="run-1")
    assert whose(store, TRACE)[1] == "ada"


def test_what_redaction_has_replaced_names_nobody(store: TraceStore) -> None:
    store.start_execution(make_execution())
    store.write(batch(make_span("a", attributes={"user.id": "[REDACTED:email]"})))
    assert whose(store) == ("", "")


def test_what_is_no_text_names_nobody(store: TraceStore) -> None:
    store.start_execution(make_execution())
    store.write(batch(make_span("a", attributes={"user.id": 7, "session.id": ["s-1"]})))
    assert whose(store) == ("", "")


def test_deleted_it_is_nobodys(store: TraceStore) -> None:
    store.start_execution(make_execution())
    said = {"session.id": "s-1", "user.id": "ada"}
    store.write(batch(make_span("a", attributes=said)))
    store.deletions.delete("acme", "exec_1", "ada")
    assert whose(store) == ("", "")
