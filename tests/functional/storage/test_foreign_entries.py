"""What a function of another tenant has put into a tenant's indexes is in no list of that tenant."""

from __future__ import annotations

import pytest

from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.support.builders import SECOND, T0, make_execution


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
@pytest.mark.parametrize("query", [{}, {"workflow_id": "triage"}, {"status": "failed"}])
@pytest.mark.parametrize("is_readable", [True, False])
def test_the_history_has_what_is_stored_under_the_tenants_own_keys(
    real: DynamoTraceStore, query: dict[str, str], is_readable: bool
) -> None:
    for tenant in ("acme", "globex"):
        real.start_execution(make_execution("run", tenant=tenant, workflow_id="triage"))
        real.end_execution(tenant, "run", "failed", T0 + SECOND)
    changed = {
        "workflow_key": items.s(items.workflow_key("acme", "triage")),
        "tenant_day_key": items.s(items.tenant_day_key("acme", T0)),
        "status_key": items.s(items.status_key("acme", "failed")),
    }
    if not is_readable:
        changed["cause"] = items.s("{")
    real._dynamodb.update_item(
        TableName=real._table,
        Key=items.key("globex", "run"),
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in changed),
        ExpressionAttributeValues={f":{name}": value for name, value in changed.items()},
    )

    page = real.list_executions("acme", **query)  # type: ignore[arg-type]

    assert [execution.tenant for execution in page.items] == ["acme"]
    assert (page.unreadable, page.passed_over, page.next_position) == ((), 0, None)
