"""What the services of the account say of each resource of the stack, as text that can be searched and compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tests.rehearsal.account import Account
from tests.rehearsal.stack import DeployedStack

Describe = Callable[[Account, str], Any]
CHANGES_BY_ITSELF: Final = frozenset({
    "CreatedTime", "ItemCount", "LastModified", "LastModifiedTime", "LastUpdatedDate", "ResponseMetadata", "RevisionId",
    "StateReason", "StateUpdatedTimestamp", "StateValue", "TableSizeBytes", "storedBytes",
    "AlarmConfigurationUpdatedTimestamp", "RoleLastUsed", "CodeSize", "ETag", "Location", "ETAG",
    "updateDate", "UpdateDate", "StateReasonCode", "StateTransitionedTimestamp", "StateReasonData",
})  # fmt: skip
"""Members of answers that change without a change of the stack."""


def snapshot(account: Account, stack: DeployedStack) -> dict[str, str]:
    """Returns one text for each resource by its logical id, and one for `Outputs`."""
    texts = {"Outputs": json.dumps(stack.outputs(), sort_keys=True)}
    for logical_id, (resource_type, physical_id) in stack.resources().items():
        describe = DESCRIBE.get(resource_type)
        told = describe(account, physical_id) if describe else None
        texts[logical_id] = json.dumps(
            {"Id": physical_id, "Type": resource_type, **stable(told or {})},
            sort_keys=True,
            default=str,
        )
    return texts


def stable(value: Any) -> Any:
    """Returns an answer without what changes by itself."""
    if isinstance(value, dict):
        return {k: stable(v) for k, v in value.items() if k not in CHANGES_BY_ITSELF}
    if isinstance(value, list):
        return [stable(item) for item in value]
    return value


def _function(account: Account, name: str) -> Any:
    client = account.client("lambda")
    return {
        "Configuration": client.get_function_configuration(FunctionName=name),
        "Concurrency": client.get_function_concurrency(FunctionName=name),
    }


def _alias(account: Account, arn: str) -> Any:
    client = account.client("lambda")
    name, _, alias = arn.rpartition(":")
    named = {"FunctionName": name, "Qualifier": alias}
    try:
        provisioned = client.get_provisioned_concurrency_config(**named)
    except client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        provisioned = None
    return {
        "Alias": client.get_alias(FunctionName=name, Name=alias),
        "Configuration": client.get_function_configuration(**named),
        "ProvisionedConcurrency": provisioned,
    }


def _table(account: Account, name: str) -> Any:
    client = account.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    # MiniStack keeps the text of the parameter.
    table["DeletionProtectionEnabled"] = str(table["DeletionProtectionEnabled"]).lower() == "true"
    return {**table, **client.describe_time_to_live(TableName=name)}


def _bucket(account: Account, name: str) -> Any:
    client = account.client("s3")
    asked = (
        "get_bucket_lifecycle_configuration",
        "get_bucket_cors",
        "get_bucket_encryption",
        "get_bucket_versioning",
        "get_public_access_block",
        "get_bucket_policy",
    )
    told = {}
    for operation in asked:
        try:
            told[operation] = getattr(client, operation)(Bucket=name)
        except client.exceptions.ClientError as error:  # there is none
            told[operation] = error.response["Error"]["Code"]
    return told


def _role(account: Account, name: str) -> Any:
    client = account.client("iam")
    policies = client.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "Role": client.get_role(RoleName=name)["Role"],
        "Policies": [
            client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in sorted(policies)
        ],
        "Attached": client.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
    }


def _managed_policy(account: Account, arn: str) -> Any:
    client = account.client("iam")
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = client.get_policy_version(PolicyArn=arn, VersionId=version)
    return {"Document": found["PolicyVersion"]["Document"]}


def _log_group(account: Account, name: str) -> Any:
    found = account.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next((group for group in found if group["logGroupName"] == name), None)


def _http_api(account: Account, api_id: str) -> Any:
    client = account.client("apigatewayv2")
    routes = client.get_routes(ApiId=api_id, MaxResults="500")["Items"]
    authorizers = client.get_authorizers(ApiId=api_id)["Items"]
    return {
        "Api": client.get_api(ApiId=api_id),
        "Authorizers": [
            {k: v for k, v in authorizer.items() if k != "AuthorizerId"}
            for authorizer in authorizers
        ],
        "Routes": sorted(
            [route["RouteKey"], *route.get("AuthorizationScopes", [])] for route in routes
        ),
        "Stages": client.get_stages(ApiId=api_id)["Items"],
    }


def _rule(account: Account, name: str) -> Any:
    client = account.client("events")
    for bus in client.list_event_buses()["EventBuses"]:
        for rule in client.list_rules(EventBusName=bus["Name"], NamePrefix=name)["Rules"]:
            targets = client.list_targets_by_rule(Rule=name, EventBusName=bus["Name"])["Targets"]
            return {"Rule": rule, "Targets": targets}
    return None


DESCRIBE: Final[dict[str, Describe]] = {
    "AWS::ApiGatewayV2::Api": _http_api,
    "AWS::CloudFront::Distribution": lambda account, distribution: account.client(
        "cloudfront"
    ).get_distribution_config(Id=distribution),
    "AWS::CloudFront::ResponseHeadersPolicy": lambda account, policy: account.client(
        "cloudfront"
    ).get_response_headers_policy(Id=policy),
    "AWS::CloudWatch::Alarm": lambda account, name: account.client("cloudwatch").describe_alarms(
        AlarmNames=[name]
    ),
    "AWS::CloudWatch::Dashboard": lambda account, name: account.client("cloudwatch").get_dashboard(
        DashboardName=name
    ),
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": lambda account, arn: account.client(
        "lambda"
    ).get_layer_version_by_arn(Arn=arn),
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": lambda account, url: account.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["All"]
    ),
    "AWS::StepFunctions::StateMachine": lambda account, arn: account.client(
        "stepfunctions"
    ).describe_state_machine(stateMachineArn=arn),
}
