"""Lambda's record of an event that the executor did not take, and what the template's rule makes of it.

Source: "Amazon EventBridge input transformation" in EventBridge's user guide. Variables stand within JSON strings here;
one whose path is not in the event is empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.resolve import Resolver
from local.translate import TemplateError
from tests.support.aws_from_template import deployed_stack

BUS: Final = ":event-bus/"
SOURCE: Final = "lambda"
DETAIL_TYPE: Final = "Lambda Function Invocation Result - Failure"
VARIABLE: Final = re.compile(r"<([A-Za-z0-9_-]+)>")


@dataclass(frozen=True, slots=True)
class FailureTarget:
    """A queue, and what a message in it says: `paths` are JSON paths by variable, `template` is the message with
    variables. Without a template the message is the record."""

    queue: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    template: str = ""

    def message(self, record: Mapping[str, Any]) -> str:
        """Returns the message for Lambda's record of an event that failed, on one line."""
        if not self.template:
            return json.dumps(record)
        event = {"source": SOURCE, "detail-type": DETAIL_TYPE, "detail": record}
        return VARIABLE.sub(
            lambda found: json.dumps(_text_at(event, self.paths[found[1]]))[1:-1],
            " ".join(self.template.split()),
        )


def failure_target(resolver: Resolver, destination: str) -> FailureTarget:
    """Returns the target of an on-failure destination, an ARN; none for "". Raises TemplateError for a bus without a
    rule that leads to a queue."""
    if BUS not in destination:
        return FailureTarget(destination.rpartition(":")[2])
    bus = destination.rpartition("/")[2]
    for logical_id in resolver.logical_ids("AWS::Events::Rule"):
        rule = resolver.properties(logical_id)
        pattern = rule.get("EventPattern", {})
        if rule.get("EventBusName") != bus or DETAIL_TYPE not in pattern.get("detail-type", ()):
            continue
        for target in rule.get("Targets", ()):
            made = target.get("InputTransformer", {})
            return FailureTarget(
                target["Arn"].rpartition(":")[2],
                made.get("InputPathsMap", {}),
                made.get("InputTemplate", ""),
            )
    raise TemplateError(f"no rule of the event bus {bus} takes events that failed")


def _text_at(event: Any, path: str) -> str:
    """The value at `$.a.b` as a text."""
    for name in path.removeprefix("$.").split("."):
        event = event.get(name) if isinstance(event, Mapping) else None
    return "" if event is None else str(event)


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
