"""The functions, layers and schedules of a resolved template as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.deployment import MADE_IN_ORDER
from local.physical import physical_name
from local.provision import MADE_HERE
from local.resolve import Resolver
from local.translate import PROJECT_BUCKET, Template, TemplateError

DEFAULT_TIMEOUT_SECONDS = 3
DEFAULT_MEMORY_MB = 128
DEFAULT_RETRY_ATTEMPTS = 2
DEFAULT_EVENT_AGE_SECONDS = 21_600

# Types that have no counterpart on one machine, or that another type's handling covers. A type that is neither
# here nor handled stops the stack, so that nothing in the template is silently left out.
NOT_RUN_HERE = frozenset({
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
})  # fmt: skip
RUN_HERE = frozenset({
    *MADE_IN_ORDER,
    *MADE_HERE,
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer's source: `path` within the project, and how `sam build` makes it."""

    logical_id: str
    path: str
    build_method: str


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function as the template configures it. `environment` is exactly what the template says."""

    logical_id: str
    name: str
    arn: str
    handler: str
    runtime: str
    code_path: str
    timeout_seconds: int
    memory_mb: int
    environment: dict[str, str]
    layers: tuple[Layer, ...]
    log_format: str
    log_group: str
    has_snap_start: bool
    reserved_concurrency: int | None
    retry_attempts: int
    max_event_age_seconds: int
    on_failure: str
    """The ARN of the queue or the event bus that gets a record of an event that failed; "" where there is none."""
    role: str = ""
    """The ARN of its role; without one it has the account's own credentials."""


def check_types(resolver: Resolver, template: Template) -> None:
    """Raise TemplateError where the template holds a type that the local stack does not know."""
    unknown = sorted(
        f"{logical_id} ({resource['Type']})"
        for logical_id, resource in template.resources.items()
        if resolver.exists(logical_id) and resource["Type"] not in NOT_RUN_HERE | RUN_HERE
    )
    if unknown:
        raise TemplateError("the local stack does not know what to do with " + ", ".join(unknown))


def read_functions(resolver: Resolver, template: Template) -> list[Function]:
    """Returns the functions of the template. Raises TemplateError."""
    layers = read_layers(resolver, template)
    invoke_configs = {}
    for logical_id in resolver.logical_ids("AWS::Lambda::EventInvokeConfig"):
        properties = resolver.properties(logical_id)
        invoke_configs[properties["FunctionName"]] = properties
    return [
        read_function(resolver, logical_id, layers, invoke_configs)
        for logical_id in resolver.logical_ids("AWS::Lambda::Function")
    ]


def read_function(
    resolver: Resolver,
    logical_id: str,
    layers: dict[str, Layer],
    invoke_configs: dict[str, dict[str, Any]],
) -> Function:
    """Returns one function. Raises TemplateError."""
    properties = resolver.properties(logical_id)
    name = physical_name(resolver, logical_id)
    logging = properties.get("LoggingConfig", {})
    invoke = invoke_configs.get(name, {})
    reserved = properties.get("ReservedConcurrentExecutions")
    destination = invoke.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    return Function(
        logical_id=logical_id,
        name=name,
        arn=resolver.attribute(logical_id, "Arn"),
        handler=properties["Handler"],
        runtime=properties["Runtime"],
        code_path=project_path(properties["Code"]),
        timeout_seconds=int(properties.get("Timeout", DEFAULT_TIMEOUT_SECONDS)),
        memory_mb=int(properties.get("MemorySize", DEFAULT_MEMORY_MB)),
        environment={
            variable: text(value)
            for variable, value in properties.get("Environment", {}).get("Variables", {}).items()
        },
        layers=tuple(layers[arn] for arn in properties.get("Layers", [])),
        log_format=logging.get("LogFormat", "Text"),
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        has_snap_start=properties.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions",
        reserved_concurrency=None if reserved is None else int(reserved),
        retry_attempts=int(invoke.get("MaximumRetryAttempts", DEFAULT_RETRY_ATTEMPTS)),
        max_event_age_seconds=int(
            invoke.get("MaximumEventAgeInSeconds", DEFAULT_EVENT_AGE_SECONDS)
        ),
        on_failure=destination,
        role=properties["Role"],
    )


def read_layers(resolver: Resolver, template: Template) -> dict[str, Layer]:
    """Layers by the ARN that functions refer to them with."""
    layers = {}
    for logical_id in resolver.logical_ids("AWS::Lambda::LayerVersion"):
        path = project_path(resolver.properties(logical_id)["Content"])
        source_id, method = template.build_methods.get(path, (logical_id, ""))
        layers[resolver.attribute(logical_id, "")] = Layer(source_id, path, method)
    return layers


def function_name_of(arn: str) -> str:
    """`arn:aws:lambda:region:account:function:NAME[:qualifier]`, or a name, or `name:qualifier` -> name."""
    parts = arn.split(":")
    return parts[6] if arn.startswith("arn:") else parts[0]


def project_path(code: dict[str, str]) -> str:
    """Returns the folder of code that is in the project. Raises TemplateError."""
    if code.get("S3Bucket") != PROJECT_BUCKET:
        raise TemplateError(f"code outside the project cannot run here: {code}")
    return code["S3Key"]


def text(value: object) -> str:
    """A variable's value as Lambda passes it on: CloudFormation sends booleans in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
