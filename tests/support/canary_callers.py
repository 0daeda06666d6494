"""What callers with different rights are answered of the canaries of one request."""

from __future__ import annotations

from tests.support.api_client import Client
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


def answers_to(api: Client) -> str:
    """Returns all that a caller is answered of the only execution. Escapes of JSON are taken out."""
    listed = api.get("/v1/executions")
    [execution] = listed.json["items"]
    return "\n".join((listed.text.replace("\\", ""), answers_of(api, execution["execution_id"])))


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
