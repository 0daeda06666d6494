"""template.yaml -> the CloudFormation document that SAM deploys, so that what runs here is what deploys.

Paths of code and layers survive the translation as keys of a bucket that does not exist (`s3://project/functions`),
which is where `resources` reads them back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT_BUCKET = "project"
CODE_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


class TemplateError(Exception):
    """template.yaml cannot be run; the message names the place."""


@dataclass(frozen=True, slots=True)
class Template:
    """A translated template. `build_methods` maps a layer's path to its logical id and SAM `BuildMethod`."""

    document: dict[str, Any]
    build_methods: dict[str, tuple[str, str]]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by their logical ids."""
        return dict(self.document.get("Resources", {}))


class NoManagedPolicies:
    """SAM asks IAM for managed policies by name; a template that names them by ARN needs none."""

    def load(self) -> dict[str, str]:
        """Returns no managed policies: their names stay as they are."""
        return {}


def translate(
    source: str, parameters: dict[str, str], region: str, later: frozenset[str] = frozenset()
) -> Template:
    """Translate the text of a SAM template. Raises TemplateError with SAM's own words.

    References to the parameters in `later` are left as they are: SAM puts values and defaults in the place of some.
    """
    from samtranslator.public.exceptions import InvalidDocumentException
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse
    from yaml import YAMLError

    os.environ.setdefault("AWS_DEFAULT_REGION", region)  # the only way to tell SAM's translator
    try:
        document = yaml_parse(source)
    except YAMLError as error:
        raise TemplateError(f"the template is not YAML: {error}") from error
    build_methods = localise_code(document)
    for name in later & document.get("Parameters", {}).keys():
        document["Parameters"][name].pop("Default", None)
    try:
        translated = transform(document, dict(parameters), NoManagedPolicies())
    except InvalidDocumentException as error:
        raise TemplateError(f"SAM refuses the template: {error.message}") from error
    return Template(translated, build_methods)


def read_template(path: Path, parameters: dict[str, str], region: str) -> Template:
    """Returns the template as SAM deploys it. Raises TemplateError."""
    return translate(path.read_text(encoding="utf-8"), parameters, region)


def localise_code(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Replace local code paths, which the translator refuses, by keys that spell them."""
    function_globals = document.get("Globals", {}).get("Function", {})
    if "CodeUri" in function_globals:
        function_globals["CodeUri"] = to_key(function_globals["CodeUri"])
    build_methods: dict[str, tuple[str, str]] = {}
    for logical_id, resource in document.get("Resources", {}).items():
        name = CODE_PROPERTIES.get(resource.get("Type", ""))
        properties = resource.setdefault("Properties", {})
        if name is None or name not in properties:
            continue
        if name == "ContentUri":
            method = str(resource.get("Metadata", {}).get("BuildMethod", ""))
            build_methods[to_path(properties[name])] = (logical_id, method)
        properties[name] = to_key(properties[name])
    return build_methods


def to_path(uri: str) -> str:
    """Returns a path inside of the project without `./` and a slash at its end."""
    return uri.strip("./").rstrip("/")


def to_key(uri: str) -> str:
    """Returns the S3 address that stands for a path of the project."""
    return f"s3://{PROJECT_BUCKET}/{to_path(uri)}"
