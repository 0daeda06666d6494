"""Properties of tables and buckets as the services' own requests have them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from local.provision import lifecycle_rule, requested
from local.translate import TemplateError


def shape_of(service: str, operation: str) -> Any:
    client: Any = boto3.client(  # type: ignore[call-overload]
        service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    return client.meta.service_model.operation_model(operation).input_shape


def test_text_stands_for_numbers_and_truth() -> None:
    table = {
        "TableName": "things",
        "DeletionProtectionEnabled": "true",
        "SSESpecification": {"SSEEnabled": "False"},
        "ProvisionedThroughput": {"ReadCapacityUnits": "5", "WriteCapacityUnits": 6},
    }
    assert requested(table, shape_of("dynamodb", "CreateTable"), "Things") == {
        "TableName": "things",
        "DeletionProtectionEnabled": True,
        "SSESpecification": {"Enabled": False},
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
    }


def test_names_that_differ_are_those_of_the_service() -> None:
    rule = {"Id": "page", "AllowedMethods": ["GET"], "ExposedHeaders": ["etag"], "MaxAge": "600"}
    properties = {"Bucket": "b", "CORSConfiguration": {"CorsRules": [rule]}}
    assert requested(properties, shape_of("s3", "PutBucketCors"), "Traces") == {
        "Bucket": "b",
        "CORSConfiguration": {
            "CORSRules": [
                {
                    "ID": "page",
                    "AllowedMethods": ["GET"],
                    "ExposeHeaders": ["etag"],
                    "MaxAgeSeconds": 600,
                }
            ]
        },
    }


def test_a_property_that_no_request_has_is_refused_with_its_place() -> None:
    table = {"TableName": "things", "SSESpecification": {"Sealed": True}}
    with pytest.raises(TemplateError) as caught:
        requested(table, shape_of("dynamodb", "CreateTable"), "Things")
    assert str(caught.value) == "Things.SSESpecification: the local stack does not know Sealed"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (
            {"Id": "a", "Status": "Enabled", "Prefix": "x/", "ExpirationInDays": "30"},
            {
                "Id": "a",
                "Status": "Enabled",
                "Filter": {"Prefix": "x/"},
                "Expiration": {"Days": "30"},
            },
        ),
        (
            {"Status": "Enabled", "ExpiredObjectDeleteMarker": True},
            {
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "Expiration": {"ExpiredObjectDeleteMarker": True},
            },
        ),
        ({"Status": "Disabled"}, {"Status": "Disabled", "Filter": {"Prefix": ""}}),
    ],
)
def test_a_lifecycle_rule_has_a_filter_and_an_expiration(
    given: dict[str, Any], made: dict[str, Any]
) -> None:
    assert lifecycle_rule(given) == made
