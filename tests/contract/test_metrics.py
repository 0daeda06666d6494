"""The metrics of the layer are those that the documentation has."""

from __future__ import annotations

from pathlib import Path

from spanvas.metrics import METRICS

WATCH_IT = (Path(__file__).parents[2] / "docs" / "how-to" / "watch-it.md").read_text("utf-8")
UNITS = {"Count": "count", "Milliseconds": "ms", "None": "USD"}


def test_every_metric_is_described_in_its_own_words() -> None:
    for metric in METRICS:
        row = f"| `{metric.name}` | {UNITS[metric.unit]} | every one under the layer | `workflow_id` |"
        assert f"{row} {metric.help} |\n" in WATCH_IT
