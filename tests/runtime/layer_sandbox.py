"""Functions with both built layers as their /opt, under a real awslambdaric, and what they left in the store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.lambdas.invocation import Invocation, InvocationResult
from local.lambdas.layers import MAKE_VARIABLES, source_digest, take_place
from local.lambdas.sandbox import Placement, Sandbox, lambda_environment
from local.processes import Spawner
from local.project import PROJECT
from local.resources import Function
from tests.support.engines import CREDENTIALS, Engines

LAYERS = {"SpanvasLayer": "layers/spanvas", "LibrariesLayer": "layers/libraries"}
BUILD = PROJECT / "build" / "layers"
HANDLERS = Path(__file__).parent / "handlers"
WRAPPER = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"}


def build_layers(python: str = sys.executable, layers: Mapping[str, str] = LAYERS) -> Path:
    """The directory that is /opt on Lambda: the layers, built by their Makefiles for this machine and interpreter.

    Built again only when a source or the interpreter changed. Raises CalledProcessError with make's own words.
    """
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    built = [_build(name, path, python, version) for name, path in layers.items()]
    opt = BUILD / f"opt-{version}-{'-'.join(path.name.rpartition('-')[2] for path in built)}"
    if not opt.exists():
        partial = opt.with_name(f".{opt.name}-{os.getpid()}")
        for path in built:
            shutil.copytree(path, partial, dirs_exist_ok=True, symlinks=True)
        take_place(partial, opt)
    return opt


def _build(name: str, path: str, python: str, version: str) -> Path:
    source = PROJECT / path
    artifacts = BUILD / f"{name}-{version}-{source_digest(source)}"
    if not artifacts.exists():
        partial = artifacts.with_name(f".{artifacts.name}-{os.getpid()}")
        partial.mkdir(parents=True)
        options = [f"ARTIFACTS_DIR={partial}", f"PYTHON={python}", "PLATFORM=native", "RUNTIMES="]
        command = ["make", "--silent", "-C", str(source), f"build-{name}", *options]
        kept = {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}
        subprocess.run(command, env=kept, check=True)
        take_place(partial, artifacts)
    return artifacts


@dataclass(frozen=True, slots=True)
class LayeredFunctions:
    """Makes sandboxes of `handlers/*.py` that write to these engines."""

    engines: Engines
    spawner: Spawner
    opt: Path
    is_mounted: bool
    log: Path
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(
        self,
        handler: str,
        *,
        timeout_seconds: int = 30,
        memory_mb: int = 512,
        opt: Path | None = None,
        folder: Path = HANDLERS,
        **environment: str,
    ) -> Sandbox:
        """A sandbox, tracing on. An environment variable that is given wins."""
        function, placement = self.placed(
            handler,
            timeout_seconds,
            memory_mb=memory_mb,
            opt=opt,
            folder=folder,
            environment=environment,
        )
        return Sandbox(function, placement, self.spawner)

    def placed(
        self,
        handler: str,
        timeout_seconds: int,
        *,
        environment: Mapping[str, str],
        memory_mb: int = 512,
        opt: Path | None = None,
        folder: Path = HANDLERS,
    ) -> tuple[Function, Placement]:
        """A function, and where it runs."""
        function = Function(
            logical_id="Layered",
            name="layered",
            arn="arn:aws:lambda:us-east-1:123456789012:function:layered",
            handler=handler,
            runtime="python3.13",
            code_path=folder.name,
            timeout_seconds=timeout_seconds,
            memory_mb=memory_mb,
            environment={**self._settings(), **WRAPPER, **self.environment, **environment},
            layers=(),
            log_format="JSON",
            log_group="/aws/lambda/layered",
            has_snap_start=False,
            reserved_concurrency=None,
            retry_attempts=0,
            max_event_age_seconds=60,
            on_failure="",
        )
        endpoints = {
            "AWS_ENDPOINT_URL_DYNAMODB": self.engines.dynamodb.meta.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.engines.s3.meta.endpoint_url,
        }
        placement = Placement(
            project=folder.parent,
            opt=opt or self.opt,
            is_mounted=self.is_mounted,
            log=self.log,
            environment={**CREDENTIALS, **endpoints},
            python=self.python,
        )
        return function, placement

    def variables(self, function: Function, placement: Placement) -> dict[str, str]:
        """The environment of the function's process, but for the address of its runtime API."""
        return lambda_environment(function, placement, "")

    def _settings(self) -> dict[str, str]:
        return {
            "SPANVAS_ENABLED": "true",
            "SPANVAS_TABLE": self.engines.table,
            "SPANVAS_BUCKET": self.engines.bucket,
            "SPANVAS_TENANT": "acme",
        }


def invoke(sandbox: Sandbox, event: Mapping[str, Any]) -> InvocationResult:
    return sandbox.invoke(Invocation(json.dumps(event).encode()))


def answer(sandbox: Sandbox, event: Mapping[str, Any]) -> Any:
    """The handler's result; an AssertionError says what failed instead."""
    outcome = invoke(sandbox, event)
    assert not outcome.failed, outcome.payload
    return json.loads(outcome.payload)
