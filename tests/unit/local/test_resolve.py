"""Intrinsic functions, parameters and physical names of a translated template."""

from __future__ import annotations

from typing import Any

import pytest

from local.physical import physical_attribute
from local.resolve import Resolver, StackIdentity
from local.translate import Template, TemplateError

TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "b-${AWS::Region}"}}}


def make_resolver(
    parameters: dict[str, Any] | None = None,
    given: dict[str, str] | None = None,
    conditions: dict[str, Any] | None = None,
    resources: dict[str, Any] | None = None,
) -> Resolver:
    document = {
        "Parameters": parameters or {},
        "Conditions": conditions or {},
        "Mappings": {"Sizes": {"small": {"Memory": 256}}},
        "Resources": resources or {"Table": TABLE, "Bucket": BUCKET},
    }
    overrides = {("Bucket", "DomainName"): "127.0.0.1:9000"}
    return Resolver(
        Template(document, {}), given or {}, StackIdentity(), physical_attribute, overrides
    )


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Table"}, "spanvas-local-Table"),
        ({"Ref": "Bucket"}, "b-us-east-1"),
        ({"Fn::GetAtt": ["Table", "Arn"]},
         "arn:aws:dynamodb:us-east-1:123456789012:table/spanvas-local-Table"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "arn:aws:s3:::b-us-east-1"),
        ({"Fn::GetAtt": ["Bucket", "DomainName"]}, "127.0.0.1:9000"),
        ({"Fn::Sub": "${Bucket.Arn}/* of ${AWS::StackName}, ${!literal}"},
         "arn:aws:s3:::b-us-east-1/* of spanvas-local, ${literal}"),
        ({"Fn::Sub": ["${a}-${AWS::Region}", {"a": {"Fn::Select": [1, ["x", "y"]]}}]}, "y-us-east-1"),
        ({"Fn::Join": ["/", ["a", {"Ref": "AWS::AccountId"}]]}, "a/123456789012"),
        ({"Fn::Select": [2, {"Fn::Split": ["/", "a/b/c"]}]}, "c"),
        ({"Fn::FindInMap": ["Sizes", "small", "Memory"]}, 256),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
    ],
)  # fmt: skip
def test_an_intrinsic_function_gives_its_value(node: Any, expected: Any) -> None:
    assert make_resolver().value(node) == expected


def test_a_condition_chooses_between_two_values() -> None:
    conditions = {
        "Empty": {"Fn::Equals": [{"Ref": "Topic"}, ""]},
        "Given": {"Fn::Not": [{"Condition": "Empty"}]},
        "Both": {"Fn::And": [{"Condition": "Given"}, {"Fn::Equals": ["1", 1]}]},
    }
    parameters = {"Topic": {"Type": "String", "Default": ""}}
    node = {"Fn::If": ["Both", "yes", "no"]}
    assert make_resolver(parameters, {}, conditions).value(node) == "no"
    assert make_resolver(parameters, {"Topic": "arn"}, conditions).value(node) == "yes"


def test_a_resource_whose_condition_does_not_hold_is_not_there() -> None:
    resources = {"Table": {**TABLE, "Condition": "Never"}}
    resolver = make_resolver(conditions={"Never": {"Fn::Equals": [1, 2]}}, resources=resources)
    assert resolver.logical_ids("AWS::DynamoDB::Table") == []


def test_a_list_parameter_is_a_list() -> None:
    resolver = make_resolver({"Arns": {"Type": "CommaDelimitedList", "Default": "a, b"}})
    assert resolver.value({"Ref": "Arns"}) == ["a", "b"]


@pytest.mark.parametrize(
    ("parameters", "given", "message"),
    [
        ({}, {"Unknown": "1"}, "no parameter Unknown"),
        ({"Issuer": {"Type": "String"}}, {}, "Issuer has no value"),
        ({"Mode": {"Default": "a", "AllowedValues": ["a", "b"]}}, {"Mode": "c"}, "not one of"),
        ({"Url": {"AllowedPattern": "https?://.+"}}, {"Url": "ftp://x"}, "does not match"),
        ({"Name": {"MinLength": 1}}, {"Name": ""}, "Name='' is shorter than 1"),
        ({"Days": {"Type": "Number"}}, {"Days": "ten"}, "Days='ten' is no number"),
        (
            {"Days": {"Type": "Number", "MinValue": 1, "MaxValue": 9}},
            {"Days": "0"},
            "Days='0' is not from 1 to 9",
        ),
        ({"Days": {"Type": "Number", "MinValue": 1}}, {"Days": "nan"}, "is not from 1 to inf"),
    ],
)
def test_parameters_are_checked_as_a_deployment_checks_them(
    parameters: dict[str, Any], given: dict[str, str], message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        make_resolver(parameters, given)


@pytest.mark.parametrize(
    "node",
    [
        {"Ref": "Absent"},
        {"Fn::GetAtt": ["Table", "StreamLabel"]},
        {"Fn::ImportValue": "x"},
        {"Fn::If": ["Absent", 1, 2]},
        {"Fn::FindInMap": ["Sizes", "large", "Memory"]},
    ],
)
def test_what_cannot_be_resolved_is_an_error_and_never_a_guess(node: Any) -> None:
    with pytest.raises(TemplateError):
        make_resolver().value(node)
