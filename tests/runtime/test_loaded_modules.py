"""What a function that uses nothing of the layer has loaded when its first invocation has ended."""

from __future__ import annotations

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions, answer

pytestmark = pytest.mark.runtime

MOST_MODULES = 145
"""Of ours. Each costs 0.3 ms of every cold start, and a class of data in it half a millisecond more."""
WHERE_THEY_ARE_USED = (
    "spanvas.collector",  # an endpoint
    "spanvas.model.artifact",  # files
    "spanvas.model.sniffing",
    "spanvas.otlp.conventions",
    "spanvas.otlp.export_safe",
    "spanvas.semantics.conversations",  # words
    "spanvas.semantics.media",
    "spanvas.semantics.messages",
    "spanvas.semantics.parts",
    "spanvas.semantics.previews",
    "spanvas.semantics.price_book",  # calls of models
    "spanvas.storage.chunk_items",  # reading
    "spanvas.storage.details",
    "spanvas.storage.pages",
    "spanvas.storage.stored_spans",
    "spanvas.storage.stored_trace",
    "spanvas.tracing.artifact_",
    "spanvas.tracing.durable",
    "spanvas.tracing.otlp_",
    "spanvas.tracing.responses",
    "boto3",
    "botocore",
    "opentelemetry.baggage",
    "pickle",
)
"""How the names of modules begin that are imported by what needs them."""


@pytest.fixture
def loaded(functions: LayeredFunctions) -> list[str]:
    sandbox = functions.start("loaded.handler")
    try:
        answer(sandbox, {"n": 1})
        found: list[str] = answer(sandbox, {"n": 2})
    finally:
        sandbox.kill()
    return found


def test_what_a_function_does_not_use_is_not_loaded(loaded: list[str]) -> None:
    ours = [name for name in loaded if name.startswith("spanvas")]
    assert "spanvas.storage.beginnings" in ours  # the first invocation was written
    assert [name for name in loaded if name.startswith(WHERE_THEY_ARE_USED)] == []
    assert len(ours) <= MOST_MODULES, "import it where it is used"
