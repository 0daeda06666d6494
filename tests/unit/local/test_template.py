"""The project's own template as the local stack reads it, and what it refuses to read."""

from __future__ import annotations

import os

import pytest

from local.gateway.definition import Throttle, read_http_api
from local.gateway.site import read_distribution
from local.physical import physical_attribute
from local.resolve import Resolver, StackIdentity
from local.resources import check_types, read_functions
from local.translate import TemplateError, translate

SMALL = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, CodeUri: functions/, Timeout: 7}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      MemorySize: 512
      Layers: [!Ref OwnLayer]
      AutoPublishAlias: live
      SnapStart: {ApplyOn: PublishedVersions}
      ReservedConcurrentExecutions: 2
      Environment: {Variables: {TABLE: !Ref Table, FLAG: true, NUMBER: 5}}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}}
      Events:
        Tick: {Type: Schedule, Properties: {Schedule: rate(2 minutes)}}
        Read:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: GET, Path: "/things/{id}"}
  OwnLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: makefile}
    Properties: {ContentUri: ./layers/own/}
  Queue: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: things}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            AuthorizationScopes: [things:read]
            JwtConfiguration: {issuer: "https://issuer.example", audience: [things]}
      DefaultRouteSettings: {ThrottlingBurstLimit: 10, ThrottlingRateLimit: 5}
      RouteSettings: {"GET /things/{id}": {ThrottlingRateLimit: 2}}
"""


def make_resolver(source: str = SMALL) -> Resolver:
    template = translate(source, {}, "us-east-1")
    resolver = Resolver(template, {}, StackIdentity(), physical_attribute)
    check_types(resolver, template)
    return resolver


def test_a_function_is_what_the_template_says() -> None:
    template = translate(SMALL, {}, "us-east-1")
    (function,) = read_functions(
        Resolver(template, {}, StackIdentity(), physical_attribute), template
    )
    assert function.name == "spanvas-local-Worker"
    assert function.handler == "app.handler"
    assert function.code_path == "functions"
    assert (function.timeout_seconds, function.memory_mb) == (7, 512)
    assert function.environment == {"TABLE": "things", "FLAG": "true", "NUMBER": "5"}
    assert [(layer.logical_id, layer.path, layer.build_method) for layer in function.layers] == [
        ("OwnLayer", "layers/own", "makefile")
    ]
    assert (function.has_snap_start, function.reserved_concurrency) == (True, 2)
    assert function.retry_attempts == 1
    assert function.on_failure == "arn:aws:sqs:us-east-1:123456789012:spanvas-local-Queue"
    assert function.role == "arn:aws:iam::123456789012:role/spanvas-local-WorkerRole"


def test_a_route_has_its_functions_name_and_its_scopes() -> None:
    api = read_http_api(make_resolver())
    (route,) = api.routes
    assert route.key == "GET /things/{id}"
    assert route.function_name == "spanvas-local-Worker"
    assert route.scopes == ("things:read",)
    assert route.authorizer is not None
    assert route.authorizer.issuer == "https://issuer.example"
    assert route.authorizer.audience == ("things",)
    assert (api.throttle, api.cors) == (Throttle(5.0, 10), {})
    assert api.route_throttles == {"GET /things/{id}": Throttle(2.0, 5_000)}


def test_other_settings_of_a_route_than_its_throttle_stop_the_stack() -> None:
    source = SMALL.replace("{ThrottlingRateLimit: 2}", "{DetailedMetricsEnabled: true}")
    with pytest.raises(TemplateError, match="DetailedMetricsEnabled of routes do not run here"):
        read_http_api(make_resolver(source))


def test_a_resource_type_that_is_not_known_stops_the_stack() -> None:
    source = SMALL + "  Stream: {Type: AWS::Kinesis::Stream}\n"
    with pytest.raises(TemplateError, match=r"Stream \(AWS::Kinesis::Stream\)"):
        make_resolver(source)


def test_sams_own_refusal_is_passed_on() -> None:
    source = SMALL.replace("ApiId: !Ref Api, ", "ApiId: !Ref Nowhere, ")
    with pytest.raises(TemplateError, match="SAM refuses the template"):
        translate(source, {}, "us-east-1")


def test_each_translation_is_for_its_own_region(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    source = SMALL.replace("MemorySize: 512", "Tracing: Active")
    before = dict(os.environ)
    for region, partition in (("cn-north-1", "aws-cn"), ("eu-west-1", "aws")):
        role = translate(source, {}, region).resources["WorkerRole"]
        policies = role["Properties"]["ManagedPolicyArns"]
        assert {arn.split(":")[1] for arn in policies} == {partition}
    assert dict(os.environ) == before


def test_the_projects_template_can_be_read_whole() -> None:
    from local.project import PROJECT
    from local.translate import read_template

    parameters = {"JwtIssuer": "http://127.0.0.1:1", "JwtAudience": "spanvas"}
    template = read_template(PROJECT / "template.yaml", parameters, "us-east-1")
    overrides = {("SiteDistribution", "DomainName"): "127.0.0.1:8321"}
    resolver = Resolver(template, parameters, StackIdentity(), physical_attribute, overrides)
    check_types(resolver, template)
    names = {function.logical_id for function in read_functions(resolver, template)}
    assert {"TraceApiFunction", "ExecutorFunction", "SweepFunction"} <= names
    assert read_http_api(resolver).routes
    assert read_distribution(resolver).behaviour_for("/v1/executions").origin == "api"
    assert read_distribution(resolver).behaviour_for("/executions/1").origin == "site"
