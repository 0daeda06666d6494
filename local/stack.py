"""The whole stack as one object: `with Stack() as stack: ...` is what `make run` keeps open until Ctrl-C.

Starts engines and stand-ins, provisions them from `template.yaml`, and serves gateway, Lambda, issuer and OTLP sink.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from local import state
from local.children import CONNECTIONS, LAMBDA, Children
from local.client import ApiClient, boto3_client, client_token, sign_in
from local.deployment import deploy
from local.engines.aws import AWS, IAM, S3, aws_engine, endpoint_variable
from local.engines.dynalite import DYNAMODB
from local.front import listen, page_and_api
from local.gateway.definition import read_http_api
from local.gateway.http_api import HttpApi
from local.http_message import LOOPBACK
from local.http_server import HttpServer
from local.identity.clients import DEMO_TENANT, PAGE_CLIENT_ID
from local.identity.issuer import Issuer
from local.kept import Kept, open_kept
from local.lambdas.layers import prepare_opt
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Placement, Sandbox
from local.lambdas.service import LambdaService
from local.mounting import can_mount
from local.options import Options
from local.otlp_sink import OtlpSink
from local.physical import physical_attribute
from local.processes import Spawner, free_port
from local.project import PROJECT, shown
from local.provision import provision_buckets, provision_tables
from local.resolve import Resolver, StackIdentity
from local.resources import Function, check_types, read_functions
from local.roles import roles_of
from local.state import BUILD, StackError
from local.translate import read_template

__all__ = ["Options", "Stack"]
AUDIENCE = "spanvas"
MAX_SANDBOXES = 4


class Stack:
    """A running stack; `url` is the page's and the API's origin. Leaving the context ends every process."""

    def __init__(
        self, options: Options | None = None, say: Callable[[str], None] | None = None
    ) -> None:
        self.options = options or Options()
        self._say = say or (lambda _line: None)
        self._identity = StackIdentity(region=self.options.region)
        self._closers: list[Callable[[], None]] = []
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

    def operator_token(self) -> str:
        """A token by the page's own sign-in."""
        return sign_in(self.issuer.url, f"{self.url}/")

    def token(self, client_id: str, scopes: tuple[str, ...] | None = None) -> str:
        """A token of a demo client (identity/clients.py): other people, tenants and scopes."""
        secret = self.issuer.clients[client_id].secret
        return client_token(self.issuer.url, client_id, secret, scopes)

    def api(self, token: str | None = None) -> ApiClient:
        """Returns a client of the API, with the operator's token unless another one is given."""
        return ApiClient(self.url, self.operator_token() if token is None else token)

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
    def url(self) -> str:
        """The address of the page."""
        return self._front.url

    def _start(self) -> None:
        began = time.perf_counter()
        self._front = listen(self.options.port)
        self._closers.append(self._front.stop)
        self.state = self.options.state or state.folder_of(self._front.port)
        state.prepare(self.state)
        self.kept = self._open_kept()
        self._logs = self.state / "logs"
        self._spawner = Spawner()
        self._closers.append(self._spawner.stop)
        self._lambda_server = self._serve("lambda")
        self._say("Starting the engines, and the stand-ins for Bedrock and the demo services")
        environment = {**self._environment(), "AWS_ACCOUNT_ID": self._identity.account_id}
        self.children = Children(
            self._spawner, self._logs, environment, self._say, ports=self.kept.ports
        )
        aws = aws_engine(self._lambda_server.url)
        self.children.start_engine(aws, self.kept.engine(aws.name))
        iam = {} if IAM in aws.given() else {IAM: f"http://{LOOPBACK}:{self.children.ports[AWS]}"}
        dynamodb = replace(DYNAMODB, environment=iam)
        self.children.start_engine(dynamodb, self.kept.engine(dynamodb.name))
        self.children.start_stand_ins(self.options.latency)
        self._start_issuer_and_sink()
        self._is_mounted = self.options.mount_layers and can_mount(self._spawner, self.state)
        self.endpoints.update(self.children.wait())
        region, ports = self._identity.region, self.children.ports
        self.roles = roles_of(region, self.endpoints, self.credentials, ports)
        self._say("Provisioning from template.yaml")
        self._provision()
        self.children.keep_running(self._provision_engines)
        self._closers.append(self.children.stop)
        self._start_lambda()
        self._start_gateway()
        self._write_state()
        self._say("Warming up the trace API")
        self._wait_until_healthy()
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

    def _environment(self) -> dict[str, str]:
        """Credentials and region, as the engines and the programs of the user need them."""
        return {
            **self.credentials,
            "AWS_REGION": self._identity.region,
            "AWS_DEFAULT_REGION": self._identity.region,
        }

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

    def _provision(self) -> None:
        parameters = {
            "JwtIssuer": self.issuer.url,
            "JwtAudience": AUDIENCE,
            "ClientId": PAGE_CLIENT_ID,
            "AllowedOrigins": self.url,
            "OtlpEndpoint": self.otlp_url,
            "Connections": self.endpoints.pop(CONNECTIONS),
            "ArtifactOrigin": self.endpoints[S3],
            **self.options.parameters,
        }
        template = read_template(self.options.template, parameters, self._identity.region)
        domain = self.url.removeprefix("http://")
        overrides = {("SiteDistribution", "DomainName"): domain}
        self.resolver = Resolver(
            template, parameters, self._identity, physical_attribute, overrides
        )
        check_types(self.resolver, template)
        self.functions = read_functions(self.resolver, template)
        self._provision_engines()

    def _provision_engines(self) -> None:
        """Make the tables and buckets that are not there: all of them at the start, and after an engine has died."""
        provision_tables(self.resolver, self.boto3_client("dynamodb"))
        provision_buckets(self.resolver, self.boto3_client("s3"))
        deploy(self.resolver, self.boto3_client("cloudformation"))

    def _start_lambda(self) -> None:
        self._say("Building the layer" + (", mounted as /opt" if self._is_mounted else ""))
        self.lambdas = LambdaService(send=self.roles.send_failed_event, refusal=self.roles.refusal)
        self.endpoints[LAMBDA] = self._lambda_server.url
        for function in self.functions:
            self.add_function(function, prepare_opt(function.layers, PROJECT, BUILD))
        self._lambda_server.start(self.lambdas.handle)
        self._closers.append(self.lambdas.stop)

    def _start_gateway(self) -> None:
        http_api = HttpApi(
            read_http_api(self.resolver),
            self.lambdas,
            account_id=self._identity.account_id,
            log=self._logs / "gateway.log",
        )
        self._closers.append(http_api.stop)
        handler = page_and_api(
            self.resolver, http_api.handle, self.options.files, self.url, self.issuer.url
        )
        self._front.start(handler)

    def _write_state(self) -> None:
        """What `python -m local token`, `env` and `tools.sam_local` read."""
        document = {
            "url": self.url,
            "issuer": self.issuer.url,
            "clients": {name: client.secret for name, client in self.issuer.clients.items()},
            "functions": {f.logical_id: f.environment for f in self.functions},
            "environment": {
                **self._environment(),
                **self.endpoints,
                "SPANVAS_TABLE": self.resolver.ref("TraceTable"),
                "SPANVAS_BUCKET": self.resolver.ref("TraceBucket"),
                "SPANVAS_AUDIT_TABLE": self.resolver.ref("AuditTable"),
                "SPANVAS_JWT_ISSUER": self.issuer.url,
                "SPANVAS_JWT_AUDIENCE": AUDIENCE,
                "SPANVAS_TENANT": DEMO_TENANT,
                "SPANVAS_OTLP_ENDPOINT": self.otlp_url,
            },
        }
        self._closers.append(partial(state.remove_state, self.state))
        self.kept.ports |= self.children.ports
        self.kept.write()
        state.write_state(self.state, document)

    def _wait_until_healthy(self) -> None:
        with self.api() as api:
            answer = api.call("GET", "/v1/workflows")
        if answer.status != 200:
            log = self.log_path("TraceApiFunction")
            raise StackError(
                f"The trace API answers {answer.status}: {answer.body.decode('utf-8', 'replace')}\n"
                f"Its log is {log}"
            )
