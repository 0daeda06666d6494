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
    if resource_type == "AWS::ApiGatewayV2::Api":
        return logical_id.lower()
    return name.lower() if resource_type == "AWS::S3::Bucket" else name


def physical_attribute(resolver: Resolver, logical_id: str, attribute: str) -> str:
    """Returns `Ref` (attribute "") or `Fn::GetAtt`. Raises TemplateError for an attribute that is not known here."""
    resource_type = resolver.type_of(logical_id)
    known = {"": "{name}", **ATTRIBUTES.get(resource_type, {})}
    if attribute not in known:
        raise TemplateError(f"{resource_type} {logical_id} has no attribute {attribute} here")
    identity = resolver.identity
    name = physical_name(resolver, logical_id)
    return known[attribute].format(
        name=name,
        logical_id=logical_id,
        identity=identity,
        own=resolver.properties(logical_id) if resource_type in NAMED_AFTER_FUNCTIONS else {},
        arn=f"arn:{identity.partition}",
        here=f"{identity.region}:{identity.account_id}",
    )


NAMED_AFTER_FUNCTIONS = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
OF_CLOUDFRONT = {
    "": "{logical_id}",
    "Id": "{logical_id}",
    "FunctionARN": "{arn}:cloudfront::{identity.account_id}:function/{logical_id}",
}
ATTRIBUTES: dict[str, dict[str, str]] = {
    "AWS::DynamoDB::Table": {"Arn": "{arn}:dynamodb:{here}:table/{name}"},
    "AWS::S3::Bucket": {
        "Arn": "{arn}:s3:::{name}",
        "DomainName": "{name}.s3.{identity.url_suffix}",
        "RegionalDomainName": "{name}.s3.{identity.region}.{identity.url_suffix}",
    },
    "AWS::Lambda::Function": {"Arn": "{arn}:lambda:{here}:function:{name}"},
    "AWS::Lambda::Alias": {"": "{arn}:lambda:{here}:function:{own[FunctionName]}:{own[Name]}"},
    "AWS::Lambda::Version": {
        "": "{arn}:lambda:{here}:function:{own[FunctionName]}:1",
        "Version": "1",
    },
    "AWS::Lambda::LayerVersion": {"": "{arn}:lambda:{here}:layer:{logical_id}:1"},
    "AWS::SQS::Queue": {
        "": "https://sqs.{identity.region}.{identity.url_suffix}/{identity.account_id}/{name}",
        "Arn": "{arn}:sqs:{here}:{name}",
        "QueueName": "{name}",
    },
    "AWS::Events::EventBus": {"Arn": "{arn}:events:{here}:event-bus/{name}", "Name": "{name}"},
    "AWS::Logs::LogGroup": {"Arn": "{arn}:logs:{here}:log-group:{name}:*"},
    "AWS::Events::Rule": {"Arn": "{arn}:events:{here}:rule/{name}"},
    "AWS::IAM::ManagedPolicy": {"": "{arn}:iam::{identity.account_id}:policy/{name}"},
    "AWS::IAM::Role": {"Arn": "{arn}:iam::{identity.account_id}:role/{name}"},
    "AWS::StepFunctions::StateMachine": dict.fromkeys(
        ("", "Arn"), "{arn}:states:{here}:stateMachine:{name}"
    )
    | {"Name": "{name}"},
    "AWS::ApiGatewayV2::Api": {"": "{name}", "ApiId": "{name}"},
    "AWS::CloudFront::Distribution": OF_CLOUDFRONT,
    "AWS::CloudFront::Function": OF_CLOUDFRONT,
    "AWS::CloudFront::OriginAccessControl": OF_CLOUDFRONT,
    "AWS::CloudFront::ResponseHeadersPolicy": OF_CLOUDFRONT,
}
"""What each type answers, by attribute; "" is `Ref`, which is the name where nothing else is said."""
