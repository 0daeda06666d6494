"""Spans that others have sent, without what may not be kept of them or shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Span
from spanvas.privacy.redact import Redactor
from spanvas_api.received.naming import OWN_IDS, without_private_ids

REDACTION_BUDGET_MS: Final = 1_000
"""Of one span: nobody waits for the spans as an executor does, so content is hardly ever dropped for want of time."""
CLEANED: Final = OWN_IDS | {names.TENANT}
"""Attributes that may not stay as they were sent."""


def make_redactor(
    mode: str, rules: Sequence[str] = (), patterns: Mapping[str, str] | None = None
) -> Redactor:
    """Returns a redactor with the chosen rules. Raises RuleError where one of them cannot be had."""
    from spanvas.privacy.rule_set import rule_set
    from spanvas.privacy.scan import Scanner

    return Redactor(
        mode, REDACTION_BUDGET_MS, Scanner(rule_set(rules, patterns)), is_remembering=True
    )


def cleaned(spans: Iterable[Span]) -> list[Span]:
    """Returns spans without `spanvas.tenant`, on themselves and their resources: it is untrusted input, the token
    decides the tenant. Where their own names of execution, workflow and nodes are private, they have our ids."""
    resources: dict[int, Mapping[str, Any]] = {}
    found = []
    for span in spans:
        attributes, resource = span.attributes, span.resource
        if not attributes.keys().isdisjoint(CLEANED):
            attributes = _cleaned(attributes)
        if not resource.keys().isdisjoint(CLEANED):
            resource = resources.setdefault(id(resource), _cleaned(resource))
        if attributes is not span.attributes or resource is not span.resource:
            span = replace(span, attributes=attributes, resource=resource)  # noqa: PLW2901 - the span that is kept
        found.append(span)
    return found


def _cleaned(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: without_private_ids(name, value) if name in CLEANED else value
        for name, value in attributes.items()
        if name != names.TENANT
    }
