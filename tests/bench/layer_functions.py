"""Functions with the built layers for the benches, over engines that answer at once."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.lambdas.sandbox import Sandbox
from local.mounting import can_mount
from local.processes import Spawner
from tests.bench.layer_python import runtime_python
from tests.runtime.layer_sandbox import LayeredFunctions, build_layers
from tests.support.aws_from_template import ROOT
from tests.support.engines import Engines, announcing, client_of

HANDLERS = Path(__file__).with_name("layer_handlers")


class BenchFunctions:
    """Sandboxes of `layer_handlers/*.py`."""

    def __init__(self, functions: LayeredFunctions) -> None:
        self.functions = functions

    def start(self, handler: str, **environment: Any) -> Sandbox:
        return self.functions.start(
            handler, folder=HANDLERS, timeout_seconds=60, memory_mb=1024, **environment
        )


@contextmanager
def bench_functions() -> Iterator[BenchFunctions]:
    python = runtime_python()
    opt = build_layers(python)
    spawner = Spawner()
    try:
        with prompt_engines() as engines, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            log = folder / "function.log"
            mounted = can_mount(spawner, folder)
            yield BenchFunctions(LayeredFunctions(engines, spawner, opt, mounted, log, python))
    finally:
        spawner.stop()


@contextmanager
def prompt_engines() -> Iterator[Engines]:
    """A stand-in for DynamoDB and S3 in a process of its own, which answers at once and keeps next to nothing."""
    command = [sys.executable, "-P", str(ROOT / "tests" / "bench" / "layer_engine.py")]
    with announcing(command, "URL=") as url:
        yield Engines(client_of("dynamodb", url), client_of("s3", url), "traces", "trace-bucket")
