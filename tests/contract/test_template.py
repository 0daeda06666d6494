"""The template against the code: what it names exists, and what the code needs it gives."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import pytest

from local.physical import physical_attribute
from local.resolve import Resolver
from local.translate import read_template
from spanvas.settings import SETTINGS, Settings
from spanvas.storage import items
from spanvas.storage.purging import PREFIXES
from spanvas_api.operations.start_execution import QUEUE_SECONDS
from spanvas_api.route_schema import GREEDY_PATH, TEMPO_GREEDY_PATH, Route
from spanvas_api.routes import ALL_ROUTES
from tests.support.aws_from_template import (
    PARAMETERS,
    ROOT,
    STACK,
    deployed_stack,
    translated_template,
)
from tools.settings_reference import FUNCTIONS, WRITTEN_BY_THE_WRAPPER

STEPS = ("ReserveFunction", "ChargeFunction", "ConfirmFunction")
FUNCTION_IDS = (
    "TraceApiFunction", "ExecutorFunction", "OtlpIngestFunction", "SweepFunction",
    "DeletionFunction", *STEPS
)  # fmt: skip


def properties(logical_id: str) -> dict[str, Any]:
    return deployed_stack().properties(logical_id)


def variables(function: str) -> dict[str, str]:
    return {k: str(v) for k, v in properties(function)["Environment"]["Variables"].items()}


def test_the_template_has_no_other_functions() -> None:
    assert set(deployed_stack().logical_ids("AWS::Lambda::Function")) == set(FUNCTION_IDS)


@pytest.mark.parametrize("function", FUNCTION_IDS)
def test_every_handler_imports(function: str) -> None:
    module, _, name = properties(function)["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("function", FUNCTION_IDS)
def test_every_function_runs_on_the_runtime_its_wheels_are_built_for(function: str) -> None:
    assert properties(function)["Runtime"] == "python3.13"
    assert properties(function)["Architectures"] == ["arm64"]
    makefile = (ROOT / "functions" / "Makefile").read_text("utf-8")
    assert "--python-version 3.13 " in makefile
    assert "--platform manylinux2014_$(MACHINE) " in makefile
    assert f"build-{function}" in makefile.split()


@pytest.mark.parametrize(("user", "function"), FUNCTIONS.items())
def test_a_function_is_given_exactly_the_settings_it_reads(user: str, function: str) -> None:
    expected = {
        setting.variable
        for setting in SETTINGS
        if user in setting.used_by and setting.name != WRITTEN_BY_THE_WRAPPER
    }
    given = {name for name in variables(function) if name.startswith("SPANVAS_")}
    assert given == expected


@pytest.mark.parametrize("function", FUNCTION_IDS)
def test_the_values_of_a_function_can_be_read_as_settings(function: str) -> None:
    settings = Settings.from_env(variables(function))
    assert settings.table == "spanvas-TraceTable"
    assert settings.bucket == "spanvas-traces-00000000-0000-4000-8000-000000000000"
    assert settings.retention_days == 30


def test_what_a_deployment_may_not_choose_has_the_setting_s_own_default() -> None:
    chosen = {
        "enabled",
        "table",
        "audit_table",
        "bucket",
        "executor_function",
        "service_name",
        "handler",
        "jwt_issuer",
        "jwt_audience",
    }
    everything = {
        **variables("ExecutorFunction"),
        **variables("TraceApiFunction"),
        **variables("OtlpIngestFunction"),
    }
    different = {
        setting.variable: everything[setting.variable]
        for setting in SETTINGS
        if setting.name not in chosen and everything[setting.variable] != setting.default
    }
    assert different == {}


@pytest.mark.parametrize("function", ["ExecutorFunction", *STEPS])
def test_executors_are_traced_without_a_line_of_code(function: str) -> None:
    assert variables(function)["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/otel-instrument"
    assert len(properties(function)["Layers"]) == 2


def test_the_others_have_what_they_need_of_the_layers() -> None:
    # RE2 is in the second one: both redact what others have sent.
    assert len(properties("TraceApiFunction")["Layers"]) == 2
    assert len(properties("OtlpIngestFunction")["Layers"]) == 2
    assert len(properties("SweepFunction")["Layers"]) == 1


def test_layers_are_built_by_their_makefiles() -> None:
    methods = translated_template().build_methods
    assert methods == {
        "layers/spanvas": ("SpanvasLayer", "makefile"),
        "layers/libraries": ("LibrariesLayer", "makefile"),
        "layers/otlp-exporter": ("OtlpExporterLayer", "makefile"),
    }
    for path, (logical_id, _) in methods.items():
        assert f"build-{logical_id}" in (ROOT / path / "Makefile").read_text("utf-8")


def test_the_layer_of_exporters_is_made_where_it_is_asked_for_and_the_executor_has_it() -> None:
    def layers(**parameters: str) -> list[str]:
        arns: list[str] = deployed_stack(**parameters).properties("ExecutorFunction")["Layers"]
        return [re.sub(r".*:layer:(\D+)[0-9a-f]{10}:1", r"\1", arn) for arn in arns]

    assert layers() == ["SpanvasLayer", "LibrariesLayer"]
    assert layers(OtlpExporter="otel") == ["SpanvasLayer", "LibrariesLayer", "OtlpExporterLayer"]


def test_the_api_s_routes_and_scopes_are_the_template_s() -> None:
    paths = properties("HttpApi")["Body"]["paths"]
    deployed = {
        (method.upper(), path): call["security"]
        for path, calls in paths.items()
        for method, call in calls.items()
    }
    expected = {
        (route.method, route.path): [{"Jwt": scopes_at_the_gateway(route)}] for route in ALL_ROUTES
    }
    # All other methods there, to be answered by 405.
    expected["X-AMAZON-APIGATEWAY-ANY-METHOD", "/v1/traces"] = [{"Jwt": ["trace:ingest"]}]
    # An id with a slash in it.
    for method in ("GET", "POST", "DELETE"):
        expected[method, GREEDY_PATH] = [{"Jwt": []}]
    # A path of Tempo's API that is not answered.
    expected["GET", TEMPO_GREEDY_PATH] = [{"Jwt": []}]
    assert deployed == expected


def scopes_at_the_gateway(route: Route) -> list[str]:
    """Of a call on one execution the function checks the scope, since it records who was refused."""
    return [] if route.is_of_one_execution else [route.scope]


def test_every_call_of_the_api_asks_the_issuer_and_the_audience() -> None:
    body = properties("HttpApi")["Body"]
    authorizer = body["components"]["securitySchemes"]["Jwt"]["x-amazon-apigateway-authorizer"]
    assert authorizer == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": "https://login.example.com/", "audience": ["spanvas"]},
    }


def test_other_pages_may_call_only_when_they_are_named() -> None:
    assert "x-amazon-apigateway-cors" not in properties("HttpApi")["Body"]
    parameters = {**PARAMETERS, "AllowedOrigins": "https://a.example.com,https://b.example.com"}
    template = read_template(ROOT / "template.yaml", parameters, STACK.region)
    stack = Resolver(
        template,
        parameters,
        STACK,
        physical_attribute,
        {("SiteDistribution", "DomainName"): "d1.cloudfront.net"},
    )
    cors = stack.properties("HttpApi")["Body"]["x-amazon-apigateway-cors"]
    assert cors["allowOrigins"] == ["https://a.example.com", "https://b.example.com"]
    assert "allowCredentials" not in cors
    (rule,) = stack.properties("TraceBucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == [
        "https://d1.cloudfront.net",
        "https://a.example.com",
        "https://b.example.com",
    ]


def test_the_access_log_is_json_without_query_strings_and_headers() -> None:
    (stage,) = deployed_stack().logical_ids("AWS::ApiGatewayV2::Stage")
    text = properties(stage)["AccessLogSettings"]["Format"]
    assert json.loads(text)["route"] == "$context.routeKey"
    assert "header" not in text
    assert "path" not in text


def test_keys_and_indexes_are_the_storage_s() -> None:
    table = properties("TraceTable")
    key_of = {
        index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in table["GlobalSecondaryIndexes"]
    }
    names = (
        items.BY_WORKFLOW,
        items.BY_TENANT,
        items.BY_TRACE,
        items.BY_STATUS,
        items.BY_DEADLINE,
    )
    assert key_of == {name: (partition, sort) for name, partition, sort in names}
    assert [key["AttributeName"] for key in table["KeySchema"]] == list(items.key("t", "e"))
    projected = {
        index["IndexName"]: index["Projection"] for index in table["GlobalSecondaryIndexes"]
    }
    assert projected.pop("by_status") == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": list(items.STATUS_PROJECTED),
    }
    assert {projection["ProjectionType"] for projection in projected.values()} == {"KEYS_ONLY"}


@pytest.mark.parametrize("table", ["TraceTable", "AuditTable"])
def test_time_to_live_reads_the_attribute_that_the_storage_writes(table: str) -> None:
    # jaeger-dynamodb wrote ExpiresAfter and expired by ExpireTime: nothing was ever deleted.
    specification = properties(table)["TimeToLiveSpecification"]
    assert specification == {"AttributeName": items.TTL_ATTRIBUTE, "Enabled": True}


def test_the_bucket_forgets_when_the_table_does() -> None:
    *rules, noncurrent = properties("TraceBucket")["LifecycleConfiguration"]["Rules"]
    days = variables("ExecutorFunction")["SPANVAS_RETENTION_DAYS"]
    assert [(rule["Prefix"], str(rule["ExpirationInDays"])) for rule in rules] == [
        ("details/", days),
        ("artifacts/", days),
    ]
    shorter = deployed_stack(ContentRetentionDays="7").properties("TraceBucket")
    *rules, _ = shorter["LifecycleConfiguration"]["Rules"]
    assert [str(rule["ExpirationInDays"]) for rule in rules] == ["7", "7"]
    # What is held lies beside these, and expires when nobody holds it any more.
    assert {one.split("/")[0] for one in PREFIXES} == {"details", "artifacts", "held"}
    assert noncurrent["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert noncurrent["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_an_execution_is_never_silently_repeated() -> None:
    (config,) = deployed_stack().logical_ids("AWS::Lambda::EventInvokeConfig")
    assert properties(config)["MaximumRetryAttempts"] == 0
    assert properties(config)["MaximumEventAgeInSeconds"] <= QUEUE_SECONDS
    destination = properties(config)["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == "arn:aws:events:us-east-1:123456789012:event-bus/spanvas-failed-events"


@pytest.mark.parametrize("function", FUNCTION_IDS)
def test_every_function_logs_json_to_a_group_that_expires(function: str) -> None:
    logging = properties(function)["LoggingConfig"]
    groups = {
        deployed_stack().ref(group): properties(group)["RetentionInDays"]
        for group in deployed_stack().logical_ids("AWS::Logs::LogGroup")
    }
    assert logging["LogFormat"] == "JSON"
    assert int(groups[logging["LogGroup"]]) == 30


def test_what_people_and_exporters_wait_for_starts_from_a_snapshot_of_its_published_version() -> (
    None
):
    for function in ("TraceApiFunction", "OtlpIngestFunction"):
        assert properties(function)["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    aliases = deployed_stack().logical_ids("AWS::Lambda::Alias")
    assert [properties(alias)["Name"] for alias in aliases] == ["live", "live"]


def test_the_gateway_waits_for_as_long_as_the_otlp_endpoint_may_take() -> None:
    assert properties("OtlpIngestFunction")["Timeout"] < 30


def test_links_to_files_in_other_buckets_are_allowed_where_they_are_asked_for() -> None:
    arns = "arn:aws:s3:::reports/*,arn:aws:s3:::models/2026/*"
    found = {}
    for given in ("", arns):
        parameters = {**PARAMETERS, "ArtifactBucketArns": given}
        template = read_template(ROOT / "template.yaml", parameters, STACK.region)
        role = Resolver(template, parameters, STACK, physical_attribute).properties("TraceApiRole")
        statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        found[given] = [
            (statement["Action"], statement["Resource"])
            for statement in statements
            if statement["Sid"] == "SignLinksToFilesInOtherBuckets"
        ]
    assert found == {
        "": [],
        arns: [(["s3:GetObject", "s3:GetObjectVersion"], arns.split(","))],
    }
    assert Settings.from_env({"SPANVAS_ARTIFACT_BUCKETS": arns}).artifact_buckets == (
        "reports",
        "models",
    )
