"""Metrics that functions write into their logs."""

from __future__ import annotations

import json

from tests.rehearsal.metrics import embedded_metrics

LINE = json.dumps({
    "_aws": {
        "Timestamp": 1795993626397,
        "CloudWatchMetrics": [
            {
                "Namespace": "Spanvas",
                "Dimensions": [["service"], ["service", "route"]],
                "Metrics": [{"Name": "ApiErrors", "Unit": "Count"}],
            }
        ],
    },
    "service": "trace-api",
    "route": "GET /v1/workflows",
    "ApiErrors": [0.0, 1.0],
})  # fmt: skip


def test_a_metric_is_told_once_for_each_set_of_dimensions():
    service = {"Name": "service", "Value": "trace-api"}
    route = {"Name": "route", "Value": "GET /v1/workflows"}
    datum = {"MetricName": "ApiErrors", "Unit": "Count", "Values": [0.0, 1.0]}
    assert list(embedded_metrics(f"START\n{LINE}\nEND")) == [
        ("Spanvas", {**datum, "Dimensions": [service]}),
        ("Spanvas", {**datum, "Dimensions": [service, route]}),
    ]


def test_a_line_that_was_cut_off_is_no_metric():
    assert list(embedded_metrics(LINE[:-5])) == []
