"""The page `docs/reference/permissions.md`, written from the table of the API's rights."""

from __future__ import annotations

from typing import Final

from spanvas_api.policy import FIELDS, FILE, POLICY, RELATIONS
from spanvas_api.routes import ALL_ROUTES

HEAD: Final = """# Permissions

<!-- Written by `make openapi` from `functions/spanvas_api/policy.py`; change that, not this page. -->

Who may do what. The gateway has verified the token; the functions decide by this table, and a test tries each kind of
caller with each call on each kind of execution for each class of fields.

"""


def permissions_page() -> str:
    """Returns the text of the page."""
    return HEAD + "\n".join([*_calls(), "", *_fields(), "", *_relations(), ""])


def _calls() -> list[str]:
    paths = {route.operation: f"{route.method} {route.path}" for route in ALL_ROUTES}
    names = [*(fields.name for fields in FIELDS), FILE]
    lines = ["## Calls", "", "A call without its scope is refused (403) and tells nothing.", ""]
    lines.append("| call | scope | on | " + " | ".join(names) + " |")
    lines.append("|---|---|---|" + "---|" * len(names))
    for rule in POLICY:
        scopes = ", ".join(f"`{scope}`" for scope in (rule.scope, *rule.more_scopes))
        told = " | ".join("yes" if name in rule.tells else "" for name in names)
        lines.append(f"| `{paths[rule.call]}` | {scopes} | {rule.on} | {told} |")
    return lines


def _fields() -> list[str]:
    lines = [
        "## Classes of fields",
        "",
        "A caller reads a class if it may read those above it, too.",
        "",
    ]
    lines += ["| class | scope beyond the call's | what it is |", "|---|---|---|"]
    for fields in FIELDS:
        scope = f"`{fields.scope}`" if fields.scope else "none"
        lines.append(f"| {fields.name} | {scope} | {fields.description} |")
    return lines


def _relations() -> list[str]:
    lines = [
        "## Executions",
        "",
        "What is not there is answered by the same 404, and is in no list and no count.",
        "",
    ]
    lines += ["| execution | there | which |", "|---|---|---|"]
    for relation in RELATIONS:
        lines.append(
            f"| {relation.name} | {'yes' if relation.is_there else 'no'} | {relation.description} |"
        )
    lines += [
        "",
        "Records of accesses outlive the execution: they are listed when it has expired, to callers whose token is not",
        "restricted to workflows. A workflow that a token is kept from is neither listed nor started.",
    ]
    return lines
