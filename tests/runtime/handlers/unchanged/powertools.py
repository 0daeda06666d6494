"""A function with Powertools' Tracer, Logger and Metrics. X-Ray's daemon is a socket of its own."""

import json
import os
import socket

daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
daemon.bind(("127.0.0.1", 0))
daemon.settimeout(2)
os.environ["AWS_XRAY_DAEMON_ADDRESS"] = f"127.0.0.1:{daemon.getsockname()[1]}"

from aws_lambda_powertools import Logger, Metrics, Tracer  # noqa: E402

logger = Logger(service="theirs")
tracer = Tracer(service="theirs", auto_patch=False)
metrics = Metrics(namespace="Theirs", service="theirs")
metrics.set_default_dimensions(environment="test")


@tracer.capture_method
def look(number):
    logger.info("looked", extra={"number": number})
    return number + 1


@logger.inject_lambda_context(log_event=True)
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler
def traced(event, _context):
    tracer.put_annotation("order", "17")
    logger.append_keys(order=17)
    metrics.add_metric("Orders", "Count", 17)
    if event.get("fails"):
        raise ValueError("no stock")
    return {"found": look(event["number"])}


def handler(event, context):
    try:
        answer = traced(event, context)
    except ValueError as error:
        answer = {"failed": str(error)}
    return {**answer, "segments": [told(segment) for segment in received(event["segments"])]}


def received(count):
    return [json.loads(daemon.recv(65536).split(b"\n", 1)[1]) for _ in range(count)]


def told(segment):
    """What X-Ray gets, without ids and times."""
    return {
        "name": segment["name"],
        "parent": bool(segment.get("parent_id")),
        "trace": segment.get("trace_id"),
        "annotations": segment.get("annotations"),
        "metadata": segment.get("metadata"),
        "fault": segment.get("fault", False),
        "cause": [item.get("message") for item in segment.get("cause", {}).get("exceptions", [])],
        "below": [told(item) for item in segment.get("subsegments", [])],
    }
