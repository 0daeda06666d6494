"""Lambda's record of an event that the executor did not take, and where the template sends it."""

from __future__ import annotations

from typing import Any

from local.failed_events import FailureTarget, failure_target
from tests.support.aws_from_template import deployed_stack

RECORD: dict[str, Any] = {
    "version": "1.0",
    "requestContext": {
        "requestId": "7f1c",
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:executor:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 1,
    },
    "requestPayload": {
        "execution_id": "exec_1",
        "event_id": "exec_1",
        "tenant": "acme",
        "workflow_id": "support-triage",
        "input": {"question": "Why was Ada's claim refused?"},
        "started_by": "ada@example.org",
    },
    "responsePayload": {"errorType": "Runtime.ExitError", "errorMessage": "of Ada's claim"},
}


def target_of_the_executor() -> FailureTarget:
    """Returns where the project's template sends events of the executor that failed."""
    stack = deployed_stack()
    (config,) = stack.logical_ids("AWS::Lambda::EventInvokeConfig")
    destination = stack.properties(config)["DestinationConfig"]["OnFailure"]["Destination"]
    return failure_target(stack, destination)
