"""Alarms, log groups and policies of the deployed stack."""

from __future__ import annotations

import json
import os
from typing import Any, Final

from tests.rehearsal.account import Account
from tests.rehearsal.journey import wait_for
from tests.rehearsal.people import People
from tests.rehearsal.report import require
from tests.rehearsal.stack import DeployedStack
from tests.rehearsal.surroundings import ANYTHING
from tests.support.aws_from_template import deployed_stack, translated_template
from tests.support.listening import listeners

ALARM: Final = "UnreadableItemsAlarm"
WAIT_SECONDS: Final = 30.0


def set_off_alarm(account: Account, stack: DeployedStack, people: People, topic: str) -> str:
    """Spoils the rows of an execution. Reading them sets an alarm off, which tells its topic."""
    sqs = account.client("sqs")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    account.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    allow(sqs, queue, arn["QueueArn"], topic)
    token = people.token("operator")
    execution_id = stack.get("/v1/executions", token)["items"][0]["execution_id"]
    require(spoil(account, stack, execution_id), f"{execution_id} has no rows to spoil")
    status, _, answer = stack.call("GET", f"/v1/executions/{execution_id}/trace", token)
    require(status == 200, f"a trace with unreadable rows is answered by {status}: {answer}")
    name = stack.resources()[ALARM][1]
    alarms = account.client("cloudwatch")

    def went_off() -> bool:
        alarm = alarms.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return bool(alarm["StateValue"] == "ALARM")

    wait_for(WAIT_SECONDS, went_off, f"{ALARM} has not gone off")

    def told() -> Any:
        return sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages")

    message = json.loads(wait_for(WAIT_SECONDS, told, "the topic has had no message")[0]["Body"])
    require(name in message["Message"], f"the topic was told {message}")
    return f"{ALARM} went off and told its topic"


def allow(sqs: Any, queue: str, arn: str, topic: str) -> None:
    """Lets a topic send to a queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


def spoil(account: Account, stack: DeployedStack, execution_id: str) -> int:
    """Makes everything binary of an execution's items unreadable; returns how many items there are."""
    table = stack.outputs()["TableName"]
    client = account.client("dynamodb")
    items = client.scan(
        TableName=table,
        FilterExpression="contains(pk, :id)",
        ExpressionAttributeValues={":id": {"S": execution_id}},
    )["Items"]
    spoilt = 0
    for item in items:
        binary = [name for name, value in item.items() if "B" in value]
        if binary:
            client.put_item(
                TableName=table, Item={**item, **{name: {"B": b"-"} for name in binary}}
            )
            spoilt += 1
    return spoilt


def check_outputs(stack: DeployedStack) -> str:
    """Compares the outputs with those that the template has by default: all are there, and say something."""
    holds = deployed_stack().condition
    declared = {
        name
        for name, output in translated_template().document["Outputs"].items()
        if "Condition" not in output or holds(output["Condition"])
    }
    outputs = stack.outputs()
    missing = sorted(declared - {name for name, value in outputs.items() if value})
    require(not missing, f"outputs are missing or empty: {missing}")
    addresses = [name for name in outputs if name.endswith("Url")]
    wrong = [
        name for name in addresses if not outputs[name].startswith(("https://", "http://127."))
    ]
    require(not wrong, f"outputs are no addresses: {[(name, outputs[name]) for name in wrong]}")
    return f"{len(stack.resources())} resources, {len(outputs)} outputs"


def check_watchers(account: Account, stack: DeployedStack) -> str:
    """Compares alarms and log groups of the account with those of the stack."""
    resources = stack.resources()
    alarms = {name for kind, name in resources.values() if kind == "AWS::CloudWatch::Alarm"}
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate()
    found = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    require(alarms <= found.keys(), f"alarms are missing: {sorted(alarms - found.keys())}")
    measured = [found[name] for name in alarms if found[name].get("MetricName")]
    require(measured, "no alarm has a metric")
    groups = {name for kind, name in resources.values() if kind == "AWS::Logs::LogGroup"}
    told = account.client("logs").describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group.get("retentionInDays") for group in told}
    require(groups <= kept.keys(), f"log groups are missing: {sorted(groups - kept.keys())}")
    endless = sorted(name for name in groups if not kept[name])
    require(not endless, f"logs are kept for ever in {endless}")
    refuse_plain_http(account, stack)
    heard = listeners(os.getpid())
    open_to_others = [place for place in heard if not place[0].is_loopback]
    require(not open_to_others, f"something listens elsewhere than on loopback: {open_to_others}")
    return f"{len(alarms)} alarms, {len(groups)} log groups, no bucket without TLS"


def refuse_plain_http(account: Account, stack: DeployedStack) -> None:
    """A user who may do anything asks for both buckets without TLS; their policies have to refuse it."""
    client = account.engine.client("s3", make_user(account))
    client.meta.events.register("before-send.s3", without_tls)
    outputs = stack.outputs()
    for output in ("BucketName", "SiteBucketName"):
        try:
            client.list_objects_v2(Bucket=outputs[output])
        except client.exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            require(status == 403, f"{output} without TLS is answered by {status}")
        else:
            require(False, f"{output} can be read without TLS")


def make_user(account: Account) -> dict[str, str]:
    """Makes a user who may do anything, and returns the user's credentials as variables. The owner is never refused."""
    iam = account.client("iam")
    iam.create_user(UserName="visitor")
    iam.put_user_policy(UserName="visitor", PolicyName="anything", PolicyDocument=ANYTHING)
    key = iam.create_access_key(UserName="visitor")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def without_tls(request: Any, **_: Any) -> None:
    """Says that a request came over plain HTTP, as what stands before AWS's endpoints does."""
    request.headers["x-forwarded-proto"] = "http"
