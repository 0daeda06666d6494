"""Tables and buckets of the resolved template, made through boto3 as CloudFormation would make them.

CloudFormation's properties are the members of the services' own requests, but for some names. So botocore's model of a
request says what a value has to be, and a property that it does not know is an error: the template must not say
something that does not happen.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from local.physical import physical_name
from local.resolve import Resolver
from local.translate import TemplateError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

NAMES: Final = {
    "CorsRules": "CORSRules",
    "ExposedHeaders": "ExposeHeaders",
    "Id": "ID",
    "MaxAge": "MaxAgeSeconds",
    "SSEEnabled": "Enabled",
    "ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault",
    "ServerSideEncryptionConfiguration": "Rules",
}
"""CloudFormation's names of members, and those of the services."""
OF_EXPIRATION: Final = {
    "ExpirationInDays": "Days",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
"""What CloudFormation says of a lifecycle rule's expiration, and S3's names of it."""
NOT_MADE: Final = ("PointInTimeRecoverySpecification", "ResourcePolicy")
"""Of tables: there are no backups here, and no role of the template is allowed what the policy refuses."""
BUCKET_CALLS: Final = {
    "CorsConfiguration": ("put_bucket_cors", "CORSConfiguration"),
    "LifecycleConfiguration": (
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
    ),
    "VersioningConfiguration": ("put_bucket_versioning", "VersioningConfiguration"),
    "BucketEncryption": ("put_bucket_encryption", "ServerSideEncryptionConfiguration"),
    "PublicAccessBlockConfiguration": (
        "put_public_access_block",
        "PublicAccessBlockConfiguration",
    ),
    "OwnershipControls": ("put_bucket_ownership_controls", "OwnershipControls"),
}
"""What sets a property of a bucket, and its argument."""

MADE_HERE = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")


def provision_tables(resolver: Resolver, dynamodb: DynamoDBClient) -> None:
    """Creates the tables that are not there, and gives those that are kept from before the template's indexes.

    Raises TemplateError where a table cannot be changed into the template's.
    """
    for logical_id in resolver.logical_ids("AWS::DynamoDB::Table"):
        properties = resolver.properties(logical_id)
        name = physical_name(resolver, logical_id)
        ttl = properties.pop("TimeToLiveSpecification", None)
        wanted = {key: value for key, value in properties.items() if key not in NOT_MADE}
        try:
            call(dynamodb, "create_table", logical_id, {**wanted, "TableName": name})
        except dynamodb.exceptions.ResourceInUseException:
            change_indexes(dynamodb, name, properties)
            continue
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        if ttl:
            setting = {"TableName": name, "TimeToLiveSpecification": ttl}
            call(dynamodb, "update_time_to_live", logical_id, setting)


def change_indexes(dynamodb: DynamoDBClient, name: str, properties: dict[str, Any]) -> None:
    """Makes the indexes of a table those of the template, one at a time as UpdateTable has it. Raises TemplateError."""
    table = dynamodb.describe_table(TableName=name)["Table"]
    if table["KeySchema"] != properties["KeySchema"]:
        raise TemplateError(
            f"The table {name} that is kept from before has another key: begin anew with make run FRESH=1"
        )
    kept = {each["IndexName"]: described(each) for each in table.get("GlobalSecondaryIndexes", [])}
    wanted = {
        each["IndexName"]: described(each) for each in properties.get("GlobalSecondaryIndexes", [])
    }
    gone = [index for index in kept if kept[index] != wanted.get(index)]
    new = [index for index in wanted if wanted[index] != kept.get(index)]
    updates = [{"Delete": {"IndexName": index}} for index in gone]
    updates += [{"Create": {"IndexName": index, **wanted[index]}} for index in new]
    for update in updates:
        request: Any = {
            "AttributeDefinitions": properties["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [update],
        }
        dynamodb.update_table(TableName=name, **request)
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def described(index: Any) -> dict[str, Any]:
    """Returns what makes an index what it is."""
    projection = index["Projection"]
    attributes = sorted(projection.get("NonKeyAttributes", []))
    return {
        "KeySchema": index["KeySchema"],
        "Projection": {
            "ProjectionType": projection["ProjectionType"],
            **({"NonKeyAttributes": attributes} if attributes else {}),
        },
    }


def provision_buckets(resolver: Resolver, s3: S3Client) -> None:
    """Creates the template's buckets with their settings and policies. Raises TemplateError."""
    for logical_id in resolver.logical_ids("AWS::S3::Bucket"):
        name = physical_name(resolver, logical_id)
        create_bucket(s3, name, resolver.identity.region)
        for property_name, value in resolver.properties(logical_id).items():
            if property_name in ("BucketName", "Tags"):
                continue
            if property_name not in BUCKET_CALLS:
                raise TemplateError(f"{logical_id}: the local stack does not know {property_name}")
            method, argument = BUCKET_CALLS[property_name]
            is_lifecycle = property_name == "LifecycleConfiguration"
            setting = {"Rules": [*map(lifecycle_rule, value["Rules"])]} if is_lifecycle else value
            call(s3, method, logical_id, {"Bucket": name, argument: setting})
    for logical_id in resolver.logical_ids("AWS::S3::BucketPolicy"):
        properties = resolver.properties(logical_id)
        s3.put_bucket_policy(
            Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"])
        )


def create_bucket(s3: S3Client, name: str, region: str) -> None:
    """Creates a bucket, unless it is there: us-east-1 does not say so on AWS, and other regions and engines do."""
    settings: Any = {}
    if region != "us-east-1":
        settings = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=name, **settings)


def call(client: Any, method: str, logical_id: str, properties: dict[str, Any]) -> None:
    """Calls an operation with properties of a resource. Raises TemplateError for one that it does not have."""
    operation = client.meta.method_to_api_mapping[method]
    shape = client.meta.service_model.operation_model(operation).input_shape
    getattr(client, method)(**requested(properties, shape, logical_id))


def requested(value: Any, shape: Any, where: str) -> Any:
    """Returns a value of CloudFormation as a request of this shape has it; text may stand for numbers and truth."""
    if shape.type_name == "structure":
        members = {}
        for key, item in value.items():
            name = key if key in shape.members else NAMES.get(key, key)
            if name not in shape.members:
                raise TemplateError(f"{where}: the local stack does not know {key}")
            members[name] = requested(item, shape.members[name], f"{where}.{key}")
        return members
    if shape.type_name == "list":
        return [requested(item, shape.member, where) for item in value]
    if shape.type_name == "boolean":
        return str(value).lower() == "true"
    return int(value) if shape.type_name in ("integer", "long") else value


def lifecycle_rule(properties: dict[str, Any]) -> dict[str, Any]:
    """Returns a rule with its filter and its expiration as S3 has them."""
    rule = {key: value for key, value in properties.items() if key not in OF_EXPIRATION}
    rule["Filter"] = {"Prefix": rule.pop("Prefix", "")}
    expiration = {OF_EXPIRATION[key]: properties[key] for key in OF_EXPIRATION.keys() & properties}
    return {**rule, "Expiration": expiration} if expiration else rule
