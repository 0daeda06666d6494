"""The record of who read which content: written before the content leaves, or the content does not leave."""

from __future__ import annotations

from spanvas.model.access import ALLOWED, REFUSED, Access
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.model.ids import new_span_id
from spanvas.storage.port import TraceStore
from spanvas_api.request import Request


def record_read(
    store: TraceStore,
    request: Request,
    execution: Execution,
    action: str,
    target: str = "",
    *,
    is_allowed: bool,
) -> None:
    """Keep an access; `target` is the span or artifact id.

    Raises StoreUnavailableError when it could not be kept, whatever the reason: the answer is then 503 and holds no
    content. Durable when it returns.
    """
    access = Access(
        tenant=execution.tenant,
        execution_id=execution.execution_id,
        access_id=new_span_id(),
        time_unix_nano=request.now_unix_nano,
        principal=request.principal.subject,
        action=action,
        outcome=ALLOWED if is_allowed else REFUSED,
        request_id=request.request_id,
        target=target,
    )
    try:
        store.record_access(access)
    except StoreUnavailableError:
        raise
    except Exception as error:
        raise StoreUnavailableError("the access could not be recorded") from error
