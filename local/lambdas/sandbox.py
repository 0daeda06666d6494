"""One execution environment of a function: a real `awslambdaric` process, its Runtime API, its life and death.

Between invocations the process is stopped (SIGSTOP), as Lambda freezes it, so that code which counts on background
threads after the answer fails here too. Where the kernel cannot tie a child's life to ours it is left running:
a stopped orphan would never go away.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.lambdas.invocation import (
    Invocation,
    InvocationResult,
    failure,
    response_too_large,
    runtime_exited,
    timed_out,
)
from local.lambdas.runtime_api import Event, RuntimeApi
from local.logs import append_line
from local.processes import NO_MOUNT, Spawner, signal_group
from local.resources import Function

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
INIT_SECONDS = 60.0  # Lambda's own limit is 10 s; a busy two-core machine is slower than that
CAN_FREEZE = sys.platform.startswith("linux")
MOUNT_POINT = "/opt"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where functions run: `opt` is the prepared directory, mounted as /opt where `is_mounted`.

    `python` is the interpreter, with `awslambdaric` and `boto3` in its packages as Lambda's runtimes have them.
    """

    project: Path
    opt: Path
    is_mounted: bool
    log: Path
    environment: Mapping[str, str]
    python: str = sys.executable


class Sandbox:
    """Starts at construction; `invoke` may be called as soon as that, by one thread at a time."""

    def __init__(self, function: Function, placement: Placement, spawner: Spawner) -> None:
        self._function = function
        self._log = placement.log
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ready_ms = 0.0
        self._started = time.perf_counter()
        self.started_at = time.monotonic()
        self.is_alive = True
        self._api = RuntimeApi(
            f"runtime-{function.logical_id}",
            function.arn,
            function.timeout_seconds,
            self._events,
            self._freeze,
            self._thaw,
        )
        environment = lambda_environment(function, placement, self._api.address)
        self.process: subprocess.Popen[bytes] = spawner.start(
            start_command(function, placement),
            env=environment,
            cwd=placement.project / function.code_path,
            log=placement.log,
            opt=str(placement.opt) if placement.is_mounted else NO_MOUNT,
        )
        threading.Thread(target=self._watch, name="sandbox-watch", daemon=True).start()

    def wait_until_ready(self, seconds: float = INIT_SECONDS) -> InvocationResult | None:
        """Wait for the end of the init phase; a failed one is the outcome, and the end of the sandbox."""
        if self._ready_ms:
            return None
        deadline = time.monotonic() + seconds
        while True:
            event = self._next_event(deadline)
            if event is None:
                self.kill()
                return failure("Runtime.InitTimeout", f"Init did not end within {seconds:.0f} s")
            if event.kind == "ready":
                self._ready_ms = (time.perf_counter() - self._started) * 1000
                return None
            self.kill()
            if event.kind == "init_failed":
                return InvocationResult(event.payload, error="Unhandled")
            return runtime_exited("", event.code)

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Run one invocation to its end; afterwards `is_alive` says whether the sandbox may be used again."""
        is_cold = not self._ready_ms
        failed_init = self.wait_until_ready()
        if failed_init is not None:
            return failed_init
        self._write_platform_line("START", invocation, {})
        began = time.perf_counter()
        self._api.submit(invocation)
        outcome = self._await(invocation)
        duration_ms = (time.perf_counter() - began) * 1000
        init_ms = self._ready_ms if is_cold else 0.0
        self._write_platform_line("REPORT", invocation, self._figures(duration_ms, init_ms))
        return InvocationResult(outcome.payload, outcome.error, duration_ms, init_ms)

    def _await(self, invocation: Invocation) -> InvocationResult:
        deadline = time.monotonic() + self._function.timeout_seconds
        while True:
            event = self._next_event(deadline)
            if event is None:
                self.kill()
                return timed_out(invocation.request_id, self._function.timeout_seconds)
            if event.kind == "exited":
                self.kill()
                return runtime_exited(invocation.request_id, event.code)
            if event.kind == "ready":
                continue  # of an invocation before this one
            if event.kind == "too_large":
                self.kill()  # awslambdaric does not survive the refusal of its answer
                return response_too_large()
            return InvocationResult(event.payload, "" if event.kind == "finished" else "Unhandled")

    def kill(self) -> None:
        """End the process at once, as Lambda does; safe to call twice."""
        self.is_alive = False
        signal_group(self.process, signal.SIGKILL)
        self._api.stop()

    def _watch(self) -> None:
        code = self.process.wait()
        self.is_alive = False
        self._events.put(Event("exited", code=code))

    def _next_event(self, deadline: float) -> Event | None:
        try:
            return self._events.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None

    def _freeze(self) -> None:
        if CAN_FREEZE and self.is_alive:
            signal_group(self.process, signal.SIGSTOP)

    def _thaw(self) -> None:
        if CAN_FREEZE:
            signal_group(self.process, signal.SIGCONT)

    def _figures(self, duration_ms: float, init_ms: float) -> dict[str, float]:
        figures = {
            "durationMs": round(duration_ms, 2),
            "billedDurationMs": int(duration_ms + init_ms) + 1,
            "memorySizeMB": self._function.memory_mb,
            "maxMemoryUsedMB": peak_memory_mb(self.process.pid),
        }
        if init_ms:
            figures["initDurationMs"] = round(init_ms, 2)
        return figures

    def _write_platform_line(
        self, kind: str, invocation: Invocation, figures: Mapping[str, float]
    ) -> None:
        line = platform_line(self._function.log_format, kind, invocation.request_id, figures)
        append_line(self._log, line)


def platform_line(log_format: str, kind: str, request_id: str, figures: Mapping[str, float]) -> str:
    """Lambda's own START and REPORT lines, in the function's log format."""
    if log_format == "JSON":
        record: dict[str, object] = {"requestId": request_id}
        if figures:
            record["metrics"] = dict(figures)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "type": f"platform.{kind.lower()}",
            "record": record,
        }
        return json.dumps(line) + "\n"
    text = "".join(f"\t{name}: {value}" for name, value in figures.items())
    return f"{kind} RequestId: {request_id}{text}\n"


def peak_memory_mb(pid: int) -> int:
    """The process's peak resident memory; 0 where /proc does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


def lambda_environment(
    function: Function, placement: Placement, runtime_api: str
) -> dict[str, str]:
    """Exactly the template's variables, the ones that Lambda reserves, and where the engines are."""
    region = placement.environment["AWS_REGION"]
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{os.urandom(16).hex()}"
    return {
        **function.environment,
        **placement.environment,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if function.has_snap_start else "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LAMBDA_RUNTIME_DIR": str(BOOTSTRAP.parent),
        "LAMBDA_TASK_ROOT": str(placement.project / function.code_path),
        "LANG": "en_US.UTF-8",
        "PATH": f"{Path(placement.python).parent}:/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }


def start_command(function: Function, placement: Placement) -> list[str]:
    """The bootstrap, behind the exec wrapper that the function's environment names."""
    opt = MOUNT_POINT if placement.is_mounted else str(placement.opt)
    command = [placement.python, str(BOOTSTRAP), opt]
    wrapper = function.environment.get("AWS_LAMBDA_EXEC_WRAPPER", "")
    if not wrapper:
        return command
    if not placement.is_mounted and wrapper.startswith(f"{MOUNT_POINT}/"):
        wrapper = str(placement.opt) + wrapper.removeprefix(MOUNT_POINT)
    return [wrapper, *command]
