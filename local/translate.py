"""`template.yaml` as CloudFormation would see it: SAM's own translation, then its intrinsic functions resolved.

The development stack is provisioned from the result and the contract tests read it, so neither can drift from what
is deployed. No AWS account and no credentials are needed.
Not responsible for creating anything, nor for whether the template is right: cfn-lint says that.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import boto3
import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.utils.py27hash_fix import (
    to_py27_compatible_template,
    undo_mark_unicode_str_in_template,
)

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPLATE: Final = ROOT / "template.yaml"
REGION: Final = "us-east-1"
ACCOUNT_ID: Final = "000000000000"

JsonObject = dict[str, Any]

_CODE_PROPERTIES: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
_NO_VALUE: Final = object()
_VARIABLE: Final = re.compile(r"\$\{([^}]+)\}")


class UnresolvedReferenceError(KeyError):
    """The template refers to a parameter, a resource or an attribute that nobody gave a value for."""


class _CloudFormationLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref x` is `{"Ref": "x"}`, `!Sub x` is `{"Fn::Sub": "x"}`."""


def _construct_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> JsonObject:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_CloudFormationLoader.add_multi_constructor("!", _construct_tag)


def load_template(path: Path = TEMPLATE) -> JsonObject:
    """The SAM template as it is written, short tags spelled out."""
    template = yaml.load(path.read_text("utf-8"), Loader=_CloudFormationLoader)  # noqa: S506
    assert isinstance(template, dict)
    return template


def translate(template: Mapping[str, Any], parameters: Mapping[str, str]) -> JsonObject:
    """The CloudFormation template that SAM makes of it. `template` is left as it was.

    SAM wants code on S3, so local folders are replaced by S3 addresses that nothing reads. Raises samtranslator's
    InvalidDocumentException with every complaint.
    """
    source = copy.deepcopy(dict(template))
    for section in source.get("Globals", {}).values():
        if "CodeUri" in section:
            section["CodeUri"] = "s3://code/globals.zip"
    for name, resource in source["Resources"].items():
        code = _CODE_PROPERTIES.get(resource["Type"])
        if code and code in resource.get("Properties", {}):
            resource["Properties"][code] = f"s3://code/{name}.zip"
    values = dict(parameters)
    to_py27_compatible_template(source, values)
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    translated = translator.translate(
        source, parameter_values=values, get_managed_policy_map=_managed_policies
    )
    result = undo_mark_unicode_str_in_template(translated)
    assert isinstance(result, dict)
    return result


def _managed_policies() -> dict[str, str]:
    """SAM would ask IAM for the list; the template names no managed policy by its short name."""
    return {}


class Stack:
    """A template with its parameters: what each resource's properties come to.

    `names` gives physical names (what `Ref` answers) and `attributes` what `Fn::GetAtt` answers, keyed
    `LogicalId.Attribute`; a name not given is the resource's own name property or its logical id in lower case.
    """

    def __init__(
        self,
        template: JsonObject,
        parameters: Mapping[str, str],
        *,
        names: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        stack_name: str = "spanvas",
        stack_guid: str = "00000000-0000-4000-8000-000000000000",
    ) -> None:
        self.template = template
        self.resources: dict[str, JsonObject] = template["Resources"]
        self._names = dict(names or {})
        self._attributes = dict(attributes or {})
        self._parameters = {
            name: parameters.get(name, declared.get("Default"))
            for name, declared in template.get("Parameters", {}).items()
        }
        self._pseudo = {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{stack_name}/{stack_guid}",
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def of_type(self, resource_type: str) -> list[str]:
        """Logical ids of the resources of one type, in the template's order."""
        return [name for name, r in self.resources.items() if r["Type"] == resource_type]

    def properties(self, logical_id: str) -> JsonObject:
        """The resource's properties, resolved. Raises UnresolvedReferenceError."""
        value = self.resolve(self.resources[logical_id].get("Properties", {}))
        assert isinstance(value, dict)
        return value

    def outputs(self) -> dict[str, Any]:
        return {
            name: self.resolve(output["Value"])
            for name, output in self.template.get("Outputs", {}).items()
        }

    def resolve(self, value: Any) -> Any:
        """`value` without intrinsic functions. Raises UnresolvedReferenceError."""
        if isinstance(value, list):
            items = (self.resolve(item) for item in value)
            return [item for item in items if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, argument), *_ = value.items()
            intrinsic = self._intrinsics().get(key)
            if intrinsic is not None:
                return intrinsic(argument)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NO_VALUE}

    def _intrinsics(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": lambda a: self.resolve(a[1] if self._holds(a[0]) else a[2]),
            "Fn::Join": lambda a: a[0].join(str(part) for part in self.resolve(a[1])),
            "Fn::Select": lambda a: self.resolve(a[1])[int(a[0])],
            "Fn::Split": lambda a: self.resolve(a[1]).split(a[0]),
            "Fn::Equals": lambda a: str(self.resolve(a[0])) == str(self.resolve(a[1])),
            "Fn::Not": lambda a: not self.resolve(a[0]),
            "Fn::And": lambda a: all(self.resolve(a)),
            "Fn::Or": lambda a: any(self.resolve(a)),
        }

    def _holds(self, condition: str) -> bool:
        return bool(self.resolve(self.template["Conditions"][condition]))

    def _ref(self, name: str) -> Any:
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            value = self._parameters[name]
            if value is None:
                raise UnresolvedReferenceError(f"parameter {name} has no value")
            is_list = self.template["Parameters"][name]["Type"] == "CommaDelimitedList"
            return value.split(",") if is_list else value
        if name in self._names:
            return self._names[name]
        if name not in self.resources:
            raise UnresolvedReferenceError(name)
        resource = self.resources[name]
        kind = resource["Type"].rsplit("::", 1)[-1]
        own = resource.get("Properties", {}).get(f"{kind}Name")
        return self.resolve(own) if own is not None else f"spanvas-{name.lower()}"

    def _get_att(self, argument: list[str]) -> str:
        logical_id, attribute = argument
        key = f"{logical_id}.{attribute}"
        if key in self._attributes:
            return self._attributes[key]
        if attribute != "Arn" or logical_id not in self.resources:
            raise UnresolvedReferenceError(key)
        service = self.resources[logical_id]["Type"].split("::")[1].lower()
        return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{self._ref(logical_id)}"

    def _sub(self, argument: str | list[Any]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self.resolve(value) for name, value in own.items()}

        def replace(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(own[name])
            if "." in name:
                return self._get_att(name.split(".", 1))
            return str(self._ref(name))

        return _VARIABLE.sub(replace, text)
