"""Roles, queues, rules and state machines of the template, made by CloudFormation on the engine.

What runs in this process (functions, API, page) or on an engine of its own (tables, buckets) is not among them. All
values are resolved before, so that names are the same at every start, whatever the engine has kept.
"""

from __future__ import annotations

import json
import time
from typing import Any

from local.physical import NAME_PROPERTIES, physical_name
from local.resolve import Resolver, StackIdentity
from local.translate import TemplateError

MADE_IN_ORDER = (
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::StepFunctions::StateMachine",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
)
"""Each may need those before it."""
WAIT_SECONDS = 30.0


def deploy(resolver: Resolver, cloudformation: Any) -> None:
    """Creates the stack, or changes it to what the template says now. Raises TemplateError where that fails."""
    name = resolver.identity.stack_name
    request = {
        "StackName": name,
        "TemplateBody": json.dumps({"Resources": document(resolver)}),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        cloudformation.update_stack(**request)
    except cloudformation.exceptions.ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        if "does not exist" not in str(error):
            raise
        cloudformation.create_stack(**request)
    wait_until_made(cloudformation, name)


def document(resolver: Resolver) -> dict[str, Any]:
    """Returns the resources that the engine makes, without functions of the template language."""
    made: dict[str, Any] = {}
    for resource_type in MADE_IN_ORDER:
        before = list(made)
        for logical_id in resolver.logical_ids(resource_type):
            properties = resolver.properties(logical_id)
            if resource_type in NAME_PROPERTIES:
                properties[NAME_PROPERTIES[resource_type]] = physical_name(resolver, logical_id)
            if resource_type == "AWS::IAM::Role":
                let_the_stack_assume(properties, resolver.identity)
            made[logical_id] = {
                "Type": resource_type,
                "Properties": properties,
                "DependsOn": before,
            }
    return made


def let_the_stack_assume(role: dict[str, Any], identity: StackIdentity) -> None:
    """Lambda assumes the role of a function; here this process does, with the account's own credentials."""
    role["AssumeRolePolicyDocument"]["Statement"].append({
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{identity.partition}:iam::{identity.account_id}:root"},
        "Action": "sts:AssumeRole",
    })  # fmt: skip


def wait_until_made(cloudformation: Any, name: str) -> None:
    """Returns when the stack is complete. Raises TemplateError with the reason of the resource that failed."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    raise TemplateError(f"the stack is {status}: {'; '.join(reasons)}")
