"""Which versions of the layer write into a deployment, held against the version of this code.

The stack is upgraded first, layers after it (ADR 20): a layer that is newer than the API may write what the API does
not know. A layer says its version in the resource of each span.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spanvas import attributes as names
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.storage.port import TraceStore
from spanvas.version import VERSION
from spanvas_api.doctor.report import DENIED, LEFT_OUT, OK, WRONG, Finding

WHAT: Final = "versions"
EXECUTIONS: Final = 20
"""The newest ones that are looked at."""
DETAIL_BYTES: Final = 1
"""Of details that are read of one: the first has what is looked for."""
DISTRO: Final = "spanvas"


def versions(store: TraceStore, tenant: str) -> Iterator[Finding]:
    """Looks at the newest executions of a tenant."""
    try:
        found = _written(store, tenant)
    except StoreUnavailableError as error:
        if error.code in DENIED:
            raise
        yield Finding(WHAT, LEFT_OUT, f"the executions of {tenant} cannot be listed")
        return
    if not found:
        yield Finding(
            WHAT, LEFT_OUT, f"no layer has written for {tenant} yet; the API is {VERSION}"
        )
        return
    written = sorted(found, key=_numbers)
    seen = f"layers {', '.join(written)}; the API is {VERSION}"
    if _numbers(written[-1]) > _numbers(VERSION):
        yield Finding(WHAT, WRONG, seen, "deploy the stack before its layers: readers come first")
    else:
        yield Finding(WHAT, OK, seen)


def _written(store: TraceStore, tenant: str) -> set[str]:
    executions = store.list_executions(tenant, limit=EXECUTIONS).items
    by_functions = [execution for execution in executions if execution.origin is None]
    return {version for one in by_functions if (version := _version_of(store, one))}


def _version_of(store: TraceStore, execution: Execution) -> str:
    """Returns the version of the layer that wrote an execution; "" where its first spans say none."""
    spans = store.read_spans(execution.tenant, execution.execution_id, max_bytes=DETAIL_BYTES).items
    for span in spans:
        if span.resource.get(names.DISTRO_NAME) == DISTRO:
            return str(span.resource.get(names.DISTRO_VERSION) or "")
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    """Returns a version as numbers, so that 0.10.0 is above 0.9.1. What is no number counts as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))
