"""What the template lets each part do, and nothing more."""

from __future__ import annotations

import re

import pytest

from tests.contract.grants import AUDIT, BUCKET, TABLE, as_list, grants, properties, statements
from tests.support.aws_from_template import ROOT, deployed_stack, translated_template

ROLES = (
    "TraceApiRole", "ExecutorRole", "OtlpIngestRole", "SweepRole", "DeletionRole", "StepsRole", "OrderStateMachineRole",
    "TraceWriterPolicy", "TenantTraceWriterPolicy",
)  # fmt: skip
NARROW_ENOUGH = {
    # Objects are named by execution: no narrower resource can be written than their prefix.
    f"{BUCKET}/artifacts/*",
    f"{BUCKET}/details/*",
    f"{BUCKET}/held/artifacts/*",
    f"{BUCKET}/held/details/*",
    f"{BUCKET}/details/${{aws:PrincipalTag/spanvas-tenant}}/*",
    f"{BUCKET}/artifacts/${{aws:PrincipalTag/spanvas-tenant}}/*",
    # A foundation model's ARN has neither region nor account; this is the parameter's default.
    "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
}


def test_every_function_has_a_role_of_its_own_and_no_other_role_exists() -> None:
    stack = deployed_stack()
    used = [properties(f)["Role"] for f in stack.logical_ids("AWS::Lambda::Function")]
    # The three steps of the example are one program.
    for _ in range(2):
        used.remove(stack.attribute("StepsRole", "Arn"))
    used += [
        properties(m)["RoleArn"] for m in stack.logical_ids("AWS::StepFunctions::StateMachine")
    ]
    roles = [stack.attribute(role, "Arn") for role in stack.logical_ids("AWS::IAM::Role")]
    assert sorted(used) == sorted(roles)
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_has_a_wildcard(role: str) -> None:
    for action, resources in grants(role).items():
        assert "*" not in action
        for resource in resources - NARROW_ENOUGH:
            assert not resource.removesuffix(":*").endswith("*"), f"{action} on {resource}"
            assert "*" not in resource.removesuffix(":*"), f"{action} on {resource}"


def test_the_api_starts_the_executor_and_no_other_function() -> None:
    assert grants("TraceApiRole")["lambda:InvokeFunction"] == {
        "arn:aws:lambda:us-east-1:123456789012:function:spanvas-ExecutorFunction"
    }


@pytest.mark.parametrize("role", ROLES)
def test_one_function_alone_may_delete(role: str) -> None:
    deleting = [action for action in grants(role) if re.search("Delete|BatchWrite", action)]
    expected = ["dynamodb:BatchWriteItem", "s3:DeleteObjectVersion"]
    assert deleting == (expected if role == "DeletionRole" else [])


@pytest.mark.parametrize("role", ["ExecutorRole", "StepsRole"])
def test_a_traced_function_has_nothing_but_the_writer_s_policy(role: str) -> None:
    assert properties(role)["ManagedPolicyArns"] == [
        "arn:aws:iam::123456789012:policy/spanvas-TraceWriterPolicy"
    ]


@pytest.mark.parametrize("bucket", ["TraceBucket", "SiteBucket"])
def test_buckets_are_private_and_encrypted(bucket: str) -> None:
    own = properties(bucket)
    assert set(own["PublicAccessBlockConfiguration"].values()) == {True}
    assert own["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert own["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_buckets_refuse_what_is_not_tls_and_stale_signatures() -> None:
    traces = {s["Sid"]: s for s in properties("TraceBucketPolicy")["PolicyDocument"]["Statement"]}
    assert {s["Effect"] for s in traces.values()} == {"Deny"}
    assert traces["OnlyOverTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert traces["OnlyFreshSignatures"]["Condition"] == {
        "NumericGreaterThan": {"s3:signatureAge": "300000"}
    }
    for statement in traces.values():
        assert statement["Resource"] == [BUCKET, f"{BUCKET}/*"]
    site = {s["Sid"]: s for s in properties("SiteBucketPolicy")["PolicyDocument"]["Statement"]}
    assert site["OnlyThisDistributionReads"]["Action"] == "s3:GetObject"
    assert "OnlyOverTls" in site


def test_no_role_may_change_or_delete_a_record_of_an_access() -> None:
    """`PutItem` alone writes, with a condition that no item is written over; one role reads."""
    allowed = {
        role: {action for action, resources in grants(role).items() if AUDIT in resources}
        for role in deployed_stack().logical_ids("AWS::IAM::Role")
    }
    assert allowed.pop("TraceApiRole") == {"dynamodb:PutItem", "dynamodb:Query"}
    assert allowed.pop("DeletionRole") == {"dynamodb:PutItem"}
    assert set().union(*allowed.values()) == set()
    assert AUDIT not in {r for resources in grants("TraceWriterPolicy").values() for r in resources}
    # Nor by a name that stands for several tables.
    for role in ROLES:
        for statement in statements(role):
            of_tables = {r for r in as_list(statement["Resource"]) if ":dynamodb:" in r}
            assert {arn.partition("/index/")[0] for arn in of_tables} <= {TABLE, AUDIT}


def test_nobody_else_of_the_account_may_change_or_delete_one_either() -> None:
    (statement,) = properties("AuditTable")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert set(statement["Action"]) == {
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:UpdateItem",
    }


def test_records_of_accesses_outlive_the_stack() -> None:
    resource = translated_template().document["Resources"]["AuditTable"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", ["TraceTable", "AuditTable"])
def test_a_table_is_encrypted_and_can_be_restored(name: str) -> None:
    table = properties(name)
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_page_may_run_its_own_code_and_talk_to_three_places() -> None:
    config = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]
    text = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    bucket = (
        "https://spanvas-traces-00000000-0000-4000-8000-000000000000.s3.us-east-1.amazonaws.com"
    )
    assert [" ".join(directive.split()) for directive in text.split(";")] == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' data: blob: {bucket}",
        f"connect-src 'self' https://login.example.com {bucket}",
        f"media-src blob: {bucket}",
        "frame-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def test_answers_of_the_api_are_kept_by_nobody() -> None:
    distribution = properties("SiteDistribution")["DistributionConfig"]
    behaviours = distribution["CacheBehaviors"]
    assert [behaviour["PathPattern"] for behaviour in behaviours] == ["/v1/*", "/api/*"]
    for behaviour in behaviours:
        assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert behaviour["ResponseHeadersPolicyId"] == deployed_stack().ref("ApiHeaders")
    headers = properties("ApiHeaders")["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]
    assert headers["Items"] == [
        {"Header": "Cache-Control", "Value": "private, no-store", "Override": True}
    ]


def test_the_executor_may_call_the_models_of_the_workflows_that_ship() -> None:
    models = set(
        re.findall(
            r'"model": "([^"]+)"',
            "".join(
                path.read_text("utf-8")
                for path in (ROOT / "functions/executor/workflows").glob("*.json")
            ),
        )
    )
    allowed = {arn.rpartition("/")[2] for arn in grants("ExecutorRole")["bedrock:InvokeModel"]}
    assert models == allowed
