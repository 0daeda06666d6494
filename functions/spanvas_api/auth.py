"""Who calls, and what they may do: one decision, used by every call.

The gateway's JWT authorizer has verified the token before this runs; here its claims become a `Principal`. The tenant
comes from the token alone and is part of every key, so a read across tenants cannot be expressed; `authorize` refuses
it once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.errors import NotFoundError
from spanvas.model.execution import Execution
from spanvas.model.globs import matches
from spanvas.model.ids import is_name
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.restricted import has_restricted_names
from spanvas_api import policy
from spanvas_api.claims import (
    TokenRules,
    check_claims,
    is_text,
    name_of,
    subject_of,
    texts_in,
    workflows_of,
)
from spanvas_api.errors import ForbiddenError, UnauthenticatedError

READ_CONTENT: Final = "read_content"
READ_RESTRICTED: Final = "read_restricted"
"""The actions that are no calls: seeing what people and models wrote, and restricted fields of it, in other calls."""

SCOPE_CLAIMS: Final = ("scope", "scp")
SCOPES: Final[Mapping[str, str]] = {
    READ_CONTENT: policy.FIELD_SCOPES[policy.CONTENT],
    READ_RESTRICTED: policy.FIELD_SCOPES[policy.RESTRICTED],
    **{rule.call: rule.scope for rule in policy.POLICY},
}
MORE_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    rule.call: rule.more_scopes for rule in policy.POLICY if rule.more_scopes
}
"""Of calls that need several."""


class Principal(NamedTuple):
    """The caller, from verified claims. `workflows` are globs of those that it may see; None for all.

    `name` is what the issuer calls the person, for people; it decides about nothing.
    """

    subject: str
    tenant: str
    scopes: frozenset[str]
    workflows: tuple[str, ...] | None = None
    name: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """The tenant and the subject: no other caller has both."""
        return self.tenant, self.subject

    def sees_workflow(self, workflow_id: str) -> bool:
        """Returns whether the caller may see a workflow of its tenant, and what has been run of it."""
        return self.workflows is None or matches(workflow_id, self.workflows)

    def sees(self, execution: Execution) -> bool:
        """Returns whether an execution is there for the caller: it is its tenant's, and of a workflow that it sees."""
        return execution.tenant == self.tenant and self.sees_workflow(execution.workflow_id)


def principal_of(event: Mapping[str, Any], rules: TokenRules, now_unix_seconds: float) -> Principal:
    """The caller of an HTTP API event (payload 2.0).

    Raises UnauthenticatedError when no authorizer has run or the token is none for this API, ForbiddenError when it
    names no subject or no usable tenant, or restricts it to workflows in a way that cannot be read. A claim with
    several values reaches us as `[a b]` and is no tenant.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims")
    if not claims:
        raise UnauthenticatedError("A bearer token is needed.")
    check_claims(claims, rules, now_unix_seconds)
    subject = subject_of(claims)
    tenant = claims.get(rules.tenant_claim)
    if not is_text(tenant) or not is_name(tenant):
        raise ForbiddenError(f"The token's claim {rules.tenant_claim!r} names no tenant.")
    workflows = workflows_of(claims, rules.workflows_claim)
    name = name_of(claims, rules.name_claims)
    return Principal(subject, tenant, scopes_of(claims), workflows, name)


def scopes_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """The scopes that a token grants: those in `scope` (RFC 9068) and those in `scp` (Okta, Microsoft Entra ID).

    Issuers write one text with spaces between, or a list. API Gateway looks into both claims, and gives a list to the
    function as the text `[a b]`; other gateways leave it a list. What is neither grants nothing.
    """
    return frozenset(scope for claim in SCOPE_CLAIMS for scope in texts_in(claims.get(claim)))


def authorize(principal: Principal, action: str, execution: Execution | None = None) -> None:
    """Return when the principal may do this, raise when not.

    The scope is asked first, so that a refusal says nothing about whether the execution exists: ForbiddenError. An
    execution of another tenant, or of a workflow that the caller may not see, is NotFoundError, as an absent one is.
    """
    missing = _missing_scope(principal, action)
    if missing is not None:
        raise ForbiddenError(f"The token lacks the scope {missing!r}.", missing)
    if execution is not None and not principal.sees(execution):
        raise NotFoundError("no such execution")


def _missing_scope(principal: Principal, action: str) -> str | None:
    """Returns the first scope that an action needs and the principal lacks; None where it lacks none."""
    granted = principal.scopes
    if SCOPES[action] not in granted:
        return SCOPES[action]
    if action in MORE_SCOPES:
        return next((scope for scope in MORE_SCOPES[action] if scope not in granted), None)
    return None


def may_read_content(principal: Principal, execution: Execution) -> bool:
    """Whether prompts, answers, tool arguments and results of this execution may be shown to the principal."""
    return readable(principal, execution) is not FieldClass.STRUCTURE


def readable(principal: Principal, execution: Execution) -> FieldClass:
    """Returns the class of fields of this execution up to which the principal may read.

    The scope for restricted fields is worth nothing without that for content.
    """
    if _missing_scope(principal, READ_CONTENT) is not None:
        return FieldClass.STRUCTURE
    authorize(principal, READ_CONTENT, execution)
    if has_restricted_names() and _missing_scope(principal, READ_RESTRICTED) is not None:
        return FieldClass.CONTENT
    return FieldClass.RESTRICTED
