"""template.yaml -> the CloudFormation document that SAM deploys, so that what runs here is what deploys.

Paths of code and layers survive the translation as keys of a bucket that does not exist (`s3://project/functions`),
which is where `resources` reads them back.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Region:
    """All that SAM asks of a session of boto3, which itself fails where AWS_PROFILE names no profile."""

    region_name: str


def translate(
    source: str, parameters: dict[str, str], region: str, later: frozenset[str] = frozenset()
) -> Template:
    """Translate the text of a SAM template. Raises TemplateError with SAM's own words.

    References to the parameters in `later` are left as they are: SAM puts values and defaults in the place of some.
    """
    from samtranslator.public.exceptions import InvalidDocumentException
    from samtranslator.yaml_helper import yaml_parse
    from yaml import YAMLError

    try:
        document = yaml_parse(source)
    except YAMLError as error:
        raise TemplateError(f"the template is not YAML: {error}") from error
    build_methods = localise_code(document)
    for name in later & document.get("Parameters", {}).keys():
        document["Parameters"][name].pop("Default", None)
    try:
        translated = transform(document, dict(parameters), region)
    except InvalidDocumentException as error:
        raise TemplateError(f"SAM refuses the template: {error.message}") from error
    return Template(translated, build_methods)


def transform(document: dict[str, Any], parameters: dict[str, str], region: str) -> dict[str, Any]:
    """Do what SAM's `transform` does, which takes its region from the environment and keeps the first one that it sees.

    SAM asks IAM for managed policies by name; a template that names them by ARN needs none, so there are none.
    """
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import (
        to_py27_compatible_template,
        undo_mark_unicode_str_in_template,
    )

    to_py27_compatible_template(document, parameters)
    translator = Translator(None, Parser(), boto_session=Region(region))
    translated: dict[str, Any] = undo_mark_unicode_str_in_template(
        translator.translate(document, parameters, get_managed_policy_map=dict)
    )
    return translated


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
