"""Prints as JSON which faults MiniStack has as it comes, by the names of `workarounds.ALL`. A program of its own, since
what it asks for is made in the engine's memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Final

from tests.rehearsal.patching import SAVED_QUERY, handlers_of, load


def raises(call: Callable[[], object]) -> bool:
    """Returns whether a call raises."""
    try:
        call()
    except Exception:  # noqa: BLE001 - whatever it is, the engine cannot do it
        return True
    return False


METRIC_MATH = {
    "Metrics": [{"Id": "rate", "Expression": "100 * failed / executions"}],
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 10,
}


def conditions_are_wrong() -> bool:
    from ministack.services.cloudformation import engine

    first_label = {"Fn::Select": [0, {"Fn::Split": [".", {"Fn::Sub": "${Host}."}]}]}
    template = {"Conditions": {"IsXray": {"Fn::Equals": [first_label, "xray"]}}}
    parameters = {"Host": {"Value": "xray.eu-west-1.amazonaws.com", "Type": "String"}}
    return raises(lambda: engine._evaluate_conditions(template, parameters)) or (
        engine._evaluate_conditions(template, parameters) != {"IsXray": True}
    )


def sam_is_told_no_parameters() -> bool:
    from ministack.services.cloudformation import engine

    def version_ids(value: str) -> list[str]:
        template = {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {
                "Days": {"Type": "String"},
                "Digest": {"Type": "String", "Default": ""},
            },
            "Resources": {
                "F": {
                    "Type": "AWS::Serverless::Function",
                    "Properties": {
                        "Runtime": "python3.13",
                        "Handler": "a.b",
                        "InlineCode": "-",
                        "AutoPublishAlias": "live",
                        "AutoPublishAliasAllProperties": True,
                        "AutoPublishCodeSha256": {"Ref": "Digest"},
                        "Description": {"Ref": "Days"},
                    },
                }
            },
        }
        translated = engine._apply_transforms(template, [{"Key": "Days", "Value": value}])
        return [name for name in translated["Resources"] if "Version" in name]

    return version_ids("1") == version_ids("2")


def metric_math_is_refused() -> bool:
    from ministack.services.cloudformation import provisioners

    return raises(lambda: provisioners._cw_metric_alarm_record("rate", METRIC_MATH))


def saved_queries_are_refused() -> bool:
    return raises(lambda: handlers_of(SAVED_QUERY))


def variables_are_no_text() -> bool:
    from ministack.services import lambda_svc

    properties = {"Environment": {"Variables": {"LIMIT": 120}}, "Runtime": "python3.13"}
    name, _ = handlers_of("AWS::Lambda::Function")["create"]("Probe", properties, "probe")
    variables = lambda_svc._functions[name]["config"]["Environment"]["Variables"]
    return bool(variables["LIMIT"] != "120")


def definition_is_ignored() -> bool:
    from ministack.services import apigateway

    integration = {
        "type": "aws_proxy",
        "uri": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "httpMethod": "POST",
        "payloadFormatVersion": "2.0",
    }
    operation = {"x-amazon-apigateway-integration": integration, "responses": {}}
    properties = {"Body": {"openapi": "3.0.1", "paths": {"/v1": {"get": operation}}}}
    api_id, _ = handlers_of("AWS::ApiGatewayV2::Api")["create"]("Probe", properties, "probe")
    return not apigateway._routes[api_id]


def settings_are_lost() -> bool:
    from ministack.services import apigateway

    properties = {"ApiId": "probe", "DefaultRouteSettings": {"ThrottlingBurstLimit": 7}}
    handlers_of("AWS::ApiGatewayV2::Stage")["create"]("Probe", properties, "probe")
    stage = apigateway._stages["probe"]["$default"]
    return "throttlingBurstLimit" not in stage["defaultRouteSettings"]


def leading_keys_are_not_seen() -> bool:
    from ministack.core import iam_actions
    from ministack.services import dynamodb

    schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
    dynamodb._tables["probe"] = {"KeySchema": schema}
    request = {"TableName": "probe", "Item": {"pk": {"S": "T#demo"}}}
    context = iam_actions.dynamodb_service_context(json.dumps(request).encode())
    return bool(context.get("dynamodb:LeadingKeys") != ["T#demo"])


FAULTS: Final[dict[str, Callable[[], bool]]] = {
    "conditions": conditions_are_wrong,
    "SAM": sam_is_told_no_parameters,
    "metric math": metric_math_is_refused,
    "saved queries": saved_queries_are_refused,
    "variables": variables_are_no_text,
    "OpenAPI": definition_is_ignored,
    "throttles": settings_are_lost,
    "leading keys": leading_keys_are_not_seen,
}


def main() -> int:
    load()
    print(json.dumps({name: is_there() for name, is_there in FAULTS.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
