"""Writes `stack/*.yaml`, the parts of `template.yaml` that can be deployed alone: `python -m tools.stack_parts`.

There is one template. A part is some of its resources with all that they need of parameters, conditions and outputs;
what they refer to in another part becomes a parameter, which is called as the output of that part's stack. `make
openapi` writes the parts, `--check` says whether the committed ones are current (ADR 45).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from samtranslator.yaml_helper import yaml_parse

from local.project import PROJECT as ROOT
from tools.generated_files import write_or_check
from tools.template_references import PLACEHOLDER, conditions_of, names_in

STORE: Final = (
    "TraceTable",
    "TraceBucket",
    "TraceBucketPolicy",
    "TraceWriterPolicy",
    "TenantTraceWriterPolicy",
    "SpanvasLayer",
    "LibrariesLayer",
    "SpanvasLayerPermission",
    "LibrariesLayerPermission",
)
PAGE: Final = (
    "SiteBucket",
    "SiteBucketPolicy",
    "SiteAccess",
    "SitePaths",
    "SiteHeaders",
    "ApiHeaders",
    "SiteDistribution",
)
IMPORTS: Final = {
    "TraceTable": "${TableName}",
    "TraceTable.Arn": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",
    "TraceWriterPolicy": "${TraceWriterPolicyArn}",
    "SpanvasLayer": "${SpanvasLayerArn}",
    "LibrariesLayer": "${LibrariesLayerArn}",
    "HttpApi": "${ApiId}",
}
"""What stands in another part, as it is written in `Ref`, `Fn::GetAtt` and `Fn::Sub`, and what takes its place."""
IMPORTED: Final = {
    "TableName": "Output TableName of the stack with the store.",
    "BucketName": "Output BucketName of the stack with the store.",
    "TraceWriterPolicyArn": "Output TraceWriterPolicyArn of the stack with the store.",
    "SpanvasLayerArn": "Output SpanvasLayerArn of the stack with the store.",
    "LibrariesLayerArn": "Output LibrariesLayerArn of the stack with the store.",
    "ApiId": "Output ApiId of the stack with the API, which is in the same region.",
}
"""The parameters of parts that are outputs of others: name -> description."""
BUCKET: Final = "spanvas-traces-${Stack}"
"""How template.yaml spells the name of TraceBucket where it cannot refer to it."""
PATHS: Final = ("CodeUri", "ContentUri")
HEAD: Final = "# Written by `make openapi` from template.yaml; change that, not this file.\n"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the template's resources.

    `conditions` says which conditions of the template always or never hold here, and which are the same as another one;
    `outputs` names those that are wanted although no resource gives them.
    """

    description: str
    resources: tuple[str, ...]
    conditions: Mapping[str, bool | str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()


WITHOUT_PAGE: Final[Mapping[str, bool | str]] = {
    "HasPage": False,
    "HasPageOrAllowedOrigins": "HasAllowedOrigins",
}


def parts(template: Mapping[str, Any]) -> dict[str, Part]:
    """Returns the parts by the names of their files. What is neither store nor page is the API's."""
    rest = tuple(name for name in template["Resources"] if name not in {*STORE, *PAGE})
    return {
        "store": Part(
            "Spanvas, the store and the layers alone: for functions that write traces.",
            STORE,
            WITHOUT_PAGE,
        ),
        "api": Part(
            "Spanvas, the API, the OTLP endpoint and the reference executor, over a store of another stack.",
            rest,
            WITHOUT_PAGE,
            ("Issuer",),
        ),
        "page": Part(
            "Spanvas, the page alone, before an API of another stack.",
            PAGE,
            {"HasPage": True},
            ("Issuer", "Audience", "PageClientId"),
        ),
    }


def part_of(template: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """Returns a part as a template of its own. Raises KeyError for what it refers to and `IMPORTS` has not."""
    cut = Cut(template, part)
    body: dict[str, Any] = {
        "Resources": {name: cut.entry(template["Resources"][name]) for name in part.resources},
        "Outputs": {
            name: cut.entry(output)
            for name, output in template["Outputs"].items()
            if name in part.outputs or cut.gives(output)
        },
    }
    if any(r["Type"] == "AWS::Serverless::Function" for r in body["Resources"].values()):
        body = {"Globals": cut.value(template["Globals"]), **body}
    publish_with_imports(body)
    conditions = conditions_of(body, template["Conditions"])
    named = set(names_in([body, list(conditions.values())]))
    imported = {
        name: {"Type": "String", "MinLength": 1, "Description": text}
        for name, text in IMPORTED.items()
        if name in named
    }
    parameters = imported | {k: v for k, v in template["Parameters"].items() if k in named}
    rules = {k: v for k, v in template["Rules"].items() if set(names_in(v)) <= set(parameters)}
    document = {
        "AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"],
        "Transform": template["Transform"],
        "Description": part.description,
        "Metadata": interface_of(template, imported, parameters),
        "Parameters": parameters,
        "Conditions": conditions,
        "Rules": rules,
        **body,
    }
    return {name: section for name, section in document.items() if section}


def publish_with_imports(body: Mapping[str, Any]) -> None:
    """Adds the imported parameters that reach a published function to those that make its version's id (ADR 22)."""
    for resource in body["Resources"].values():
        properties = resource.get("Properties", {})
        if "AutoPublishAlias" in properties:
            reaching = set(names_in([properties, body["Globals"]["Function"]]))
            _, (_, values) = properties["Description"]["Fn::Select"]
            values["Fn::Join"][1] += [{"Ref": name} for name in IMPORTED if name in reaching]


class Cut:
    """Takes what belongs to one part out of the template."""

    def __init__(self, template: Mapping[str, Any], part: Part) -> None:
        self._conditions = part.conditions
        self._all = set(template["Resources"])
        self._others = self._all - set(part.resources)

    def gives(self, output: Mapping[str, Any]) -> bool:
        """Returns whether an output is about resources of this part, and of no other."""
        named = set(names_in(output["Value"])) & self._all
        return bool(named) and not named & self._others

    def entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a resource or an output, without its condition where that always holds here."""
        always = self._conditions.get(str(entry.get("Condition"))) is True
        return {
            name: self.value(item)
            for name, item in entry.items()
            if not (always and name == "Condition")
        }

    def value(self, node: Any) -> Any:
        """Returns a value with the references, conditions and paths that it has in this part."""
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "Fn::If" in node:
            return self._if(*node["Fn::If"])
        if "Fn::Sub" in node:
            return self._sub(node["Fn::Sub"])
        for function in ("Ref", "Fn::GetAtt"):
            if function in node:
                name = node[function]
                dotted = name if isinstance(name, str) else ".".join(name)
                return substituted(self._import(dotted), {}) if self._is_import(dotted) else node
        return {
            name: f"../{item}" if name in PATHS and isinstance(item, str) else self.value(item)
            for name, item in node.items()
        }

    def _if(self, condition: str, when_true: Any, when_false: Any) -> Any:
        here = self._conditions.get(condition, condition)
        if isinstance(here, bool):
            return self.value(when_true if here else when_false)
        return {"Fn::If": [here, self.value(when_true), self.value(when_false)]}

    def _sub(self, argument: Any) -> Any:
        text, variables = (argument, {}) if isinstance(argument, str) else argument
        variables = self.value(variables)
        if "TraceBucket" in self._others:
            text = text.replace(BUCKET, "${BucketName}")
        text = PLACEHOLDER.sub(
            lambda match: self._import(match[1]) if self._is_import(match[1]) else match[0], text
        )
        return substituted(text, {k: v for k, v in variables.items() if f"${{{k}}}" in text})

    def _is_import(self, dotted: str) -> bool:
        return dotted.partition(".")[0] in self._others

    def _import(self, dotted: str) -> str:
        return IMPORTS[dotted]


def substituted(text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Returns `Fn::Sub` of a text, or `Ref` where it is nothing but one name."""
    match = PLACEHOLDER.fullmatch(text)
    if match and not variables and "." not in match[1]:
        return {"Ref": match[1]}
    return {"Fn::Sub": [text, dict(variables)] if variables else text}


def interface_of(
    template: Mapping[str, Any], imported: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the groups in which the console asks for parameters, without those that a part has not."""
    groups = [{"Label": {"default": "Outputs of other stacks"}, "Parameters": list(imported)}]
    for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        kept = [name for name in group["Parameters"] if name in parameters]
        groups.append({"Label": group["Label"], "Parameters": kept})
    kept_groups = [group for group in groups if group["Parameters"]]
    return {"AWS::CloudFormation::Interface": {"ParameterGroups": kept_groups}}


class Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: D102 - PyYAML's
        return True


def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Returns a text as a node, in literal style where it has several lines."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)


Dumper.add_representer(str, represent_text)


def files() -> dict[str, str]:
    """Returns the text of each file in `stack/`, by its name."""
    template = json.loads(json.dumps(yaml_parse((ROOT / "template.yaml").read_text("utf-8"))))
    return {
        f"{name}.yaml": HEAD
        + yaml.dump(part_of(template, part), Dumper=Dumper, sort_keys=False, width=120)
        for name, part in parts(template).items()
    }


def main(arguments: list[str]) -> int:
    """Writes the files, or with `--check` prints which are out of date. Returns the exit code of the process."""
    return write_or_check(
        "tools.stack_parts", __doc__, files(), ROOT / "stack", arguments, shown_in="stack/"
    )


if __name__ == "__main__":  # pragma: no cover - `main` is what the tests call
    sys.exit(main(sys.argv[1:]))
