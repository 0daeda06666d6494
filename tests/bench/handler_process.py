"""The trace API in a fresh process: CPU of its first answer, with the imports, and of those that follow.

Run as a script by `handler_runs`, so that nothing is loaded before the clock starts: EVENT and RESULT are JSON files,
CALLS is how often the event is handled, SPLIT is 1 to tell apart where the first answer's time goes.
"""

import sys
import time


class Context:
    """What the handler asks of Lambda's context object."""

    function_name = "trace-api"
    function_version = "$LATEST"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:trace-api"
    aws_request_id = "8c1f7c5e-5f0a-4f0e-9f0e-2d2f4c7b9a10"


def main(event_path: str, result_path: str, calls: int, is_split: bool) -> None:
    marks = {"start": cpu_ms()}
    if is_split:
        import_powertools()
        marks["powertools"] = cpu_ms()
    from spanvas_api.handlers.http_api import handler

    marks["handler"] = cpu_ms()
    client_ms = time_client() if is_split else []

    import json  # loaded by now: a handler cannot do without it

    with open(event_path, "rb") as file:  # noqa: PTH123 - pathlib is for the handler to load
        event = json.load(file)
    spent = []
    answer = {}
    for _ in range(calls):
        began = cpu_ms()
        answer = handler(event, Context())  # type: ignore[arg-type]
        spent.append(cpu_ms() - began)
    result = {
        "marks": marks,
        "client": client_ms[0] if client_ms else None,
        "first": marks["handler"] - marks["start"] + spent[0],
        "calls": spent,
        "status": answer["statusCode"],
        "body_characters": len(answer["body"]),
    }
    with open(result_path, "w") as file:  # noqa: PTH123
        json.dump(result, file)


def cpu_ms() -> float:
    """User and system time of every thread."""
    return time.process_time_ns() / 1e6


def import_powertools() -> None:
    """What the handler imports of it."""
    import aws_lambda_powertools.event_handler.api_gateway
    import aws_lambda_powertools.metrics
    import aws_lambda_powertools.utilities.typing  # noqa: F401


def time_client() -> list[float]:
    """Measure the store's making of its DynamoDB client, boto3's import with it; filled in when it has been made."""
    from spanvas.storage import aws

    make = aws.dynamodb_client
    taken: list[float] = []

    def measured():
        began = cpu_ms()
        client = make()
        taken.append(cpu_ms() - began)
        return client

    aws.dynamodb_client = measured
    return taken


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1")
