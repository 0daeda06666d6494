"""`docs/reference/workflows.md`: its example runs as printed, and it leaves nothing out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from executor import document, nodes
from executor.catalogue import workflow_ids
from executor.engine import run_workflow
from executor.resources import Resources
from executor.rules import check_run, parse_document
from executor.transport import send
from standins import StandIns
from tests.support.executor_builders import FakeModel
from tests.support.recording_tracing import RecordingTracing

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "workflows.md").read_text("utf-8")
EXAMPLE = json.loads(re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)[0])


def test_the_example_runs_as_printed(running: StandIns) -> None:
    example = parse_document(EXAMPLE)
    tracing = RecordingTracing()
    check_run(example, example.sample_input, running.connections)
    resources = Resources(tracing, FakeModel(), send, running.connections, lambda: 60_000)
    outcome = run_workflow(example, example.sample_input, resources)
    assert outcome.error is None
    assert outcome.outputs == {
        "rows": [
            {"order": "LH-20431", "customer": "Edith Marlowe", "total": "148.00 GBP"},
            {"order": "LH-20448", "customer": "Jonas Feld", "total": "312.50 EUR"},
        ],
        "missing": 1,
    }
    assert tracing.artifacts[0].name == "orders.csv"
    assert tracing.artifacts[0].data.splitlines()[1] == b"LH-20431,Edith Marlowe,148.00 GBP"


@pytest.mark.parametrize(
    "model",
    [
        document.WorkflowDocument,
        document.Retry,
        document.GenerateNode,
        document.Tool,
        document.HttpNode,
        document.TransformNode,
        document.TemplateNode,
        document.MapNode,
        document.ArtifactNode,
        document.CsvContent,
        document.PngContent,
        document.JsonContent,
    ],
)
def test_every_field_is_described(model: type[document.DocumentModel]) -> None:
    for field in model.model_fields:
        assert re.search(rf"`[^`]*\b{field}\b[^`]*`", PAGE), f"{model.__name__}.{field}"


@pytest.mark.parametrize("name", [*nodes.MODULES, *workflow_ids()])
def test_every_kind_and_every_workflow_is_described(name: str) -> None:
    assert f"`{name}`" in PAGE
