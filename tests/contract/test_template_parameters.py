"""What a platform team may choose: each parameter reaches every resource that it is about, and nothing by default."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cfnlint.api import lint

from local.physical import physical_attribute
from local.resolve import Resolver
from tests.support.aws_from_template import (
    PARAMETERS,
    STACK,
    deployed_stack,
    translated_template,
)

KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3b2a1c-1111-4222-8333-444455556666"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/page/0f3b2a1c"
ACCESS_LOG = "arn:aws:logs:us-east-1:123456789012:log-group:all-apis"
NETWORK = {"SubnetIds": "subnet-0a1b,subnet-2c3d", "SecurityGroupIds": "sg-0e4f"}
CHINA = replace(STACK, region="cn-north-1", partition="aws-cn")
GOVERNMENT = replace(STACK, region="us-gov-west-1", partition="aws-us-gov")
FUNCTIONS = tuple(deployed_stack().logical_ids("AWS::Lambda::Function"))
ROLES_OF_FUNCTIONS = tuple(
    role
    for role in deployed_stack().logical_ids("AWS::IAM::Role")
    if "lambda.amazonaws.com"
    in json.dumps(deployed_stack().properties(role)["AssumeRolePolicyDocument"])
)
PAGE = (
    "SiteBucket", "SiteBucketPolicy", "SiteAccess", "SitePaths", "SiteHeaders", "ApiHeaders",
    "SiteDistribution",
)  # fmt: skip


@cache
def everything(stack: Resolver) -> dict[str, dict[str, Any]]:
    """The resources that exist, with their properties."""
    names = [name for name in translated_template().resources if stack.exists(name)]
    return {name: stack.properties(name) for name in names}


def in_partition(identity: Any, **parameters: str) -> Resolver:
    names = {("TraceWriterPolicy", ""): f"arn:{identity.partition}:iam::123456789012:policy/writer"}
    return Resolver(
        translated_template(), {**PARAMETERS, **parameters}, identity, physical_attribute, names
    )


@pytest.mark.parametrize(
    "regions", [["us-east-1", "eu-central-1"], ["us-gov-west-1"], ["cn-north-1"], ["cn-northwest-1"]]
)  # fmt: skip
def test_cfn_lint_finds_nothing_in_the_translated_template(regions: list[str]) -> None:
    # `sam validate --lint` does not look inside Globals and Events; the translation has neither.
    findings = lint(json.dumps(translated_template().document), regions=regions)
    # SAM itself reads this one, and the translation has no more of it (ADR 22).
    assert [finding.message for finding in findings] == [
        "Parameter AutoPublishCodeSha256 not used."
    ]


@pytest.mark.parametrize("identity", [CHINA, GOVERNMENT])
def test_other_partitions_have_their_own_arns_and_hosts_and_no_page(identity: Any) -> None:
    stack = in_partition(identity)
    resources = everything(stack)
    assert set(PAGE) & set(resources) == set()
    principals = re.compile(
        r'"Service": "[a-z]+\.amazonaws\.com"|"Principal": "[a-z]+\.amazonaws\.com"'
    )
    text = principals.sub("", json.dumps(resources))
    assert "arn:aws:" not in text
    assert f"arn:{identity.partition}:bedrock:*::foundation-model/" in text
    assert set(re.findall(r"amazonaws\.com(?:\.\w+)?", text)) <= {identity.url_suffix}
    assert "aws.amazon.com" not in text


@pytest.mark.parametrize(
    ("identity", "console"),
    [
        (STACK, "https://us-east-1.console.aws.amazon.com/"),
        (CHINA, "https://cn-north-1.console.amazonaws.cn/"),
        (GOVERNMENT, "https://us-gov-west-1.console.amazonaws-us-gov.com/"),
    ],
)
def test_the_dashboard_is_at_the_partition_s_console(identity: Any, console: str) -> None:
    output = translated_template().document["Outputs"]["DashboardUrl"]["Value"]
    url = str(in_partition(identity).value(output))
    assert url.startswith(f"{console}cloudwatch/home?region={identity.region}#dashboards/")


def test_the_page_is_left_out_with_all_that_is_about_it() -> None:
    before, after = everything(deployed_stack()), everything(deployed_stack(Page="false"))
    assert set(before) - set(after) == set(PAGE)
    assert "CorsConfiguration" not in after["TraceBucket"]
    origins = deployed_stack(Page="false", AllowedOrigins="https://a.example.com")
    (rule,) = origins.properties("TraceBucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://a.example.com"]
    outputs = translated_template().document["Outputs"]
    of_the_page = {name for name, output in outputs.items() if output.get("Condition") == "HasPage"}
    assert of_the_page == {"SiteUrl", "SiteBucketName", "SiteDistributionId"}
    for name in set(outputs) - of_the_page - {"OrderStateMachineArn"}:
        deployed_stack(Page="false").value(outputs[name]["Value"])


def test_one_key_encrypts_what_is_stored_queued_and_logged_and_the_variables() -> None:
    resources = everything(deployed_stack(KmsKeyArn=KEY))
    encrypted = {}
    for name, properties in resources.items():
        if KEY in json.dumps(properties):
            encrypted[name] = properties
    for table in ("TraceTable", "AuditTable"):
        assert encrypted[table]["SSESpecification"] == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": KEY,
        }
    (rule,) = encrypted["TraceBucket"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
    }
    queue = encrypted["FailedExecutionsQueue"]
    assert (queue["KmsMasterKeyId"], "SqsManagedSseEnabled" in queue) == (KEY, False)
    assert encrypted["FailedEventsBus"]["KmsKeyIdentifier"] == KEY
    for group in deployed_stack().logical_ids("AWS::Logs::LogGroup"):
        assert encrypted[group]["KmsKeyId"] == KEY
    for function in FUNCTIONS:
        assert encrypted[function]["KmsKeyArn"] == KEY


@pytest.mark.parametrize("role", ROLES_OF_FUNCTIONS)
def test_every_function_may_use_the_key_and_no_other(role: str) -> None:
    stack = deployed_stack(KmsKeyArn=KEY)
    attached = stack.properties(role)["ManagedPolicyArns"]
    granting = {stack.ref(name) for name in ("KeyPolicy", "TraceWriterPolicy")}
    assert granting & set(attached)
    for name in ("KeyPolicy", "TraceWriterPolicy", "TenantTraceWriterPolicy"):
        statements = stack.properties(name)["PolicyDocument"]["Statement"]
        assert [s["Resource"] for s in statements if "kms:Decrypt" in s["Action"]] == [KEY]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_runs_in_the_subnets(function: str) -> None:
    assert "VpcConfig" not in deployed_stack().properties(function)
    assert deployed_stack(**NETWORK).properties(function)["VpcConfig"] == {
        "SubnetIds": ["subnet-0a1b", "subnet-2c3d"],
        "SecurityGroupIds": ["sg-0e4f"],
    }


@pytest.mark.parametrize("role", ROLES_OF_FUNCTIONS)
def test_lambda_may_connect_every_function_and_the_function_s_code_may_not(role: str) -> None:
    stack = deployed_stack(**NETWORK)
    assert stack.ref("NetworkPolicy") in stack.properties(role)["ManagedPolicyArns"]
    allow, deny = stack.properties("NetworkPolicy")["PolicyDocument"]["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert set(allow["Action"]) == set(deny["Action"])
    assert deny["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}


def test_every_role_has_the_boundary() -> None:
    roles = deployed_stack().logical_ids("AWS::IAM::Role")
    with_boundary = deployed_stack(PermissionsBoundaryArn=BOUNDARY)
    bounds = {role: with_boundary.properties(role).get("PermissionsBoundary") for role in roles}
    assert set(bounds.values()) == {BOUNDARY}
    assert {deployed_stack().properties(r).get("PermissionsBoundary") for r in roles} == {None}


def stage(**parameters: str) -> dict[str, Any]:
    stack = deployed_stack(**parameters)
    (name,) = stack.logical_ids("AWS::ApiGatewayV2::Stage")
    return stack.properties(name)


def test_senders_and_readers_are_throttled_apart() -> None:
    settings = stage(
        ApiRateLimit="7", ApiBurstLimit="8", IngestRateLimit="500", IngestBurstLimit="900"
    )
    assert settings["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": "7",
        "ThrottlingBurstLimit": "8",
    }
    senders = {"ThrottlingRateLimit": "500", "ThrottlingBurstLimit": "900"}
    assert settings["RouteSettings"] == {"POST /v1/traces": senders, "ANY /v1/traces": senders}


def test_nobody_may_call_without_bound() -> None:
    bounds = {"ThrottlingRateLimit": "100", "ThrottlingBurstLimit": "200"}
    assert stage()["DefaultRouteSettings"] == bounds
    assert set(stage()["RouteSettings"]) == {"POST /v1/traces", "ANY /v1/traces"}
    assert all(settings == bounds for settings in stage()["RouteSettings"].values())


@pytest.mark.parametrize(
    ("function", "prefix"), [("TraceApiFunction", "Api"), ("OtlpIngestFunction", "Ingest")]
)
def test_environments_are_reserved_and_kept_started_where_that_is_asked_for(
    function: str, prefix: str
) -> None:
    def concurrency(**parameters: str) -> tuple[Any, Any]:
        stack = deployed_stack(**parameters)
        (alias,) = (
            stack.properties(name)
            for name in stack.logical_ids("AWS::Lambda::Alias")
            if stack.properties(name)["FunctionName"] == stack.ref(function)
        )
        reserved = stack.properties(function).get("ReservedConcurrentExecutions")
        return reserved, alias.get("ProvisionedConcurrencyConfig")

    assert concurrency() == (None, None)
    chosen = {f"{prefix}Concurrency": "9", f"{prefix}ProvisionedConcurrency": "2"}
    assert concurrency(**chosen) == ("9", {"ProvisionedConcurrentExecutions": "2"})


def test_the_web_acl_is_before_the_page_and_the_api_under_it() -> None:
    def distribution(**parameters: str) -> Any:
        return deployed_stack(**parameters).properties("SiteDistribution")["DistributionConfig"]

    assert distribution(WebAclArn=WEB_ACL)["WebACLId"] == WEB_ACL
    assert "WebACLId" not in distribution()


def test_access_logs_go_where_they_are_wanted() -> None:
    assert stage(AccessLogGroupArn=ACCESS_LOG)["AccessLogSettings"]["DestinationArn"] == ACCESS_LOG
    assert not deployed_stack(AccessLogGroupArn=ACCESS_LOG).exists("AccessLogGroup")
    config = deployed_stack(SiteLogBucket="logs").properties("SiteDistribution")[
        "DistributionConfig"
    ]
    assert config["Logging"] == {
        "Bucket": "logs.s3.amazonaws.com",
        "Prefix": "spanvas/",
        "IncludeCookies": False,
    }
    plain = deployed_stack().properties("SiteDistribution")["DistributionConfig"]
    assert "Logging" not in plain


def test_the_layers_are_for_the_accounts_of_an_organization_only_where_it_is_named() -> None:
    kind = "AWS::Lambda::LayerVersionPermission"
    assert deployed_stack().logical_ids(kind) == []
    stack = deployed_stack(OrganizationId="o-a1b2c3d4e5")
    permissions = [stack.properties(name) for name in stack.logical_ids(kind)]
    layers = stack.logical_ids("AWS::Lambda::LayerVersion")
    assert {p["LayerVersionArn"] for p in permissions} == {stack.ref(layer) for layer in layers}
    for permission in permissions:
        assert permission["Action"] == "lambda:GetLayerVersion"
        assert (permission["OrganizationId"], permission["Principal"]) == ("o-a1b2c3d4e5", "*")
    # A version that another account has chosen stays usable when a newer one comes.
    for name in stack.logical_ids(kind):
        assert translated_template().resources[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(
    ("parameters", "is_refused"),
    [
        ({"WebAclArn": WEB_ACL, "Page": "false"}, True),
        ({"WebAclArn": WEB_ACL}, False),
        ({"SubnetIds": "subnet-0a1b"}, True),
        ({"SecurityGroupIds": "sg-0e4f"}, True),
        (NETWORK, False),
        ({"ApiProvisionedConcurrency": "1"}, True),
        ({"IngestProvisionedConcurrency": "1", "SnapStart": "None"}, False),
        ({"SiteDomain": "canvas.example.com"}, True),
        ({}, False),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_changed(
    parameters: dict[str, str], is_refused: bool
) -> None:
    stack = deployed_stack(**parameters)
    broken = [
        name
        for name, rule in translated_template().document["Rules"].items()
        if stack.truth(rule["RuleCondition"])
        and not all(stack.truth(assertion["Assert"]) for assertion in rule["Assertions"])
    ]
    assert bool(broken) == is_refused


def test_every_parameter_is_in_a_group_of_the_console() -> None:
    document = translated_template().document
    groups = document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(set(document["Parameters"]) - {"AutoPublishCodeSha256"})
