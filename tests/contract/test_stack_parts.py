"""The parts of the template in `stack/`: each can be deployed alone, and together they are the template."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from samtranslator.yaml_helper import yaml_parse

from local.physical import physical_attribute
from local.resolve import Resolver
from local.translate import Template, translate
from tests.support.aws_from_template import (
    OVERRIDES,
    PARAMETERS,
    ROOT,
    STACK,
    deployed_stack,
    translated_template,
)
from tools import stack_parts
from tools.template_references import names_in

NAMES = ("store", "api", "page")
WHOLE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
IMPORTS = {
    "TableName": deployed_stack().ref("TraceTable"),
    "BucketName": deployed_stack().ref("TraceBucket"),
    "TraceWriterPolicyArn": deployed_stack().ref("TraceWriterPolicy"),
    "SpanvasLayerArn": "arn:aws:lambda:us-east-1:123456789012:layer:spanvas:1",
    "LibrariesLayerArn": "arn:aws:lambda:us-east-1:123456789012:layer:libraries:1",
    "ApiId": deployed_stack().ref("HttpApi"),
}
PUBLISHED_ANEW = {"AWS::Lambda::Version", "AWS::Lambda::LayerVersion"}


@cache
def source(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml_parse((ROOT / "stack" / f"{name}.yaml").read_text("utf-8"))
    return document


def parameters_of(name: str) -> dict[str, str]:
    declared = source(name)["Parameters"]
    return {k: v for k, v in {**PARAMETERS, **IMPORTS}.items() if k in declared}


@cache
def translated(name: str, **other: str) -> Template:
    text = (ROOT / "stack" / f"{name}.yaml").read_text("utf-8")
    return translate(text, {**parameters_of(name), **other}, STACK.region)


def test_the_parts_are_made_of_the_template_as_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert stack_parts.main(["--check"]) == 0
    assert stack_parts.main(["--check", "--into", str(tmp_path)]) == 1
    assert "stack/store.yaml is out of date: run `make openapi`" in capsys.readouterr().err
    assert stack_parts.main(["--into", str(tmp_path)]) == 0
    assert stack_parts.main(["--check", "--into", str(tmp_path)]) == 0


def test_every_resource_of_the_template_is_in_one_part() -> None:
    parts = [resource for name in NAMES for resource in source(name)["Resources"]]
    assert sorted(parts) == sorted(WHOLE["Resources"])


def test_what_a_part_needs_of_another_is_called_as_that_one_s_output() -> None:
    wanted = {name: set(source(name)["Parameters"]) & set(stack_parts.IMPORTED) for name in NAMES}
    outputs = {name: set(source(name)["Outputs"]) for name in NAMES}
    assert wanted["store"] == set()
    assert wanted["api"] <= outputs["store"]
    assert wanted["page"] <= outputs["store"] | outputs["api"]
    # Those of the parts together are those of the template, where the upload of the page finds what it needs.
    assert set().union(*outputs.values()) == set(WHOLE["Outputs"])
    assert {"SiteBucketName", "SiteUrl", "Issuer", "Audience", "PageClientId"} <= outputs["page"]


@pytest.mark.parametrize("name", NAMES)
def test_a_part_has_the_parameters_that_it_uses_and_no_other(name: str) -> None:
    declared = set(source(name)["Parameters"])
    used = set(names_in({k: v for k, v in source(name).items() if k != "Parameters"}))
    # SAM alone reads it (ADR 22).
    assert declared <= used
    assert declared - set(stack_parts.IMPORTED) <= set(WHOLE["Parameters"])
    assert "Page" not in declared


@pytest.mark.parametrize("name", NAMES)
def test_cfn_lint_finds_nothing_in_a_translated_part(name: str) -> None:
    regions = ["us-east-1"] if name == "page" else ["us-east-1", "us-gov-west-1", "cn-north-1"]
    findings = lint(json.dumps(translated(name).document), regions=regions)
    said = {finding.message for finding in findings}
    assert said <= {"Parameter AutoPublishCodeSha256 not used."}


@pytest.mark.parametrize("name", NAMES)
def test_a_resource_of_a_part_is_as_in_the_whole_template(name: str) -> None:
    whole = deployed_stack(Page="true" if name == "page" else "false")
    part = Resolver(translated(name), parameters_of(name), STACK, physical_attribute, OVERRIDES)
    common = set(translated(name).resources) & set(translated_template().resources)
    others = set(translated(name).resources) - common
    assert {translated(name).resources[other]["Type"] for other in others} <= PUBLISHED_ANEW
    different = [
        resource
        for resource in common
        if part.exists(resource) and comparable(part, resource) != comparable(whole, resource)
    ]
    assert different == []


def comparable(stack: Resolver, resource: str) -> dict[str, Any]:
    """The properties of a resource, but for the versions of layers."""
    properties = stack.properties(resource)
    return {name: item for name, item in properties.items() if name != "Layers"}


@pytest.mark.parametrize("name", ["store", "api"])
def test_the_code_of_a_part_is_found_beside_it(name: str) -> None:
    globals_ = source(name).get("Globals", {}).get("Function", {})
    properties = [globals_, *(r.get("Properties", {}) for r in source(name)["Resources"].values())]
    paths = [str(p[key]) for p in properties for key in ("CodeUri", "ContentUri") if key in p]
    assert paths
    assert all((ROOT / "stack" / path / "Makefile").is_file() for path in paths)


@pytest.mark.parametrize(
    ("imported", "functions"),
    [("SpanvasLayerArn", 2), ("LibrariesLayerArn", 2), ("TableName", 2), ("BucketName", 2)],
)
def test_another_store_or_layer_publishes_the_functions_that_it_reaches(
    imported: str, functions: int
) -> None:
    def versions(template: Template) -> set[str]:
        return {k for k, r in template.resources.items() if r["Type"] == "AWS::Lambda::Version"}

    before, after = versions(translated("api")), versions(translated("api", **{imported: "other"}))
    assert (len(before), len(before - after)) == (2, functions)


def test_a_reference_into_another_part_without_a_parameter_for_it_is_an_error() -> None:
    template = {
        "Resources": {"One": {"Properties": {"Name": {"Ref": "Two"}}}, "Two": {}},
    }
    cut = stack_parts.Cut(template, stack_parts.Part("", ("One",)))
    with pytest.raises(KeyError, match="Two"):
        cut.entry(template["Resources"]["One"])
