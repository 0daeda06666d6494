"""Every kind of caller x every call x every kind of execution x every class of fields, by the table of the policy.

What is expected is computed from the table alone; what is found is what the API answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from executor.document import read_document
from spanvas.model.artifact import Artifact
from spanvas.model.execution import Cause
from spanvas.model.ids import trace_id_for
from spanvas.semantics.structure_names import forget_names
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.policy import (
    CONTENT,
    EXECUTION,
    FIELD_SCOPES,
    FILE,
    POLICY,
    RESTRICTED,
    STRUCTURE,
    TENANT,
    Rule,
)
from spanvas_api.services import Services
from tests.functional.api.calls import CALLS as PATHS
from tests.functional.api.calls import OF_TRACES, absent_status, path_of
from tests.support.api_client import Client, Reply
from tests.support.api_fakes import TRIAGE, AuditedStore, RecordingExecutor
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id

RESTRICTED_NAMES = "customer.*"
READ = "executions:read trace:read"
SCOPES = {
    "nothing": "",
    "viewer": READ,
    "content": f"{READ} trace:content",
    "restricted": f"{READ} trace:content trace:content:restricted",
    "restricted without content": f"{READ} trace:content:restricted",
    "content alone": "trace:content trace:content:restricted",
    "artifacts": "trace:read trace:artifact",
    "auditor": "audit:read",
    "deleter": "trace:delete trace:content trace:content:restricted",
    "holder": "trace:hold",
    "holder with content": "trace:hold trace:content",
    "starter": "executions:start",
    "sender": "trace:ingest",
    "everything": f"{READ} executions:start trace:content trace:content:restricted trace:artifact"
    " trace:delete trace:hold audit:read",
}  # fmt: skip
CLAIMS = {
    "all": None,
    "this one": "billing",
    "by glob": "x* bill*",
    "another one": "payroll",
    "none": "",
}
WORKFLOWS = {"own": "billing", "other workflow": "payroll", "absent": "nothing"}
PLACES = {
    "own": ("acme", "billing"),
    "other workflow": ("acme", "payroll"),
    "foreign": ("globex", "billing"),
    "absent": None,
    "expired": ("acme", "billing"),
}
CALLS = {**PATHS, "start_execution": ("POST", "/v1/workflows/{}/executions")}
ALL_FIELDS = (STRUCTURE, CONTENT, RESTRICTED, FILE)
OK = {"start_execution": 202}


class Cell(NamedTuple):
    """One question, what the table says and what the API did: the status, and whether the fields were told."""

    principal: str
    claim: str
    relation: str
    call: str
    fields: str
    expected: tuple[int, bool]
    found: tuple[int, bool]


def canary(fields: str, relation: str) -> str:
    """Returns a text that stands in fields of this class of one execution, and nowhere else."""
    return f"{fields}-of-{relation.replace(' ', '-')}"


def id_of(relation: str) -> str:
    return f"run-{relation.replace(' ', '-')}"


@dataclass
class World:
    """An execution of each kind, and the API over them."""

    store: AuditedStore
    api: Client
    made: int = 0

    def make(self, relation: str, execution_id: str) -> None:
        place = PLACES[relation]
        if place is None:
            return
        tenant, workflow_id = place
        name = f"{canary(CONTENT, relation)} as a text"
        self.store.start_execution(
            make_execution(
                execution_id,
                tenant=tenant,
                trace_id=trace_id_for("acme", execution_id),
                workflow_id=workflow_id,
                workflow_name=name,
                started_by=execution_id,
            )
        )
        attributes = {
            "app.note": f"{canary(CONTENT, relation)} as a text",
            "customer.email": canary(RESTRICTED, relation),
        }
        span = make_span("a", trace_id=trace_id_for("acme", execution_id), attributes=attributes)
        self.store.write(SpanBatch(tenant, execution_id, [span]))
        file = f"{canary(CONTENT, relation)}.csv"
        self.store.put_artifact(
            Artifact(tenant, execution_id, "art_1", span_id("a"), file, "text/csv", 0, "", T0), b"x"
        )
        cause = Cause("ValueError", f"{{'customer': '{canary(RESTRICTED, relation)}'}}")
        self.store.end_execution(tenant, execution_id, "failed", T0 + SECOND, cause)

    def another(self, relation: str) -> str:
        """Makes an execution that may be deleted."""
        self.made += 1
        execution_id = f"once-{self.made}"
        if relation != "expired":
            self.make(relation, execution_id)
        return execution_id


@contextmanager
def world() -> Iterator[World]:
    """Gives a world in which one name is restricted."""
    before = os.environ.get("SPANVAS_RESTRICTED_ATTRIBUTES")
    os.environ["SPANVAS_RESTRICTED_ATTRIBUTES"] = RESTRICTED_NAMES
    forget_names()
    clock = Clock()
    store = AuditedStore(clock=clock)
    catalogue = {name: read_document({**TRIAGE, "id": name}) for name in ("billing", "payroll")}
    services = Services(
        Settings(enabled=True, table="traces", bucket="payloads"),
        make_store=lambda: store,
        make_executor=RecordingExecutor,
        load_catalogue=lambda: catalogue,
        clock=clock,
    )
    found = World(store, Client(make_handler(lambda: services)))
    clock.now = T0 - 40 * 86_400 * SECOND
    found.make("expired", id_of("expired"))
    clock.now = T0 + 2 * SECOND
    for relation in PLACES:
        if relation != "expired":
            found.make(relation, id_of(relation))
    try:
        yield found
    finally:
        if before is None:
            del os.environ["SPANVAS_RESTRICTED_ATTRIBUTES"]
        else:
            os.environ["SPANVAS_RESTRICTED_ATTRIBUTES"] = before
        forget_names()


def cells(found: World) -> Iterator[Cell]:
    """Asks every question and yields it with both answers."""
    for principal, scope in SCOPES.items():
        for claim, globs in CLAIMS.items():
            claims = {} if globs is None else {"workflows": globs}
            caller = found.api.acting_as(scope=scope, more_claims=claims)
            for rule in POLICY:
                if rule.call in CALLS:
                    yield from _cells_of(found, caller, (principal, claim), rule)


def _cells_of(found: World, caller: Client, who: tuple[str, str], rule: Rule) -> Iterator[Cell]:
    principal, claim = who
    for relation in WORKFLOWS if rule.on not in (EXECUTION, TENANT) else PLACES:
        told: dict[str, Reply] = {}
        for fields in ALL_FIELDS:
            if rule.call == "search_execution" or not told:
                told[fields] = _ask(found, caller, rule.call, relation, fields)
            reply = told.get(fields, next(iter(told.values())))
            yield Cell(
                principal,
                claim,
                relation,
                rule.call,
                fields,
                expected(rule, SCOPES[principal].split(), claim, relation, fields),
                (reply.status, _is_told(reply, rule.call, relation, fields)),
            )


def expected(
    rule: Rule, scopes: list[str], claim: str, relation: str, fields: str
) -> tuple[int, bool]:
    """Returns the status and whether fields of a class are told, by the table alone."""
    if not {rule.scope, *rule.more_scopes} <= set(scopes):
        return 403, False
    is_seen = _is_seen(claim, relation)
    if not is_seen and "{}" in CALLS[rule.call][1]:
        return absent_status(rule.call), False
    needed = {
        STRUCTURE: [],
        CONTENT: [FIELD_SCOPES[CONTENT]],
        RESTRICTED: [FIELD_SCOPES[CONTENT], FIELD_SCOPES[RESTRICTED]],
        FILE: [],
    }[fields]
    is_told = is_seen and fields in rule.tells and all(scope in scopes for scope in needed)
    return OK.get(rule.call, 200), is_told


def _is_seen(claim: str, relation: str) -> bool:
    if claim == "another one":
        return relation == "other workflow"
    if claim == "none":
        return False
    return relation == "own" or (relation == "other workflow" and claim == "all")


def _ask(found: World, caller: Client, call: str, relation: str, fields: str) -> Reply:
    method, path = CALLS[call]
    if call in OF_TRACES:
        return caller.call(method, path_of(call, id_of(relation)))
    if call in ("delete_execution", "delete_executions"):
        named = found.another(relation)
    elif call == "start_execution":
        named = WORKFLOWS[relation]
    else:
        named = id_of(relation)
    words = "a" * 4 if fields == FILE else canary(fields, relation)
    if fields == STRUCTURE:
        words = span_id("a")
    query = {"q": words} if call == "search_execution" else {}
    query |= {"limit": "200"} if call == "list_executions" else {}
    query |= {"user_id": named} if call == "delete_executions" else {}
    body = '{"input": {"message": "x", "text": "x"}}' if call == "start_execution" else None
    return caller.call(method, path.format(named), query=query, body=body)


def _is_told(reply: Reply, call: str, relation: str, fields: str) -> bool:
    if reply.status not in (200, 202):
        return any(canary(one, relation) in reply.text for one in (CONTENT, RESTRICTED))
    if call == "link_artifact":  # whose answer has the name of the file, too
        return fields == FILE and "url" in reply.json
    if fields == FILE:
        return False
    if call == "search_execution":
        return bool(reply.json["hits"])
    if fields != STRUCTURE:
        return canary(fields, relation) in reply.text
    if call == "list_executions":
        return id_of(relation) in [item["execution_id"] for item in reply.json["items"]]
    if call.startswith("tempo_"):
        return _is_told_by_tempo(reply, call, relation)
    if call == "delete_executions":
        return bool(reply.json["deleted"])
    if call == "list_workflows":
        return WORKFLOWS[relation] in [item["workflow_id"] for item in reply.json["items"]]
    return True


def _is_told_by_tempo(reply: Reply, call: str, relation: str) -> bool:
    """Returns whether anything of an execution is told."""
    if call in OF_TRACES:
        return '"name":"a"' in reply.text
    if call == "tempo_search":
        return trace_id_for("acme", id_of(relation)) in reply.text
    return f'"{id_of(relation)}"' in reply.text
