"""The whole stack as one object: `with Stack() as stack: ...` is what `make run` keeps open until Ctrl-C.

Starts the engines, provisions them from `template.yaml`, and serves gateway, Lambda, issuer, OTLP sink and
stand-ins.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import standins
from local import state
from local.children import Children
from local.client import ApiClient, boto3_client, client_token
from local.described import AUDIENCE, document_of, parameters_of
from local.engines.aws import AWS, IAM, aws_engine, endpoint_variable
from local.engines.dynalite import DYNAMODB
from local.front import held_until, listen, page_and_api
from local.gateway.definition import read_http_api
from local.gateway.http_api import HttpApi
from local.http_message import LOOPBACK
from local.http_server import HttpServer
from local.identity.issuer import Issuer
from local.kept import Kept, open_kept, unreadable
from local.lambdas.layers import prepare_opt
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Placement, Sandbox
from local.lambdas.service import LambdaService
from local.mounting import can_mount
from local.options import Options
from local.otlp_sink import OtlpSink
from local.physical import physical_attribute
from local.processes import EndedError, Spawner, free_port
from local.project import PROJECT, shown
from local.provisioning import provisioning
from local.resolve import Resolver, StackIdentity
from local.resources import Function, check_types, read_functions
from local.roles import roles_of
from local.state import BUILD, StackError
from local.translated import translated

__all__ = ["Options", "Stack"]
BEDROCK = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
MAX_SANDBOXES = 4
THROTTLED_ONE_IN = 20
"""Model calls: the repetition of one that is refused is served."""


class Stack:
    """A running stack; `url` is the page's and the API's origin. Leaving the context ends every process."""

    def __init__(
        self, options: Options | None = None, say: Callable[[str], None] | None = None
    ) -> None:
        self.options = options or Options()
        self._say = say or (lambda _line: None)
        self._identity = StackIdentity(region=self.options.region)
        self._closers: list[Callable[[], None]] = []
        self._is_open = threading.Event()
        self.endpoints: dict[str, str] = {}

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End everything, in the order opposite to the start; safe to call twice."""
        closers, self._closers = self._closers, []
        for close in reversed(closers):
            close()

    def token(self, client_id: str = "demo-operator", scopes: tuple[str, ...] | None = None) -> str:
        """A token of a demo client (identity/clients.py): other people, tenants and scopes."""
        secret = self.issuer.clients[client_id].secret
        return client_token(self.issuer.url, client_id, secret, scopes)

    def api(self, token: str | None = None) -> ApiClient:
        """Returns a client of the API, with the operator's token unless another one is given."""
        return ApiClient(self.url, self.token() if token is None else token)

    def boto3_client(self, service: str) -> Any:
        """Returns a client of the stack's engines with the credentials of the account."""
        endpoint = self.endpoints[endpoint_variable(service)]
        return boto3_client(service, self._identity.region, endpoint, self.credentials)

    def function(self, logical_id: str) -> Function:
        """Returns a function by its logical id."""
        return next(f for f in self.functions if f.logical_id == logical_id)

    def pool(self, logical_id: str) -> Pool:
        """Returns the sandboxes of a function."""
        return self.lambdas.pool(self.function(logical_id).name)

    def add_function(self, function: Function, opt: Path) -> None:
        """Make a function invokable, with the directory `opt` as its /opt. Tests add their own."""
        placement = Placement(
            project=PROJECT,
            opt=opt,
            is_mounted=self._is_mounted,
            log=self.log_path(function.logical_id),
            environment={
                **self.credentials,
                **self.endpoints,
                "AWS_REGION": self._identity.region,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )

        def start() -> Sandbox:
            environment = {**placement.environment, **self.roles.session(function)}
            return Sandbox(function, replace(placement, environment=environment), self._spawner)

        self.lambdas.add(Pool(function, start, max_sandboxes=MAX_SANDBOXES))

    def log_path(self, logical_id: str) -> Path:
        """Returns the log of a function."""
        return self._logs / f"{logical_id}.log"

    @property
    def credentials(self) -> dict[str, str]:
        """The access key of the account, which may do everything; functions have sessions of their roles."""
        return self.kept.credentials

    @property
    def environment(self) -> dict[str, str]:
        """Credentials and region, as the engines and the programs of the user need them."""
        return {
            **self.credentials,
            "AWS_REGION": self._identity.region,
            "AWS_DEFAULT_REGION": self._identity.region,
        }

    @property
    def url(self) -> str:
        """The address of the page."""
        return self._front.url

    def _start(self) -> None:
        """What needs no engine is done while the engines start: the page answers then, and the API when they do."""
        began = time.perf_counter()
        self._front = listen(self.options.port)
        self._closers.append(self._front.stop)
        self.state = self.options.state or state.folder_of(self._front.port)
        state.prepare(self.state)
        self.kept = self._open_kept()
        self._logs = self.state / "logs"
        self._spawner = Spawner()
        self._closers.append(self._spawner.stop)
        self._say("Starting the engines, and the stand-ins for Bedrock and the demo services")
        self._start_engines()
        self._start_stand_ins()
        self._start_issuer_and_sink()
        self._read_template()
        self._start_gateway()
        self._prepare_functions()
        self._provision()
        self._lambda_server.start(self.lambdas.handle)
        self._write_state()
        self._is_open.set()
        self._say("Warming up the trace API")
        self._wait_until_healthy()
        self.children.wait()
        self.start_seconds = time.perf_counter() - began

    def _open_kept(self) -> Kept:
        if self.options.kept is None:
            return open_kept(self.state / "kept", fresh=True)
        kept = open_kept(self.options.kept, fresh=self.options.fresh)
        if not kept.is_new:
            self._say(f"Going on with {shown(kept.folder)} (make run FRESH=1 begins anew)")
        return kept

    def _serve(self, name: str, **options: Any) -> HttpServer:
        """A server of this process, on the port of the last start where that is free."""
        server = HttpServer(name=name, port=free_port(self.kept.ports.get(name, 0)), **options)
        self.kept.ports[name] = server.port
        self._closers.append(server.stop)
        return server

    def _start_issuer_and_sink(self) -> None:
        server = self._serve("issuer", max_body_bytes=65_536)
        self.issuer = Issuer(
            server.url,
            audience=AUDIENCE,
            redirect_uris=frozenset({f"{self.url}/"}),
            origins=frozenset({self.url}),
            secrets_of_clients=self.kept.clients,
            key=self.kept.key,
        )
        server.start(self.issuer.handle)
        server = self._serve("otlp")
        self.otlp = OtlpSink(self.state / "otlp")
        self.otlp_url = server.start(self.otlp.handle).url

    def _start_stand_ins(self) -> None:
        names = ("bedrock", "services")
        ports = [free_port(self.kept.ports.get(name, 0)) for name in names]
        stand_ins = standins.start(
            *ports, latency=self.options.latency, throttle_one_in=THROTTLED_ONE_IN
        )
        self._closers.append(stand_ins.stop)
        self.kept.ports |= dict(zip(names, ports, strict=True))
        self.endpoints[BEDROCK] = os.environ.get(BEDROCK) or stand_ins.bedrock_url
        self.connections = json.dumps(stand_ins.connections)

    def _start_engines(self) -> None:
        self._lambda_server = self._serve("lambda")
        environment = {**self.environment, "AWS_ACCOUNT_ID": self._identity.account_id}
        self.children = Children(
            self._spawner, self._logs, environment, self._say, ports=self.kept.ports
        )
        aws = aws_engine(self._lambda_server.url)
        self.children.start_engine(aws, self.kept.engine(aws.name))
        iam = {} if IAM in aws.given() else {IAM: f"http://{LOOPBACK}:{self.children.ports[AWS]}"}
        dynamodb = replace(DYNAMODB, environment=iam)
        self.children.start_engine(dynamodb, self.kept.engine(dynamodb.name))
        self.endpoints.update(self.children.endpoints)

    def _read_template(self) -> None:
        of_this_machine = parameters_of(self)
        given = self.options.parameters
        template = translated(
            self.options.template,
            given,
            later=frozenset(of_this_machine) - given.keys(),
            region=self._identity.region,
            folder=BUILD / "translated",
        )
        domain = self.url.removeprefix("http://")
        overrides = {("SiteDistribution", "DomainName"): domain}
        parameters = {**of_this_machine, **given}
        self.resolver = Resolver(
            template, parameters, self._identity, physical_attribute, overrides
        )
        check_types(self.resolver, template)
        self.functions = read_functions(self.resolver, template)

    def _start_gateway(self) -> None:
        region, ports = self._identity.region, self.children.ports
        self.roles = roles_of(region, self.endpoints, self.credentials, ports)
        self.lambdas = LambdaService(
            self.roles.send_failed_event, secret=self.credentials["AWS_SECRET_ACCESS_KEY"]
        )
        self._closers.append(self.lambdas.stop)
        http_api = HttpApi(
            read_http_api(self.resolver),
            self.lambdas,
            account_id=self._identity.account_id,
            log=self._logs / "gateway.log",
        )
        self._closers.append(http_api.stop)
        api = held_until(self._is_open, http_api.handle)
        self._front.start(
            page_and_api(self.resolver, api, self.options.files, self.url, self.issuer.url)
        )

    def _prepare_functions(self) -> None:
        self._is_mounted = self.options.mount_layers and can_mount(self._spawner, self.state)
        self._say("Building the layer" + (", mounted as /opt" if self._is_mounted else ""))
        for function in self.functions:
            self.add_function(function, prepare_opt(function.layers, PROJECT, BUILD))

    def _provision(self) -> None:
        self.roles.prepare()
        provision = provisioning(self.resolver, self.boto3_client)
        self._wait_for_engines()
        self._say("Provisioning from template.yaml")
        provision()
        self.children.keep_running(provision)
        self._closers.append(self.children.stop)

    def _wait_for_engines(self) -> None:
        try:
            self.children.wait()
        except EndedError as error:
            if error.code != os.EX_DATAERR:
                raise
            raise unreadable(self.kept.folder, str(error)) from error

    def _write_state(self) -> None:
        self._closers.append(partial(state.remove_state, self.state))
        self.kept.ports |= self.children.ports
        self.kept.write()
        state.write_state(self.state, document_of(self))

    def _wait_until_healthy(self) -> None:
        with self.api() as api:
            answer = api.call("GET", "/v1/workflows")
        if answer.status != 200:
            log = self.log_path("TraceApiFunction")
            raise StackError(
                f"The trace API answers {answer.status}: {answer.body.decode('utf-8', 'replace')}\n"
                f"Its log is {log}"
            )
