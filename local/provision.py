"""Tables and buckets of the resolved template, made through boto3 as CloudFormation would make them.

A property that is not known here is an error: the template must not say something that does not happen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.physical import physical_name
from local.resolve import Resolver
from local.translate import TemplateError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

TABLE_CREATION = frozenset({
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "SSESpecification",
    "StreamSpecification",
    "Tags",
})  # fmt: skip
TABLE_AFTERWARDS = frozenset({
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "TableName",
    "TimeToLiveSpecification",
})  # fmt: skip

MADE_HERE = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")


def provisioned(resolver: Resolver) -> dict[str, Any]:
    """Returns the properties of everything that is made here, by logical id."""
    return {
        logical_id: resolver.properties(logical_id)
        for resource_type in MADE_HERE
        for logical_id in resolver.logical_ids(resource_type)
    }


def provision_tables(resolver: Resolver, dynamodb: DynamoDBClient) -> None:
    """Creates the tables that are not there, and gives those that are kept from before the template's indexes.

    Raises TemplateError where a table cannot be changed into the template's.
    """
    for logical_id in resolver.logical_ids("AWS::DynamoDB::Table"):
        properties = resolver.properties(logical_id)
        refuse_unknown(logical_id, properties, TABLE_CREATION | TABLE_AFTERWARDS)
        name = physical_name(resolver, logical_id)
        try:
            created = dynamodb.create_table(TableName=name, **table_request(properties))
        except dynamodb.exceptions.ResourceInUseException:
            change_indexes(dynamodb, name, properties)
            continue
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        ttl = properties.get("TimeToLiveSpecification")
        if ttl:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
        recovery = properties.get("PointInTimeRecoverySpecification")
        if recovery:
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification=recovery
            )
        policy = properties.get("ResourcePolicy")
        if policy:
            dynamodb.put_resource_policy(
                ResourceArn=created["TableDescription"]["TableArn"],
                Policy=json.dumps(policy["PolicyDocument"]),
            )


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


def table_request(properties: dict[str, Any]) -> dict[str, Any]:
    """Returns the request that creates a table."""
    request = {name: value for name, value in properties.items() if name in TABLE_CREATION}
    if "DeletionProtectionEnabled" in request:
        request["DeletionProtectionEnabled"] = truth(request["DeletionProtectionEnabled"])
    if "SSESpecification" in request:
        sse = request["SSESpecification"]
        request["SSESpecification"] = {
            "Enabled": truth(sse["SSEEnabled"]),
            **without(sse, "SSEEnabled"),
        }
    return request


def provision_buckets(resolver: Resolver, s3: S3Client) -> None:
    """Creates the template's buckets with their settings and policies. Raises TemplateError."""
    for logical_id in resolver.logical_ids("AWS::S3::Bucket"):
        properties = resolver.properties(logical_id)
        known = frozenset(BUCKET_CALLS) | {"BucketName", "Tags"}
        refuse_unknown(logical_id, properties, known)
        name = physical_name(resolver, logical_id)
        create_bucket(s3, name, resolver.identity.region)
        for property_name, apply in BUCKET_CALLS.items():
            if property_name in properties:
                apply(s3, name, properties[property_name])
    for logical_id in resolver.logical_ids("AWS::S3::BucketPolicy"):
        properties = resolver.properties(logical_id)
        s3.put_bucket_policy(
            Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"])
        )


def create_bucket(s3: S3Client, name: str, region: str) -> None:
    """Creates a bucket, unless it is there."""
    if region == "us-east-1":
        s3.create_bucket(Bucket=name)
        return
    configuration: Any = {"LocationConstraint": region}
    try:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=configuration)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        return


def put_cors(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets the CORS rules of a bucket."""
    names = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
    rules: Any = [renamed(rule, names) for rule in value["CorsRules"]]
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})


def put_lifecycle(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets the lifecycle rules of a bucket."""
    rules: Any = [lifecycle_rule(rule) for rule in value["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """Returns a lifecycle rule as the S3 API has it. Raises TemplateError."""
    known = frozenset({
        "AbortIncompleteMultipartUpload",
        "ExpirationInDays",
        "ExpiredObjectDeleteMarker",
        "Id",
        "NoncurrentVersionExpiration",
        "Prefix",
        "Status",
    })  # fmt: skip
    refuse_unknown("lifecycle rule", rule, known)
    request: dict[str, Any] = {
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "Id" in rule:
        request["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        request["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "ExpiredObjectDeleteMarker" in rule:
        request["Expiration"] = {
            "ExpiredObjectDeleteMarker": truth(rule["ExpiredObjectDeleteMarker"])
        }
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            request[name] = {key: int(value) for key, value in rule[name].items()}
    return request


def put_versioning(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets whether a bucket keeps versions."""
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": value["Status"]})


def put_encryption(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets the default encryption of a bucket."""
    rules: Any = [
        {
            **rule,
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    for rule in rules:
        del rule["ServerSideEncryptionByDefault"]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def put_public_access(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets what public access a bucket blocks."""
    configuration: Any = {key: truth(item) for key, item in value.items()}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=configuration)


def put_ownership(s3: S3Client, name: str, value: dict[str, Any]) -> None:
    """Sets who owns the objects of a bucket."""
    rules: Any = value["Rules"]
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})


BUCKET_CALLS = {
    "CorsConfiguration": put_cors,
    "LifecycleConfiguration": put_lifecycle,
    "VersioningConfiguration": put_versioning,
    "BucketEncryption": put_encryption,
    "PublicAccessBlockConfiguration": put_public_access,
    "OwnershipControls": put_ownership,
}


def refuse_unknown(what: str, properties: dict[str, Any], known: frozenset[str]) -> None:
    """Raises TemplateError where a property is not known here."""
    unknown = sorted(set(properties) - known)
    if unknown:
        raise TemplateError(f"{what}: the local stack does not know {', '.join(unknown)}")


def renamed(value: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Returns the value with some members renamed."""
    return {names.get(key, key): item for key, item in value.items()}


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns the value without one member."""
    return {key: item for key, item in value.items() if key != name}


def truth(value: object) -> bool:
    """CloudFormation takes booleans as text too."""
    return value if isinstance(value, bool) else str(value).lower() == "true"
