"""What CloudWatch is told."""

from __future__ import annotations

import json

import pytest

from executor.measures import Drops, cost_usd, publish
from spanvas.model.usage import Usage


def test_an_execution_is_one_line_of_embedded_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 10_000, "cache_read_tokens": 200_000}
    publish(
        workflow_id="research-brief",
        is_failed=True,
        seconds=1.23456,
        usage_by_model={"amazon.nova-lite-v1:0": {**usage, "cache_write_tokens": 0}},
        exporter_drops=3,
    )
    line = json.loads(capsys.readouterr().out)
    definition = line["_aws"]["CloudWatchMetrics"][0]
    assert definition["Namespace"] == "Spanvas"
    assert definition["Dimensions"] == [["service"], ["service", "workflow_id"]]
    assert (line["service"], line["workflow_id"]) == ("executor", "research-brief")
    # 800,000 x 0.06 USD + 200,000 x 0.015 USD + 10,000 x 0.24 USD, each per million
    measured = {metric["Name"]: line[metric["Name"]] for metric in definition["Metrics"]}
    assert measured == {
        "Executions": [1.0],
        "FailedExecutions": [1.0],
        "ExecutionDuration": [1234.6],
        "InputTokens": [1_000_000.0],
        "OutputTokens": [10_000.0],
        "CacheReadTokens": [200_000.0],
        "Cost": [0.0534],
        "ExporterDrops": [3.0],
    }


def test_a_model_without_a_known_price_costs_nothing_here() -> None:
    assert cost_usd({"unknown.model": Usage(1_000, 1_000)}) == 0.0


def test_what_exporters_drop_is_told_once() -> None:
    counts: dict[str, int] = {}
    drops = Drops(lambda: counts)
    assert drops.take() == 0
    counts |= {"otlp.dropped": 3, "spans.dropped": 2, "problem.flush": 7}
    assert (drops.take(), drops.take()) == (5, 0)
    counts["otlp.dropped"] = 4
    assert drops.take() == 1
