"""`artifact` nodes: the five formats, and what is said when nothing can be stored."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from executor.errors import NodeError
from executor.nodes import run_node
from tests.support.executor_builders import resources_of, workflow_of
from tests.support.recording_tracing import RecordedArtifact, RecordedSpan, RecordingTracing

ROWS = [{"name": "Ann", "n": 3, "tags": ["a"]}, {"name": "=1+1", "n": None}]
VARIABLES = {"rows": ROWS, "name": "<Ann>"}


def write(content: dict[str, Any], tracing: RecordingTracing | None = None) -> Any:
    node = {
        "id": "a",
        "kind": "artifact",
        "filename": "{{ name | lower }}.x",
        "inputs": {"rows": "input.rows", "name": "input.name"},
        "content": content,
    }
    resources = resources_of(tracing)
    span = RecordedSpan("a", "artifact")
    return run_node(workflow_of(node).nodes[0], VARIABLES, resources, span)


def written(content: dict[str, Any]) -> RecordedArtifact:
    tracing = RecordingTracing()
    write(content, tracing)
    return tracing.artifacts[0]


def test_markdown_is_the_template_as_rendered() -> None:
    artifact = written({"format": "markdown", "template": "# {{ name }}"})
    assert (artifact.name, artifact.media_type, artifact.data) == (
        "<ann>.x",
        "text/markdown",
        b"# <Ann>",
    )


def test_html_escapes_what_is_inserted() -> None:
    artifact = written({"format": "html", "template": "<p>{{ name }}</p>"})
    assert (artifact.media_type, artifact.data) == ("text/html", b"<p>&lt;Ann&gt;</p>")


def test_json_is_written_for_people_to_read() -> None:
    artifact = written({"format": "json", "value": "rows[0]"})
    assert artifact.media_type == "application/json"
    assert json.loads(artifact.data) == ROWS[0]
    assert artifact.data.startswith(b'{\n  "name"')


def test_csv_has_a_row_for_each_item_and_no_formula() -> None:
    columns = [{"title": title, "value": title.lower()} for title in ("Name", "N", "Tags")]
    artifact = written({"format": "csv", "rows": "rows", "columns": columns})
    assert artifact.media_type == "text/csv"
    assert list(csv.reader(io.StringIO(artifact.data.decode()))) == [
        ["Name", "N", "Tags"],
        ["Ann", "3", '["a"]'],
        ["'=1+1", "", ""],
    ]


def test_png_is_a_picture() -> None:
    bars = "rows[:1].{label: name, value: n}"
    artifact = written({"format": "png", "title": "{{ name }}", "bars": bars})
    assert artifact.media_type == "image/png"
    assert artifact.data.startswith(b"\x89PNG\r\n\x1a\n")


def test_the_output_says_what_was_stored_and_where() -> None:
    output = write({"format": "markdown", "template": "text"}, RecordingTracing())
    assert output == {
        "name": "<ann>.x",
        "media_type": "text/markdown",
        "bytes": 4,
        "stored": True,
        "artifact_id": "art_0",
    }


def test_without_tracing_the_node_succeeds_and_says_that_nothing_is_stored() -> None:
    output = write({"format": "markdown", "template": "text"}, RecordingTracing(is_on=False))
    assert output["stored"] is False
    assert "artifact_id" not in output


@pytest.mark.parametrize(
    "content",
    [
        {"format": "csv", "rows": "name", "columns": [{"title": "A", "value": "a"}]},
        {"format": "png", "title": "t", "bars": "name"},
        {"format": "png", "title": "t", "bars": "rows"},
        {"format": "png", "title": "t", "bars": "rows[].{label: name, value: name}"},
        {"format": "png", "title": "t", "bars": "rows[0].gone"},
    ],
)
def test_what_does_not_fit_the_format_is_an_error(content: dict[str, Any]) -> None:
    with pytest.raises(NodeError) as raised:
        write(content)
    assert raised.value.error_type == "InvalidContent"
