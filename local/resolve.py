"""CloudFormation's intrinsic functions over a translated template, for the resources that run here.

Lazy on purpose: only what is asked for is resolved, so a resource that has no meaning on one machine (an alarm, a
role) needs no physical name. What cannot be resolved is an error, never a guess.

Source: CloudFormation, "Intrinsic function reference" and "Pseudo parameters reference".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.translate import Template, TemplateError

PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
NO_VALUE = object()


DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class StackIdentity:
    """The name, region and account that the stack on this machine has."""

    stack_name: str = "spanvas-local"
    stack_uuid: str = "00000000-0000-4000-8000-000000000000"
    region: str = DEFAULT_REGION
    account_id: str = "123456789012"
    partition: str = "aws"

    @property
    def stack_id(self) -> str:
        """The ARN of the stack."""
        return (
            f"arn:{self.partition}:cloudformation:{self.region}:{self.account_id}"
            f":stack/{self.stack_name}/{self.stack_uuid}"
        )

    @property
    def url_suffix(self) -> str:
        """The end of the hosts of AWS in the stack's partition."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


AttributeOf = Callable[["Resolver", str, str], str]
"""Takes the resolver, a logical id and the name of an attribute. Raises TemplateError for one that is not known."""


class Resolver:
    """Resolves values of one template.

    `attribute_of` returns what a resource answers to `Fn::GetAtt`, or to `Ref` where the attribute is "". `overrides`
    comes before it, by logical id and attribute.
    """

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str],
        identity: StackIdentity,
        attribute_of: AttributeOf,
        overrides: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._document = template.document
        self._resources = template.resources
        self._identity = identity
        self._attribute_of = attribute_of
        self._overrides = dict(overrides or {})
        self._parameters = self._read_parameters(parameters)
        self._conditions: dict[str, bool] = {}
        self._pseudo: dict[str, Any] = {
            "AWS::AccountId": identity.account_id,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": identity.partition,
            "AWS::Region": identity.region,
            "AWS::StackId": identity.stack_id,
            "AWS::StackName": identity.stack_name,
            "AWS::URLSuffix": identity.url_suffix,
        }

    def _read_parameters(self, given: Mapping[str, str]) -> dict[str, Any]:
        declared = self._document.get("Parameters", {})
        unknown = sorted(set(given) - set(declared))
        if unknown:
            raise TemplateError(f"the template has no parameter {', '.join(unknown)}")
        values: dict[str, Any] = {}
        for name, declaration in declared.items():
            if name not in given and "Default" not in declaration:
                raise TemplateError(f"parameter {name} has no value and no default")
            text = str(given.get(name, declaration.get("Default")))
            if why := refusal_of(declaration, text):
                raise TemplateError(f"parameter {name}={text!r} {why}")
            is_list = declaration.get("Type") in ("CommaDelimitedList", "List<Number>")
            values[name] = [part.strip() for part in text.split(",")] if is_list else text
        return values

    @property
    def identity(self) -> StackIdentity:
        """The account, region and name of the stack."""
        return self._identity

    def exists(self, logical_id: str) -> bool:
        """Returns whether the resource's condition holds."""
        condition = self._resources[logical_id].get("Condition")
        return condition is None or self.condition(condition)

    def logical_ids(self, resource_type: str) -> list[str]:
        """Returns the resources of a type whose condition holds, in the template's order."""
        return [
            logical_id
            for logical_id, resource in self._resources.items()
            if resource["Type"] == resource_type and self.exists(logical_id)
        ]

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Returns all properties of a resource, resolved."""
        resolved = self.value(self._resources[logical_id].get("Properties", {}))
        assert isinstance(resolved, dict)
        return resolved

    def raw_properties(self, logical_id: str) -> dict[str, Any]:
        """Returns the properties of a resource as the template has them."""
        return dict(self._resources[logical_id].get("Properties", {}))

    def type_of(self, logical_id: str) -> str:
        """Returns the CloudFormation type of a resource."""
        return str(self._resources[logical_id]["Type"])

    def condition(self, name: str) -> bool:
        """Returns whether a condition of the template holds. Raises TemplateError for an unknown one."""
        if name not in self._conditions:
            conditions = self._document.get("Conditions", {})
            if name not in conditions:
                raise TemplateError(f"no condition {name}")
            self._conditions[name] = self.truth(conditions[name])
        return self._conditions[name]

    def truth(self, expression: Any) -> bool:
        """Returns whether a condition, as the template writes it, holds. Raises TemplateError for what is none."""
        if isinstance(expression, dict) and len(expression) == 1:
            ((function, argument),) = expression.items()
            if function == "Condition":
                return self.condition(argument)
            if function == "Fn::Equals":
                left, right = (self.value(side) for side in argument)
                return str(left) == str(right)
            if function == "Fn::Not":
                return not self.truth(argument[0])
            if function == "Fn::And":
                return all(self.truth(part) for part in argument)
            if function == "Fn::Or":
                return any(self.truth(part) for part in argument)
        raise TemplateError(f"not a condition: {expression}")

    def value(self, node: Any) -> Any:
        """Returns a value with every intrinsic function applied; `AWS::NoValue` drops the key or the item."""
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            apply = self._functions().get(function)
            if apply is not None:
                return apply(argument)
            if function.startswith("Fn::"):
                raise TemplateError(f"{function} is not known here")
        resolved = {name: self.value(item) for name, item in node.items()}
        return {name: item for name, item in resolved.items() if item is not NO_VALUE}

    def _functions(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "Ref": self.ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
        }

    def ref(self, name: str) -> Any:
        """Returns `Ref` of a pseudo parameter, a parameter or a resource."""
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._parameters:
            return self._parameters[name]
        return self.attribute(name, "")

    def attribute(self, logical_id: str, attribute: str) -> str:
        """Returns `Ref` (attribute "") or `Fn::GetAtt` of a resource. Raises TemplateError where it has none here."""
        if logical_id not in self._resources:
            raise TemplateError(f"no parameter or resource {logical_id}")
        override = self._overrides.get((logical_id, attribute))
        if override is not None:
            return override
        return self._attribute_of(self, logical_id, attribute)

    def _get_att(self, argument: Any) -> str:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        return self.attribute(parts[0], self.value(parts[1]))

    def _sub(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        variables = {name: self.value(item) for name, item in own.items()}

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(variables[name])
            logical_id, dot, attribute = name.partition(".")
            return str(self.attribute(logical_id, attribute) if dot else self.ref(name))

        return PLACEHOLDER.sub(replace, text)

    def _join(self, argument: Any) -> str:
        separator, parts = argument
        return str(separator).join(str(part) for part in self.value(parts))

    def _if(self, argument: Any) -> Any:
        name, when_true, when_false = argument
        return self.value(when_true if self.condition(name) else when_false)

    def _select(self, argument: Any) -> Any:
        index, items = argument
        return self.value(items)[int(self.value(index))]

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self.value(text)).split(separator)

    def _find_in_map(self, argument: Any) -> Any:
        name, first, second = (self.value(part) for part in argument)
        try:
            return self._document["Mappings"][name][first][second]
        except KeyError as error:
            raise TemplateError(f"no mapping {name}.{first}.{second}") from error


def refusal_of(declaration: Mapping[str, Any], text: str) -> str:
    """Returns why CloudFormation refuses a value of a parameter; "" where it takes it."""
    allowed = declaration.get("AllowedValues")
    if allowed and text not in [str(value) for value in allowed]:
        return f"is not one of {allowed}"
    pattern = declaration.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, text):
        return f"does not match {pattern}"
    if len(text) < (shortest := int(declaration.get("MinLength", 0))):
        return f"is shorter than {shortest}"
    if declaration.get("Type") != "Number":
        return ""
    least, most = declaration.get("MinValue", -math.inf), declaration.get("MaxValue", math.inf)
    try:
        is_within = least <= float(text) <= most
    except ValueError:
        return "is no number"
    return "" if is_within else f"is not from {least} to {most}"
