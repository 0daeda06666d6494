"""What is known of an invocation besides its spans."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from spanvas.tracing.invocation import deadline, figures, log_url, trigger_of


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"Records": [{"eventSource": "aws:sqs"}]}, "pubsub"),
        ({"Records": [{"EventSource": "aws:sns"}]}, "pubsub"),
        ({"Records": [{"eventSource": "aws:s3"}]}, "datasource"),
        ({"Records": [{"eventSource": "aws:new"}]}, "other"),
        ({"Records": [{}]}, "other"),
        ({"Records": []}, ""),
        ({"Records": ["x"]}, ""),
        ({"requestContext": {"http": {}}}, "http"),
        ({"detail-type": "Scheduled Event"}, "timer"),
        ({"detail-type": "Order placed"}, "pubsub"),
        ({"eventSource": "aws:kafka", "records": {}}, "pubsub"),
        ({"order": 17}, ""),
        ([1], ""),
        (None, ""),
    ],
)
def test_what_triggered_it(event: Any, expected: str) -> None:
    assert trigger_of(event) == expected


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_log_is_in_the_console_of_its_partition(region: str, host: str) -> None:
    assert log_url(region, "/aws/lambda/f", "2026/[1]a", "r-1") == (
        f"https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
        "$252Faws$252Flambda$252Ff/log-events/2026$252F$255B1$255Da$3FfilterPattern$3D$2522r-1$2522"
    )


def test_without_a_request_all_of_the_stream_is_shown() -> None:
    assert log_url("eu-west-1", "g", "s", "").endswith("log-group/g/log-events/s")


@pytest.mark.parametrize("known", [("", "g", "s"), ("r", "", "s"), ("r", "g", "")])
def test_what_is_not_known_has_no_page(known: tuple[str, str, str]) -> None:
    assert log_url(*known, "r-1") == ""


def test_a_context_of_another_shape_has_no_deadline() -> None:
    assert deadline(object(), 5) is None


def test_where_memory_is_not_told_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert figures() == {}
