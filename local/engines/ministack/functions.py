"""The functions of the stack, as MiniStack's Lambda answers for them: it asks the stack's own sandboxes.

MiniStack checks who has signed a request and what their policies allow; the sandboxes take MiniStack's word alone.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import urllib3

ASKED: Final = urllib3.PoolManager(maxsize=64, retries=False, timeout=900.0)
PASSED_ON: Final = (
    "content-type",
    "x-amz-client-context",
    "x-amz-invocation-type",
    "x-amzn-trace-id",
)
"""What a sandbox is told of a request."""
ERRORS: Final = {
    404: "Lambda.ResourceNotFoundException",
    429: "Lambda.TooManyRequestsException",
}
"""The names that Step Functions gives errors of Lambda itself; others are `Lambda.ServiceException`."""


class AsAnswered(dict[str, str]):
    """Headers of an answer in lower case, which MiniStack does not replace by its own: the id of the request is one."""

    def update(self, more: Mapping[str, str]) -> None:  # type: ignore[override]
        """Adds what is not there."""
        for name, value in more.items():
            self.setdefault(name, value)


Answer = tuple[int, dict[str, str], bytes]


def ask(url: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Asks the sandboxes at a URL; 503 where they do not answer."""
    sent = {name: headers[name] for name in PASSED_ON if name in headers}
    sent["authorization"] = f"Bearer {os.environ['AWS_SECRET_ACCESS_KEY']}"
    try:
        answer = ASKED.request("POST", f"{url}{path}", headers=sent, body=body)
    except urllib3.exceptions.HTTPError as error:
        text = json.dumps({"message": str(error)}).encode()
        return 503, AsAnswered({"x-amzn-errortype": "ServiceException"}), text
    found = AsAnswered({name.lower(): value for name, value in answer.headers.items()})
    return answer.status, found, answer.data


def asking(url: str) -> Callable[..., Awaitable[Answer]]:
    """Returns the handler of Lambda's API for MiniStack: requests have been checked when it is called."""

    async def handle(
        _method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        whole = f"{quote(path)}?{urlencode(query, doseq=True)}"
        return await asyncio.to_thread(ask, url, whole, headers, body)

    return handle


def invoke(url: str, reference: str, event: Any, kind: str) -> Answer:
    """Calls a function by its name or ARN, without asking for anybody's rights."""
    path = f"/2015-03-31/functions/{quote(reference, safe='')}/invocations"
    return ask(url, path, {"x-amz-invocation-type": kind}, json.dumps(event).encode())


def may_invoke(role_arn: str, reference: str) -> bool:
    """Returns whether a role's policies allow it to call a function."""
    from ministack.core import iam_evaluator

    account_id, region = os.environ["AWS_ACCOUNT_ID"], os.environ["AWS_REGION"]
    is_arn = reference.startswith("arn:")
    arn = reference if is_arn else f"arn:aws:lambda:{region}:{account_id}:function:{reference}"
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action="lambda:InvokeFunction",
        resource_arn=arn,
        region=region,
    )
    policies = iam_evaluator._gather_role_policies(role_arn.rpartition("/")[2], account_id)
    decision: str = iam_evaluator.evaluate(context, policies).decision
    return decision == "Allow"


def called_by_a_state(url: str, role_arn: str, reference: str, event: Any) -> Any:
    """Returns what a function answers to a state machine. Raises the errors that `Retry` and `Catch` know."""
    from ministack.services.stepfunctions import _ExecutionError

    if not may_invoke(role_arn, reference):
        why = f"{role_arn} is not authorized to perform: lambda:InvokeFunction on resource: {reference}"
        raise _ExecutionError("Lambda.AWSLambdaException", why)
    status, headers, answer = invoke(url, reference, event, "RequestResponse")
    if status != 200:
        raise _ExecutionError(ERRORS.get(status, "Lambda.ServiceException"), answer.decode())
    document = json.loads(answer or b"null")
    if "x-amz-function-error" in headers:
        raise _ExecutionError(document.get("errorType", "Lambda.Unknown"), json.dumps(document))
    return document
