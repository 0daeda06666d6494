"""Canaries in every place where a program gives the layer a text: what table and bucket hold in each content mode."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import spanvas
from spanvas.tracing.durable import DurableFault
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.recording import recording
from tests.support.stored_bytes import stored_bytes

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
    """Runs one workflow that puts each canary into its place."""
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


@pytest.fixture
def found(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The places whose canaries are stored in a content mode."""
    with mocked_store(Clock()) as store:
        with recording(content=request.param, store=store) as recorded:
            with pytest.raises(DurableFault):
                run_everything(tmp_path)
            assert spanvas.flush()
            assert recorded.engine.health() == {}
        kept = stored_bytes(store)
    # The number alone: ids have words with dashes between them.
    return [place for place, text in CANARIES.items() if text.split()[0] in kept]


@pytest.mark.parametrize("found", ["none"], indirect=True)
def test_with_none_not_one_is_stored(found: list[str]) -> None:
    assert found == []


@pytest.mark.parametrize("found", ["redacted", "full"], indirect=True)
def test_with_content_every_one_is_stored(found: list[str]) -> None:
    assert found == list(PLACES)
