"""A deployment publishes a new version of a function exactly when something in the version would be another.

CloudFormation publishes a version when the version's logical id is a new one. It fails where the id is new and the
function is not ("A version for this Lambda function exists"), so both directions are tested. See ADR 22.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.physical import physical_attribute
from local.resolve import Resolver
from local.translate import Template, translate
from tests.support.aws_from_template import PARAMETERS, ROOT, STACK, translated_template

SOURCE = (ROOT / "template.yaml").read_text("utf-8")
DECLARED: dict[str, dict[str, Any]] = yaml_parse(SOURCE)["Parameters"]
API, INGEST = "TraceApiFunction", "OtlpIngestFunction"
REACHED_BY = {
    "Architecture": {API, INGEST},
    "RetentionDays": {API, INGEST},
    "ContentRetentionDays": {API, INGEST},
    "TenantClaim": {API, INGEST},
    "WorkflowsClaim": {API, INGEST},
    "RestrictedAttributes": {API, INGEST},
    "JwtIssuer": {API, INGEST},
    "JwtAudience": {API, INGEST},
    "SnapStart": {API, INGEST},
    "KmsKeyArn": {API, INGEST},
    "SubnetIds": {API, INGEST},
    "SecurityGroupIds": {API, INGEST},
    "TracingEnabled": {API},
    "NameClaims": {API},
    "AuditRetentionDays": {API},
    "ArtifactBucketArns": {API},
    "TraceUrlTemplate": {API},
    "SpanSource": {API},
    "SpanSourceUrl": {API},
    "SpanSourceHeaders": {API},
    "SpanSourceTenantHeader": {API},
    "ContentCapture": {API, INGEST},
    "RedactionRules": {API, INGEST},
    "RedactionPatterns": {API, INGEST},
}
NOT_IN_A_VERSION = {"Description", "ReservedConcurrentExecutions", "Tags"}
"""Properties of the function as a whole, and the text that only names the parameters for the id."""


def version_ids(template: Template) -> dict[str, str]:
    """Function -> logical id of the version that its alias points to."""
    aliases = [r for r in template.resources.values() if r["Type"] == "AWS::Lambda::Alias"]
    return {
        alias["Properties"]["FunctionName"]["Ref"]: alias["Properties"]["FunctionVersion"][
            "Fn::GetAtt"
        ][0]
        for alias in aliases
    }


def ids_of(source: str = SOURCE, **parameters: str) -> dict[str, str]:
    return version_ids(translate(source, {**PARAMETERS, **parameters}, STACK.region))


def published_anew(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {function for function, version in before.items() if after[function] != version}


def another_value(parameter: str) -> str:
    declared = DECLARED[parameter]
    default = str(declared.get("Default", ""))
    others = [str(value) for value in declared.get("AllowedValues", []) if str(value) != default]
    if others:
        return others[0]
    return "7" if declared["Type"] == "Number" else "arn:aws:s3:::another/*"


@pytest.fixture(scope="module")
def deployed() -> dict[str, str]:
    return ids_of()


def test_the_api_and_the_ingest_are_the_published_functions(deployed: dict[str, str]) -> None:
    assert set(deployed) == {API, INGEST}


def test_what_is_deployed_again_unchanged_publishes_nothing(deployed: dict[str, str]) -> None:
    assert ids_of() == deployed
    defaults = {
        name: str(DECLARED[name].get("Default", PARAMETERS.get(name))) for name in REACHED_BY
    }
    assert ids_of(**defaults) == deployed


@pytest.mark.parametrize(
    "parameter", [name for name in DECLARED if name != "AutoPublishCodeSha256"]
)
def test_another_value_of_a_parameter_publishes_every_function_that_it_reaches(
    parameter: str, deployed: dict[str, str]
) -> None:
    changed = ids_of(**{parameter: another_value(parameter)})
    assert published_anew(deployed, changed) == REACHED_BY.get(parameter, set())


@pytest.mark.parametrize(
    ("path", "functions"),
    [
        ("layers/spanvas", {API, INGEST}),
        ("layers/libraries", {API, INGEST}),
        ("functions/", {API, INGEST}),
    ],
)
def test_other_contents_of_a_layer_or_of_the_code_publish_every_function_that_has_them(
    path: str, functions: set[str], deployed: dict[str, str]
) -> None:
    # `sam package` puts a digest of the contents in the place of the path.
    line = f"Uri: {path}\n"
    assert SOURCE.count(line) == 1
    changed = ids_of(SOURCE.replace(line, "Uri: s3://artifacts/3f2a9c\n"))
    assert published_anew(deployed, changed) == functions


def test_another_property_of_a_function_publishes_it(deployed: dict[str, str]) -> None:
    changed = ids_of(SOURCE.replace("Timeout: 29\n", "Timeout: 28\n"))
    assert published_anew(deployed, changed) == {INGEST}


def test_the_same_values_give_the_same_ids_when_they_come_back(deployed: dict[str, str]) -> None:
    assert ids_of(ContentCapture="none") != deployed
    assert ids_of(ContentCapture="redacted") == deployed


@pytest.mark.parametrize("function", [API, INGEST])
def test_the_parameters_that_reach_a_version_are_those_that_its_configuration_names(
    function: str,
) -> None:
    template = translated_template()
    properties = template.resources[function]["Properties"]
    configuration = {k: v for k, v in properties.items() if k not in NOT_IN_A_VERSION}
    reaching = set(parameters_in(configuration, template.document["Conditions"]))
    assert reaching == {name for name, functions in REACHED_BY.items() if function in functions}


def parameters_in(value: Any, conditions: dict[str, Any]) -> Iterator[str]:
    """Parameters that a part of the template refers to, by itself or through a condition."""
    if isinstance(value, list):
        for item in value:
            yield from parameters_in(item, conditions)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref" and item in DECLARED:
            yield item
        elif key == "Fn::Sub":
            text = item if isinstance(item, str) else item[0]
            yield from (name for name in DECLARED if f"${{{name}}}" in text)
        elif key == "Fn::If":
            yield from parameters_in(conditions[item[0]], conditions)
        yield from parameters_in(item, conditions)


def test_no_secret_is_among_them_since_the_transformed_template_shows_them() -> None:
    secret = {name for name, declared in DECLARED.items() if declared.get("NoEcho")}
    assert secret == {"OtlpHeaders"}
    assert secret & set(REACHED_BY) == set()
    source = yaml_parse(SOURCE)["Resources"]
    for function in (API, INGEST):
        named = set(parameters_in(source[function]["Properties"]["Description"], {}))
        assert named == {name for name, functions in REACHED_BY.items() if function in functions}


@pytest.mark.parametrize(
    "link",
    ["", "https://grafana.example.com/" + "x" * 3_000, "${AWS::AccountId}|${Nothing}", '"],{"'],
)
def test_the_description_stays_the_same_whatever_the_parameters_are(link: str) -> None:
    parameters = {**PARAMETERS, "TraceUrlTemplate": link}
    template = translate(SOURCE, parameters, STACK.region)
    stack = Resolver(template, parameters, STACK, physical_attribute)
    assert json.dumps(stack.value(template.resources[API]["Properties"]["Description"])) == (
        '"Answers every call of the HTTP API. "'
    )


def test_a_version_that_the_alias_has_left_is_deleted() -> None:
    resources = translated_template().resources
    versions = {k: r for k, r in resources.items() if r["Type"] == "AWS::Lambda::Version"}
    assert [version["DeletionPolicy"] for version in versions.values()] == ["Delete", "Delete"]
    # CloudFormation deletes what a template no longer has after all updates, so the alias has moved on by then.
    assert {version.get("UpdateReplacePolicy") for version in versions.values()} == {None}
    assert set(version_ids(translated_template()).values()) == set(versions)


def test_the_parameter_that_turns_this_on_cannot_fix_the_id() -> None:
    assert DECLARED["AutoPublishCodeSha256"]["AllowedValues"] == [""]
    assert DECLARED["AutoPublishCodeSha256"]["Default"] == ""
