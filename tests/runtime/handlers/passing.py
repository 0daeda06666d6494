"""Two executors of which one invokes the other and passes its execution on; run in sandboxes only."""

import json

import boto3

import spanvas

client = boto3.client("lambda")


def first(event, _context):
    with spanvas.node("ask", input=event["question"]):
        payload = spanvas.inject({"question": event["question"]})
        answer = client.invoke(FunctionName="second", Payload=json.dumps(payload))
        found = json.loads(answer["Payload"].read())
    with spanvas.node("use", input=found):
        return found


def second(event, _context):
    with spanvas.node("answer", input=event["question"]) as node:
        node.set_output("42")
    return {"answer": "42", "keys": sorted(event)}
