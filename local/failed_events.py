"""Where Lambda's record of an event that failed goes: to a queue, or over an event bus whose rule makes a message.

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
