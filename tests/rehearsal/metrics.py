"""Metrics that functions write into their logs in the embedded metric format: CloudWatch takes them out, MiniStack not.

Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def embedded_metrics(log: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Returns namespace and MetricDatum of each metric in a log, once for each set of dimensions."""
    for line in log.splitlines():
        if '"_aws"' not in line:
            continue
        try:
            document = json.loads(line)
        except ValueError:
            continue
        for directive in document["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
                for metric in directive["Metrics"]:
                    values = document[metric["Name"]]
                    datum = {
                        "MetricName": metric["Name"],
                        "Dimensions": dimensions,
                        "Unit": metric.get("Unit", "None"),
                        "Values": values if isinstance(values, list) else [values],
                    }
                    yield directive["Namespace"], datum
