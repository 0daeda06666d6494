"""What Step Functions does with the states of the example: Task states on Lambda, JSONPath, Retry, one after another.

Source: the Amazon States Language specification, and AWS Step Functions developer guide, "Invoke an AWS Lambda
function with Step Functions" and "Accessing execution data from the Context object".
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.lambdas.invocation import InvocationResult

Invoke = Callable[[str, Any], InvocationResult]


class StateMachineFailed(Exception):
    """The execution has ended as FAILED; `error` is the name of what was not caught."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class StateMachine:
    """`definition` is the language's JSON with substitutions made; `invoke` calls a function by its ARN."""

    arn: str
    definition: Mapping[str, Any]
    invoke: Invoke
    between: Callable[[], None] = lambda: None
    """Called after every call of a function, as somebody who looks at the execution meanwhile."""
    calls: list[str] = field(default_factory=list)

    def execution_arn(self, name: str) -> str:
        return f"{self.arn.replace(':stateMachine:', ':execution:')}:{name}"

    def run(self, name: str, given: Any) -> dict[str, Any]:
        """One execution; the answer is the event that EventBridge sends of its end."""
        started = time.time()
        context = {
            "Execution": {
                "Id": self.execution_arn(name),
                "Input": given,
                "StartTime": iso(started),
                "Name": name,
                "RoleArn": "arn:aws:iam::123456789012:role/order-flow",
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": self.arn, "Name": self.arn.rpartition(":")[2]},
        }
        error, output = "", given
        try:
            state_name = self.definition["StartAt"]
            while state_name:
                state = self.definition["States"][state_name]
                output = self._visit(state_name, state, output, context)
                state_name = state.get("Next", "")
        except StateMachineFailed as failed:
            error = failed.error
        return self._ended(context, error, output, started)

    def _visit(
        self, name: str, state: Mapping[str, Any], given: Any, context: Mapping[str, Any]
    ) -> Any:
        assert (state["Type"], state["OutputPath"]) == ("Task", "$.Payload")
        entered = iso(time.time())
        retries = 0
        while True:
            visit = {"Name": name, "EnteredTime": entered, "RetryCount": retries}
            parameters = resolved(state["Parameters"], given, {**context, "State": visit})
            self.calls.append(f"{name} {retries}")
            outcome = self.invoke(parameters["FunctionName"], parameters["Payload"])
            answer = json.loads(outcome.payload)
            self.between()
            if not outcome.failed:
                return answer
            error = answer["errorType"]
            allowed = [rule for rule in state.get("Retry", []) if error in rule["ErrorEquals"]]
            if not allowed or retries >= allowed[0]["MaxAttempts"]:
                raise StateMachineFailed(error)
            retries += 1

    def _ended(
        self, context: Mapping[str, Any], error: str, output: Any, started: float
    ) -> dict[str, Any]:
        execution = context["Execution"]
        return {
            "version": "0",
            "id": "315c1398-40ff-a850-213b-158f73e60175",
            "detail-type": "Step Functions Execution Status Change",
            "source": "aws.states",
            "account": "123456789012",
            "time": iso(time.time()),
            "region": "us-east-1",
            "resources": [execution["Id"]],
            "detail": {
                "executionArn": execution["Id"],
                "stateMachineArn": self.arn,
                "name": execution["Name"],
                "status": "FAILED" if error else "SUCCEEDED",
                "startDate": int(started * 1000),
                "stopDate": int(time.time() * 1000),
                "input": json.dumps(execution["Input"]),
                "inputDetails": {"included": True},
                "output": None if error else json.dumps(output),
                "error": error or None,
                "cause": None,
            },
        }


def resolved(template: Any, given: Any, context: Mapping[str, Any]) -> Any:
    """A payload template: what ends with `.$` is the input (`$`) or the context object (`$$`)."""
    if not isinstance(template, Mapping):
        return template
    values = {}
    for name, value in template.items():
        if name.endswith(".$"):
            values[name.removesuffix(".$")] = {"$": given, "$$": context}[value]
        else:
            values[name] = resolved(value, given, context)
    return values


def iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
