"""What MiniStack does otherwise than AWS where the template needs it: each difference with its cure and its reason.

Applied in the engine's process, before it listens. `test_workarounds.py` looks for each of them in the engine as it
comes, and fails where it has gone: then it goes here, too. What the local stack has to mend as well stands in
`local/engines/ministack/faults.py` alone, with tests of its own.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from local.engines.ministack.faults import give_states_the_whole_context
from tests.rehearsal.patching import (
    SAVED_QUERY,
    Workaround,
    change_properties,
    handlers_of,
    load,
    replace_everywhere,
)

# ------------------------------------------------------------------ conditions


def evaluate_conditions(template: dict[str, Any], params: dict[str, Any]) -> dict[str, bool]:
    """Returns the template's conditions. Values in them may be of any function that CloudFormation allows there."""
    from ministack.services.cloudformation import engine

    definitions = template.get("Conditions", {})
    mappings = template.get("Mappings", {})
    known: dict[str, bool] = {}

    def value_of(node: Any) -> Any:
        return engine._resolve_refs(node, {}, params, known, mappings, "", "")

    def holds(expression: Any) -> bool:
        ((function, argument),) = expression.items()
        if function == "Condition":
            return named(argument)
        if function == "Fn::Equals":
            left, right = (value_of(side) for side in argument)
            return str(left) == str(right)
        operands = [holds(operand) for operand in argument]
        if function == "Fn::Not":
            return not operands[0]
        return all(operands) if function == "Fn::And" else any(operands)

    def named(name: str) -> bool:
        if name not in known:
            known[name] = holds(definitions[name])
        return known[name]

    for name in definitions:
        named(name)
    return known


def apply_conditions() -> None:
    from ministack.services.cloudformation import engine

    replace_everywhere(engine._evaluate_conditions, evaluate_conditions)


# ------------------------------------------------------------------ SAM


def apply_parameters_for_sam() -> None:
    from ministack.services.cloudformation import engine
    from samtranslator.translator import transform as sam

    apply_transforms, translate = engine._apply_transforms, sam.transform
    values: ContextVar[dict[str, Any] | None] = ContextVar("values", default=None)

    def apply_with_values(template: dict[str, Any], given: Any = None, before: Any = None) -> Any:
        token = values.set(engine._transform_parameters(template, given, before))
        try:
            return apply_transforms(template, given, before)
        finally:
            values.reset(token)

    def translate_with_values(template: dict[str, Any], given: dict[str, Any], *rest: Any) -> Any:
        return translate(template, {**(values.get() or {}), **given}, *rest)

    replace_everywhere(apply_transforms, apply_with_values)
    sam.transform = translate_with_values


# ------------------------------------------------------------------ alarms


def apply_metric_math() -> None:
    from ministack.services.cloudformation import provisioners

    original = provisioners._cw_metric_alarm_record

    def record(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return original(name, properties)
        named = {**properties, "Metrics": None, "MetricName": "-", "Namespace": "-"}
        return {**original(name, named), "MetricName": "", "Namespace": "", "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record


# ------------------------------------------------------------------ saved queries


def apply_saved_queries() -> None:
    """A query's `Ref` is its id; nothing else of the template asks for one."""

    def created(logical_id: str, properties: dict[str, Any], *_: Any) -> tuple[str, dict[str, Any]]:
        return f"query-{logical_id}", {}

    def updated(physical_id: str, *_: Any) -> tuple[str, dict[str, Any]]:
        return physical_id, {}

    from ministack.services.cloudformation import provisioners

    provisioners._RESOURCE_HANDLERS[SAVED_QUERY] = {
        "create": created,
        "update": updated,
        "delete": lambda *_: None,
    }


# ------------------------------------------------------------------ functions


def with_text(properties: dict[str, Any]) -> dict[str, Any]:
    """Returns a function's properties with variables that are text, as CloudFormation sends them."""
    variables = properties.get("Environment", {}).get("Variables", {})
    text = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in variables.items()
    }
    return {**properties, "Environment": {"Variables": text}}


# ------------------------------------------------------------------ the HTTP API


def import_definition(api_id: str, properties: dict[str, Any]) -> None:
    """Makes routes, integrations, authorizers and CORS of the OpenAPI document in `Body`; the old ones go."""
    from ministack.services import apigateway

    body = properties.get("Body")
    if not body:
        return
    api = apigateway._apis[api_id]
    api["description"] = body.get("info", {}).get("description", "")
    api.pop("corsConfiguration", None)
    if body.get("x-amazon-apigateway-cors"):
        api["corsConfiguration"] = body["x-amazon-apigateway-cors"]
    for kept in (apigateway._routes, apigateway._integrations, apigateway._authorizers):
        kept[api_id] = {}

    def made(answer: Any) -> dict[str, Any]:
        status, _, content = answer
        if status >= 400:
            raise ValueError(f"AWS::ApiGatewayV2::Api: {content!r}")
        record: dict[str, Any] = json.loads(content)
        return record

    authorizers = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        given = scheme["x-amazon-apigateway-authorizer"]
        source = given["identitySource"]
        authorizer = {
            **given,
            "name": name,
            "authorizerType": given["type"].upper(),
            "identitySource": source if isinstance(source, list) else [source],
        }
        authorizers[name] = made(apigateway._create_authorizer(api_id, authorizer))["authorizerId"]
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            given = operation["x-amazon-apigateway-integration"]
            integration = {
                "integrationType": given["type"].upper(),
                "integrationUri": given["uri"],
                "integrationMethod": given["httpMethod"],
                "payloadFormatVersion": given["payloadFormatVersion"],
            }
            target = made(apigateway._create_integration(api_id, integration))["integrationId"]
            is_any = method == "x-amazon-apigateway-any-method"
            route = {
                "routeKey": f"{'ANY' if is_any else method.upper()} {path}",
                "target": f"integrations/{target}",
            }
            for name, scopes in next(iter(operation.get("security", [])), {}).items():
                route |= {
                    "authorizationType": "JWT",
                    "authorizerId": authorizers[name],
                    "authorizationScopes": scopes,
                }
            made(apigateway._create_route(api_id, route))


def apply_definition() -> None:
    handlers = handlers_of("AWS::ApiGatewayV2::Api")
    create, update = handlers["create"], handlers["update"]

    def created(logical_id: str, properties: dict[str, Any], *rest: Any) -> Any:
        made = create(logical_id, properties, *rest)
        import_definition(made[0], properties)
        return made

    def updated(physical_id: str, old: Any, new: dict[str, Any], *rest: Any, **named: Any) -> Any:
        made = update(physical_id, old, new, *rest, **named)
        import_definition(made[0], new)
        return made

    handlers["create"], handlers["update"] = created, updated


# ------------------------------------------------------------------ its stage


def with_api_names(properties: dict[str, Any]) -> dict[str, Any]:
    """Returns a stage's properties with settings of routes as the API of API Gateway spells them."""

    def spelt(settings: dict[str, Any]) -> dict[str, Any]:
        return {name[0].lower() + name[1:]: value for name, value in settings.items()}

    changed = dict(properties)
    if "DefaultRouteSettings" in changed:
        changed["DefaultRouteSettings"] = spelt(changed["DefaultRouteSettings"])
    if "RouteSettings" in changed:
        routes = changed["RouteSettings"].items()
        changed["RouteSettings"] = {route: spelt(settings) for route, settings in routes}
    return changed


# ------------------------------------------------------------------ permissions


def apply_leading_keys() -> None:
    from ministack.core import iam_actions

    original = iam_actions.dynamodb_service_context

    def context_of(body: bytes) -> dict[str, Any]:
        return original(body) | leading_keys(json.loads(body or b"{}"))

    iam_actions.dynamodb_service_context = context_of


def leading_keys(request: dict[str, Any]) -> dict[str, Any]:
    """Returns the condition keys of a request for one item: its partition key, and what it asks to be answered."""
    from ministack.services import dynamodb

    table = dynamodb._tables.get(str(request.get("TableName", "")).rpartition("/")[2])
    item = request.get("Item") or request.get("Key")
    context: dict[str, Any] = {}
    if table and item:
        name = next(key["AttributeName"] for key in table["KeySchema"] if key["KeyType"] == "HASH")
        context["dynamodb:LeadingKeys"] = [str(next(iter(item[name].values())))]
    if "ReturnValues" in request:
        context["dynamodb:ReturnValues"] = request["ReturnValues"]
    return context


ALL = (
    Workaround(
        "conditions",
        "Values of Fn::Equals in a condition are not resolved, but for Ref and Fn::Select of a Ref.",
        apply_conditions,
    ),
    Workaround(
        "SAM",
        "SAM is not told the values of parameters, so no other value publishes another version (ADR 22).",
        apply_parameters_for_sam,
    ),
    Workaround(
        "metric math",
        "An alarm with `Metrics` is refused. It is kept as it is here, and never goes off.",
        apply_metric_math,
    ),
    Workaround(
        "saved queries",
        "A template with a query of Logs Insights is refused. The query is left out; nothing runs it here.",
        apply_saved_queries,
    ),
    Workaround(
        "variables",
        "Variables of functions that are numbers in the template stay numbers, and no process takes those.",
        lambda: change_properties("AWS::Lambda::Function", with_text),
    ),
    Workaround(
        "OpenAPI",
        "The `Body` of an HTTP API, which holds all of its routes, is ignored.",
        apply_definition,
    ),
    Workaround(
        "throttles",
        "The settings of a stage's routes are kept under names by which API Gateway does not tell them.",
        lambda: change_properties("AWS::ApiGatewayV2::Stage", with_api_names),
    ),
    Workaround(
        "leading keys",
        "Policies see neither the partition key of a request of DynamoDB nor its ReturnValues.",
        apply_leading_keys,
    ),
)


def apply() -> None:
    """Applies all of them, and what the local stack mends besides that concerns a deployment."""
    load()
    give_states_the_whole_context()
    for workaround in ALL:
        workaround.apply()
