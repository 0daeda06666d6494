"""A program over the layer that puts a canary into each place where the public API takes a text."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import spanvas
from spanvas.tracing.durable import DurableFault

PLACES = (
    "workflow id", "workflow name", "workflow version", "execution id", "expected node", "workflow input",
    "workflow output", "workflow attribute", "node id", "node name", "node input", "span name", "event name",
    "event attribute", "attribute name", "model message", "error", "error type", "file name", "file", "file path",
    "file stream", "binary file", "handled error",
)  # fmt: skip
CANARIES = {
    place: f"canary{number:02}x of {place} as Ada asked" for number, place in enumerate(PLACES)
}


def run_everything(folder: Path) -> None:
    """Runs one workflow that puts each canary into its place, and fails."""
    with suppress(DurableFault):
        _run(folder)


def places_in(data: str) -> list[str]:
    """Returns the places whose canaries are in a text. The number alone tells: ids have words with dashes between."""
    return [place for place, text in CANARIES.items() if text.split()[0] in data]


def _run(folder: Path) -> None:
    said = CANARIES
    path = folder / "notes.txt"
    path.write_text(said["file path"], "utf-8")
    with spanvas.workflow(
        said["workflow id"],
        execution_id=said["execution id"],
        name=said["workflow name"],
        version=said["workflow version"],
        expected_nodes=[said["expected node"]],
        input=said["workflow input"],
        attributes={"app.note": said["workflow attribute"]},
    ) as run:
        run.set_output(said["workflow output"])
        with spanvas.node(
            said["node id"], name=said["node name"], input=said["node input"]
        ) as node:
            node.add_event(said["event name"], {"app.said": said["event attribute"]})
            node.set_attribute(said["attribute name"], 1)
            spanvas.attach_artifact(said["file name"], said["file"].encode())
            spanvas.attach_artifact("a.txt", path)
            spanvas.attach_artifact("b.txt", io.BytesIO(said["file stream"].encode()))
            spanvas.attach_artifact("c.bin", b"\0\1" + said["binary file"].encode())
            spanvas.record_generation(
                model="m", input_messages=[{"role": "user", "content": said["model message"]}]
            )
        with spanvas.span(said["span name"]) as handled:
            handled.fail(said["handled error"])
        raise DurableFault(said["error type"], said["error"])
