"""What `Ref` and `Fn::GetAtt` answer for the resources that have a counterpart on this machine.

Source: CloudFormation's resource reference, "Return values" of each type.
"""

from __future__ import annotations

from local.resolve import Resolver
from local.translate import TemplateError

NAME_PROPERTIES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Events::EventBus": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}


def physical_name(resolver: Resolver, logical_id: str) -> str:
    """Returns the name that the template gives, or one as CloudFormation makes them (without its random end)."""
    resource_type = resolver.type_of(logical_id)
    own = resolver.raw_properties(logical_id).get(NAME_PROPERTIES.get(resource_type, ""))
    if own is not None:
        return str(resolver.value(own))
    name = f"{resolver.identity.stack_name}-{logical_id}"
    return name.lower() if resource_type == "AWS::S3::Bucket" else name


def physical_attribute(resolver: Resolver, logical_id: str, attribute: str) -> str:
    """Returns `Ref` (attribute "") or `Fn::GetAtt`. Raises TemplateError for an attribute that is not known here."""
    resource_type = resolver.type_of(logical_id)
    known = ATTRIBUTES.get(resource_type)
    values = known(resolver, logical_id) if known else {"": physical_name(resolver, logical_id)}
    if attribute not in values:
        raise TemplateError(f"{resource_type} {logical_id} has no attribute {attribute} here")
    return values[attribute]


def table_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a table; "" is what `Ref` answers, here and below."""
    name = physical_name(resolver, logical_id)
    return {"": name, "Arn": resolver.identity.arn("dynamodb", f"table/{name}")}


def bucket_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a bucket."""
    name = physical_name(resolver, logical_id)
    return {
        "": name,
        "Arn": f"arn:{resolver.identity.partition}:s3:::{name}",
        "DomainName": f"{name}.s3.{resolver.identity.url_suffix}",
        "RegionalDomainName": f"{name}.s3.{resolver.identity.region}.{resolver.identity.url_suffix}",
    }


def function_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a function."""
    name = physical_name(resolver, logical_id)
    return {"": name, "Arn": resolver.identity.arn("lambda", f"function:{name}")}


def alias_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of an alias."""
    properties = resolver.properties(logical_id)
    name = f"{properties['FunctionName']}:{properties['Name']}"
    return {"": resolver.identity.arn("lambda", f"function:{name}")}


def version_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a version."""
    name = resolver.properties(logical_id)["FunctionName"]
    return {"": resolver.identity.arn("lambda", f"function:{name}:1"), "Version": "1"}


def layer_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a layer."""
    return {"": resolver.identity.arn("lambda", f"layer:{logical_id}:1")}


def queue_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a queue."""
    name = physical_name(resolver, logical_id)
    identity = resolver.identity
    return {
        "": f"https://sqs.{identity.region}.{identity.url_suffix}/{identity.account_id}/{name}",
        "Arn": identity.arn("sqs", name),
        "QueueName": name,
    }


def event_bus_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of an event bus."""
    name = physical_name(resolver, logical_id)
    return {"": name, "Arn": resolver.identity.arn("events", f"event-bus/{name}"), "Name": name}


def log_group_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a log group."""
    name = physical_name(resolver, logical_id)
    return {"": name, "Arn": resolver.identity.arn("logs", f"log-group:{name}:*")}


def role_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a role."""
    name = physical_name(resolver, logical_id)
    identity = resolver.identity
    return {"": name, "Arn": f"arn:{identity.partition}:iam::{identity.account_id}:role/{name}"}


def rule_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a rule of EventBridge."""
    name = physical_name(resolver, logical_id)
    return {"": name, "Arn": resolver.identity.arn("events", f"rule/{name}")}


def managed_policy_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a managed policy."""
    name = physical_name(resolver, logical_id)
    identity = resolver.identity
    return {"": f"arn:{identity.partition}:iam::{identity.account_id}:policy/{name}"}


def state_machine_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a state machine."""
    name = physical_name(resolver, logical_id)
    arn = resolver.identity.arn("states", f"stateMachine:{name}")
    return {"": arn, "Arn": arn, "Name": name}


def api_attributes(_resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of an HTTP API."""
    return {"": logical_id.lower(), "ApiId": logical_id.lower()}


def cloudfront_attributes(resolver: Resolver, logical_id: str) -> dict[str, str]:
    """Returns the attributes of a resource of CloudFront."""
    arn = f"arn:aws:cloudfront::{resolver.identity.account_id}:function/{logical_id}"
    return {"": logical_id, "Id": logical_id, "FunctionARN": arn}


ATTRIBUTES = {
    "AWS::DynamoDB::Table": table_attributes,
    "AWS::S3::Bucket": bucket_attributes,
    "AWS::Lambda::Function": function_attributes,
    "AWS::Lambda::Alias": alias_attributes,
    "AWS::Lambda::Version": version_attributes,
    "AWS::Lambda::LayerVersion": layer_attributes,
    "AWS::SQS::Queue": queue_attributes,
    "AWS::Events::EventBus": event_bus_attributes,
    "AWS::Logs::LogGroup": log_group_attributes,
    "AWS::Events::Rule": rule_attributes,
    "AWS::IAM::ManagedPolicy": managed_policy_attributes,
    "AWS::IAM::Role": role_attributes,
    "AWS::StepFunctions::StateMachine": state_machine_attributes,
    "AWS::ApiGatewayV2::Api": api_attributes,
    "AWS::CloudFront::Distribution": cloudfront_attributes,
    "AWS::CloudFront::Function": cloudfront_attributes,
    "AWS::CloudFront::OriginAccessControl": cloudfront_attributes,
    "AWS::CloudFront::ResponseHeadersPolicy": cloudfront_attributes,
}
