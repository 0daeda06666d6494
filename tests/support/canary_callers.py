"""What callers with different rights are answered of the canaries of one request."""

from __future__ import annotations

from urllib.parse import quote

from spanvas_api.tempo.fields import FIELDS
from spanvas_api.tempo.tokens import STRING
from tests.support.api_client import Client, Reply
from tests.support.canary_request import request_of

MODES = ("none", "redacted", "full")
READ = "executions:read trace:read"
ROLES = {
    "viewer": READ,
    "auditor": f"{READ} audit:read",
    "content": f"{READ} trace:content",
    "operator": f"{READ} trace:content trace:artifact audit:read executions:start",
    "artifacts": f"{READ} trace:artifact",
}
WITH_CONTENT = ("content", "operator")
REQUEST, CANARIES, SPANS = request_of()


def found_in(data: str) -> list[str]:
    """Returns the places whose canaries are in a text."""
    return [place for place, text in CANARIES.items() if text in data]


def answers_as_tempo(api: Client, trace_id: str) -> list[Reply]:
    """Returns all that a caller is answered of a trace in the shapes of Tempo."""
    readable = {"accept-encoding": "identity"}
    asked = [f"/api/v2/traces/{trace_id}", f"/api/traces/{trace_id}"]
    replies = [
        api.get(path, {**readable, "accept": accept})
        for path in asked
        for accept in ("application/json", "application/protobuf")
    ]
    compared = [field.names[0] for field in FIELDS if not field.comparisons]
    every = " || ".join(f"{name} != nil" for name in compared)
    replies.append(api.get("/api/search", readable, q=f"{{ {every} }}", spss="100"))
    replies += [
        api.get(f"/api/v2/search/tag/{quote(field.names[0])}/values", readable)
        for field in FIELDS
        if field.type == STRING and field.depth.number > 0 and not field.values
    ]
    assert {reply.status for reply in replies} == {200}
    return replies


def answers_to(api: Client) -> str:
    """Returns all that a caller is answered of the only execution. Escapes of JSON are taken out."""
    listed = api.get("/v1/executions")
    [execution] = listed.json["items"]
    said = [listed.text, *[reply.text for reply in answers_as_tempo(api, execution["trace_id"])]]
    plain = [text.replace("\\", "") for text in said]
    return "\n".join((*plain, answers_of(api, execution["execution_id"])))


def answers_of(api: Client, execution_id: str) -> str:
    """Returns all that a caller is answered of one execution. Escapes of JSON are taken out."""
    path = f"/v1/executions/{execution_id}"
    said = [api.get(path).text, api.get(f"{path}/trace").text]
    said += [api.get(f"{path}/artifacts").text, api.get(f"{path}/accesses").text]
    said += [api.get(f"{path}/spans/{one}").text for one in SPANS]
    link = f"{path}/export"
    for content in ("full", "preview"):
        answer = api.get(link, {"accept-encoding": "identity"}, content=content)
        said.append(answer.text)
    return "\n".join(text.replace("\\", "") for text in said)
