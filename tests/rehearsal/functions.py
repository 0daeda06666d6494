"""Runs the deployed functions for MiniStack: what was uploaded, in the project's own sandboxes.

A function's code and layers are fetched from the engine as they were deployed. Of their files those of this project are
kept; packages of others are built for Lambda's machine, so here they come from the environment that runs the tests,
which the same locks make.
"""

from __future__ import annotations

import io
import json
import threading
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from local.http_message import Request, Response
from local.http_server import HttpServer
from local.lambdas.invocation import Invocation
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Placement, Sandbox
from local.mounting import can_mount
from local.processes import Spawner
from local.project import PROJECT
from local.resources import Function
from tests.rehearsal.metrics import embedded_metrics

MAX_SANDBOXES = 4
OWN = ("functions", "layers/spanvas")
"""The folders whose files are the project's own."""


@dataclass(slots=True)
class Deployed:
    """The sandboxes of one configuration of a function, and how far its log has been told."""

    pool: Pool
    log: Path
    told: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class FunctionHost:
    """Answers MiniStack's invocations at `url`."""

    def __init__(self, folder: Path, spawner: Spawner) -> None:
        self._folder = folder
        self._spawner = spawner
        self._environment: dict[str, str] = {}
        self._is_mounted = can_mount(spawner, folder)
        self._deployed: dict[str, Deployed] = {}
        self.credentials: dict[str, dict[str, str]] = {}
        """Those of each function's role, by the function's name, as variables."""
        self._lock = threading.Lock()
        self._own = frozenset(path.name for own in OWN for path in (PROJECT / own).iterdir())
        self._server = HttpServer(name="functions")
        self.url = self._server.start(self._handle).url
        self._client: Any = None
        self._cloudwatch: Any = None

    def use(self, client: Any, cloudwatch: Any, environment: Mapping[str, str]) -> None:
        """Takes the engine: clients of its Lambda and its CloudWatch, and what every sandbox gets beside the template's
        variables."""
        self._client = client
        self._cloudwatch = cloudwatch
        self._environment = dict(environment)

    def stop(self) -> None:
        """Ends all sandboxes."""
        self._server.stop()
        for deployed in self._deployed.values():
            deployed.pool.stop()

    def _handle(self, request: Request) -> Response:
        call = json.loads(request.body)
        try:
            done = self._run(call)
        except Exception as error:  # noqa: BLE001 - the engine shows it as the function's failure
            done = {
                "body": {"errorType": type(error).__name__, "errorMessage": str(error)},
                "error": True,
            }
        return Response(200, json.dumps(done).encode(), [("Content-Type", "application/json")])

    def _run(self, call: dict[str, Any]) -> dict[str, Any]:
        self.credentials[call["config"]["FunctionName"]] = call["credentials"]
        deployed = self._find(call["config"], call["credentials"])
        if not call["request_id"]:
            failed = deployed.pool.warm_up()
            return {"body": json.loads(failed.payload), "error": True} if failed else {"body": None}
        invocation = Invocation(
            json.dumps(call["event"]).encode(),
            call["request_id"],
            qualifier="" if call["config"]["Version"] == "$LATEST" else call["config"]["Version"],
        )
        outcome = deployed.pool.invoke(invocation)
        done: dict[str, Any] = {
            "body": json.loads(outcome.payload or b"null"),
            "log": self._new_log(deployed),
        }
        if outcome.failed:
            done["error"] = True
        return done

    def _find(self, config: dict[str, Any], credentials: dict[str, str]) -> Deployed:
        key = f"{config['FunctionArn']} {config['Version']} {config['RevisionId']}"
        with self._lock:
            if key not in self._deployed:
                self._deployed[key] = self._deploy(config, credentials)
            return self._deployed[key]

    def _deploy(self, config: dict[str, Any], credentials: dict[str, str]) -> Deployed:
        name = config["FunctionName"]
        qualified = {} if config["Version"] == "$LATEST" else {"Qualifier": config["Version"]}
        found = self._client.get_function(FunctionName=name, **qualified)
        code = self._unpack(found["Configuration"]["CodeSha256"], [found["Code"]["Location"]])
        arns = [layer["Arn"] for layer in config.get("Layers", [])]
        layers = [self._client.get_layer_version_by_arn(Arn=arn)["Content"] for arn in arns]
        opt = self._unpack(
            "-".join(["opt", *(layer["CodeSha256"] for layer in layers)]),
            [layer["Location"] for layer in layers],
        )
        function = to_function(config, code)
        placement = Placement(
            project=PROJECT,
            opt=opt,
            is_mounted=self._is_mounted,
            log=self._folder / "logs" / f"{name}-{config['RevisionId']}.log",
            environment={**self._environment, **{k: v for k, v in credentials.items() if v}},
        )
        start = partial(Sandbox, function, placement, self._spawner)
        return Deployed(Pool(function, start, max_sandboxes=MAX_SANDBOXES), placement.log)

    def _unpack(self, digest: str, locations: list[str]) -> Path:
        folder = self._folder / "code" / digest.replace("/", "_").replace("=", "")
        if folder.exists():
            return folder
        folder.mkdir(parents=True)
        for location in locations:
            with urllib.request.urlopen(location, timeout=30) as answer:
                archive = zipfile.ZipFile(io.BytesIO(answer.read()))
            has_packages = any(".dist-info/" in name for name in archive.namelist())
            for member in archive.infolist():
                if not member.is_dir() and (not has_packages or self._is_own(member.filename)):
                    unpacked = Path(archive.extract(member, folder))
                    unpacked.chmod(member.external_attr >> 16 & 0o777 or 0o644)
        return folder

    def _is_own(self, name: str) -> bool:
        return name.removeprefix("python/").split("/")[0] in self._own

    def _new_log(self, deployed: Deployed) -> str:
        with deployed.lock, deployed.log.open("rb") as log:
            log.seek(deployed.told)
            text = log.read()
            deployed.told += len(text)
        new = text.decode("utf-8", "replace")
        for namespace, datum in embedded_metrics(new):
            self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])
        return new


def to_function(config: dict[str, Any], code: Path) -> Function:
    """Returns a deployed function's configuration as the sandboxes want it."""
    logging = config.get("LoggingConfig", {})
    return Function(
        logical_id=config["FunctionName"],
        name=config["FunctionName"],
        arn=config["FunctionArn"].removesuffix(f":{config['Version']}"),
        handler=config["Handler"],
        runtime=config["Runtime"],
        code_path=str(code),
        timeout_seconds=config["Timeout"],
        memory_mb=config["MemorySize"],
        environment=dict(config.get("Environment", {}).get("Variables", {})),
        layers=(),
        log_format=logging.get("LogFormat", "Text"),
        log_group=logging.get("LogGroup", ""),
        has_snap_start=config.get("SnapStart", {}).get("OptimizationStatus") == "On",
        reserved_concurrency=None,
        retry_attempts=0,
        max_event_age_seconds=0,
        on_failure="",
    )
