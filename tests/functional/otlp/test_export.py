"""GET .../export: what it holds, for whom, and that it comes back as the same trace."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanvas.model.span import Span
from spanvas.otlp.protojson import decode_json
from spanvas.storage.port import SpanBatch
from spanvas_api.operations import export_execution
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id
from tests.support.otlp_requests import TRACE, make_proto_span, make_request
from tests.support.stored_spans import stored_span

CONTENT = {"gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]'}
PATH = f"/v1/executions/{TRACE}/export"


def sent(otlp: OtlpClient) -> None:
    otlp.send(
        make_request(
            make_proto_span("a", attributes={"gen_ai.operation.name": "chat", **CONTENT}),
            make_proto_span(
                "b", "a", 0.1, events=[{"name": "gen_ai.user.message", "attributes": []}]
            ),
        )
    )


def pages(api: Client, path: str = PATH, **headers: str) -> list[Reply]:
    """Every page, by following `Link`."""
    replies = [api.get(path, headers)]
    while "Link" in replies[-1].headers:
        target, _, relation = replies[-1].headers["Link"].partition("; ")
        assert relation == 'rel="next"'
        url = urlsplit(target.strip("<>"))
        replies.append(api.get(url.path, headers, **dict(parse_qsl(url.query))))
    return replies


def tree(api: Client, execution_id: str) -> list[dict[str, Any]]:
    return api.get(f"/v1/executions/{execution_id}/trace").json["rows"]


def test_it_posts_back_and_yields_the_same_tree(otlp: OtlpClient, api: Client) -> None:
    sent(otlp)
    exported = api.get(PATH, format="otlp")
    assert exported.headers["Content-Type"] == "application/json"

    back = otlp.acting_as(tenant="globex").post(exported.text.encode(), "application/json")

    assert (back.status, back.partial_success) == (200, None)
    globex = api.acting_as(tenant="globex")
    assert tree(globex, TRACE) == tree(api, TRACE)
    for label in "ab":
        path = f"/v1/executions/{TRACE}/spans/{span_id(label)}"
        assert globex.get(path).json == api.get(path).json


def own_span(
    label: str, parent: str | None, kind: str, attributes: dict[str, Any], **overrides: Any
) -> Span:
    """As the layer writes it."""
    return make_span(
        label, parent, kind=kind, attributes={"spanvas.kind": kind, **attributes}, **overrides
    )


def test_a_layer_s_execution_comes_back_whole_too(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution())
    spans = [
        own_span("root", None, "workflow", {"spanvas.execution.id": "exec_1"}),
        own_span("n", "root", "node", {"spanvas.node.id": "classify", "spanvas.input": "Hi"}),
        own_span("open", "n", "tool", {}, end_time_unix_nano=None, status="unset"),
    ]
    store.write(SpanBatch("acme", "exec_1", spans))
    store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)

    exported = api.get("/v1/executions/exec_1/export").text.encode()
    otlp.acting_as(tenant="globex").post(exported, "application/json")

    assert tree(api.acting_as(tenant="globex"), "exec_1") == tree(api, "exec_1")


def test_each_span_of_a_layer_s_execution_names_it_and_one_that_came_over_otlp_is_as_it_came(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution())
    path = {"http.request.method": "GET", "spanvas.connection": "orders"}
    spans = [
        own_span("root", None, "workflow", {}),
        own_span("get", "root", "http", path, name="GET /orders/17"),
    ]
    store.write(SpanBatch("acme", "exec_1", spans))
    otlp.send(make_request(make_proto_span("a", attributes={"k": "v"})))

    def read(path: str, **query: str) -> dict[str, Span]:
        text = api.call("GET", f"/v1/executions/{path}/export", query=query).text
        return {span.span_id: span for span in decode_json(text.encode()).spans}

    labels = {
        "spanvas.execution.id": "exec_1",
        "spanvas.tenant": "acme",
        "spanvas.workflow.id": "support-triage",
        "spanvas.workflow.name": "Support triage",
    }
    for content in ("full", "preview", "none"):
        found = read("exec_1", content=content)
        assert [labels.items() <= span.attributes.items() for span in found.values()] == [True] * 2
    get = span_id("get")
    stored, sent = read("exec_1")[get], read("exec_1", content="preview")[get]
    assert (stored.name, stored.otel_kind) == ("GET /orders/17", "internal")
    assert (sent.name, sent.otel_kind) == ("GET", "client")
    assert sent.attributes["peer.service"] == "orders"
    assert read(TRACE)[span_id("a")].attributes == {"k": "v"}
    assert read(TRACE, content="preview")[span_id("a")].attributes == {"k": "v"}


def test_content_is_for_those_who_may_read_it_and_each_read_is_recorded(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    sent(otlp)
    assert "Hello" in api.get(PATH).text
    viewer = api.acting_as(subject="vera", scope="trace:read")
    withheld = viewer.get(PATH)
    assert "Hello" not in withheld.text
    assert "gen_ai.operation.name" in withheld.text
    assert {(a.principal, a.action, a.outcome) for a in store.accesses(TRACE)} == {
        ("ada", "export", "allowed"),
        ("vera", "export", "structure"),
    }


def test_of_events_that_carry_messages_only_the_name_is_for_everyone(
    otlp: OtlpClient, api: Client
) -> None:
    events = [
        {"name": "gen_ai.user.message", "attributes": make_proto_span("x", attributes={"content": "Hello"}).attributes},
        {"name": "retry", "attributes": make_proto_span("x", attributes={"n": 2, **CONTENT}).attributes},
    ]  # fmt: skip
    otlp.send(make_request(make_proto_span("a", events=events)))
    (span,) = decode_json(api.acting_as(scope="trace:read").get(PATH).text.encode()).spans
    assert [(event.name, event.attributes) for event in span.events] == [
        ("gen_ai.user.message", {}),
        ("retry", {"n": 2}),
    ]


def test_no_content_leaves_when_the_access_cannot_be_recorded(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    sent(otlp)
    store.audit_failure = OSError("disk full")
    reply = api.get(PATH)
    assert reply.status == 503
    assert "Hello" not in reply.text


def test_what_has_no_content_is_recorded_as_a_read_of_structure(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    otlp.send(make_request(make_proto_span("a")))
    assert api.get(PATH).status == 200
    assert [access.outcome for access in store.accesses(TRACE)] == ["structure"]


def test_a_large_execution_comes_in_pages_that_each_can_be_posted(
    otlp: OtlpClient, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_execution, "PAGE_BYTES", 2_000)
    monkeypatch.setattr(export_execution, "CODED_PAGE_BYTES", 4_000)
    for number in range(12):
        label = f"s{number}"
        otlp.send(
            make_request(make_proto_span(label, start=number, attributes={"note": "x" * 700}))
        )
    plain, coded = pages(api, **{"accept-encoding": "identity"}), pages(api)
    assert (len(plain), len(coded)) == (6, 3)
    for replies in (plain, coded):
        names = [s.name for reply in replies for s in decode_json(reply.text.encode()).spans]
        assert names == [f"s{number}" for number in range(12)]
    globex = otlp.acting_as(tenant="globex")
    for reply in plain[::-1]:
        assert globex.post(reply.text.encode(), "application/json").status == 200
    assert tree(api.acting_as(tenant="globex"), TRACE) == tree(api, TRACE)


def test_where_spans_compress_badly_pages_are_smaller(
    otlp: OtlpClient, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_execution, "PAGE_BYTES", 2_000)
    monkeypatch.setattr(export_execution, "MAX_CODED_BYTES", 1_500)
    for number in range(6):
        noise = "".join(f"{(n + number * 1000) * 2654435761 % 2**32:x}" for n in range(90))
        otlp.send(
            make_request(make_proto_span(f"s{number}", start=number, attributes={"note": noise}))
        )
    assert len(pages(api, **{"accept-encoding": "gzip"})) == 3


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_it_is_compressed_for_those_who_can_read_that(
    otlp: OtlpClient, api: Client, coding: str
) -> None:
    otlp.send(make_request(make_proto_span("a", attributes={"note": "x" * 2000})))
    reply = api.get(PATH, {"accept-encoding": coding})
    assert reply.headers["Content-Encoding"] == coding
    assert decode_json(reply.text.encode()).spans


@pytest.mark.parametrize(
    ("query", "field"),
    [({"format": "zipkin"}, "format"), ({"cursor": "x"}, "cursor"), ({"form": "otlp"}, "form")],
)
def test_what_it_does_not_know_is_named(
    otlp: OtlpClient, api: Client, query: dict[str, Any], field: str
) -> None:
    sent(otlp)
    reply = api.get(PATH, **query)
    assert (reply.status, reply.json["errors"][0]["field"]) == (400, field)


def test_an_execution_without_spans_is_a_request_of_nothing(
    api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution())
    assert orjson.loads(api.get("/v1/executions/exec_1/export").text) == {"resourceSpans": []}


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["note", "gen_ai.input.messages", "m.0.x", "spanvas.kind", "k"]),
    st.recursive(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False), st.booleans(), st.binary(max_size=4),
        ),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(attributes=ATTRIBUTES)
def test_any_value_that_is_kept_comes_back_as_it_was(
    otlp: OtlpClient, api: Client, store: AuditedStore, attributes: dict[str, Any]
) -> None:
    otlp.send(make_request(make_proto_span("a", attributes=attributes)))
    exported = api.get(PATH).text.encode()
    otlp.acting_as(tenant="globex").post(exported, "application/json")
    ours = stored_span(store, "acme", TRACE, span_id("a"))
    theirs = stored_span(store, "globex", TRACE, span_id("a"))
    assert ours == theirs
