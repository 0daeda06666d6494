"""The template of a release: it names the zips beside it, and says what the Serverless Application Repository wants."""

from __future__ import annotations

import json
from typing import Any, Final

import yaml
from samtranslator.yaml_helper import yaml_parse

from local.project import PROJECT
from tools.dist.artifacts import PACKAGES
from tools.stack_parts import Dumper

STEPS: Final = frozenset({"ReserveFunction", "ChargeFunction", "ConfirmFunction"})
"""Functions of the example, whose zip has their own code alone."""
APPLICATION: Final = {
    "Name": "spanvas",
    "Description": "One OpenTelemetry trace for every workflow execution, in the page where workflows are run.",
    "Author": "Spanvas",
    "SpdxLicenseId": "MIT",
    "LicenseUrl": "LICENSE",
    "ReadmeUrl": "README.md",
    "Labels": ["opentelemetry", "tracing", "genai", "workflows"],
}
"""Properties of `AWS::ServerlessRepo::Application`; the two files are uploaded by `sam package`."""


def packaged(version: str, architecture: str) -> str:
    """Returns the template that deploys a release on one processor, from the folder of the release or once it is uploaded.

    `sam deploy` and `sam package` upload the zips that it names; nothing in it is built.
    """
    template = json.loads(json.dumps(yaml_parse((PROJECT / "template.yaml").read_text("utf-8"))))
    template["Metadata"]["AWS::ServerlessRepo::Application"] = {**APPLICATION, "SemanticVersion": version}
    template["Parameters"]["Architecture"] |= {"Default": architecture, "AllowedValues": [architecture]}
    del template["Globals"]["Function"]["CodeUri"]
    for name, resource in template["Resources"].items():
        zip_name = zip_of(name, resource, version, architecture)
        if zip_name is None:
            continue
        key = "ContentUri" if resource["Type"] == "AWS::Serverless::LayerVersion" else "CodeUri"
        resource["Properties"][key] = zip_name
        metadata = {k: v for k, v in resource.pop("Metadata").items() if not k.startswith("Build")}
        if metadata:
            resource["Metadata"] = metadata
    return yaml.dump(template, Dumper=Dumper, sort_keys=False, width=120)


def zip_of(name: str, resource: dict[str, Any], version: str, architecture: str) -> str | None:
    """Returns the zip of a function or layer; None for other resources."""
    if name == "SpanvasLayer":
        return file_name("layer", version)
    if name in PACKAGES:
        (runtime,) = resource["Properties"]["CompatibleRuntimes"]
        return file_name(f"{PACKAGES[name]}-{runtime}-{architecture}", version)
    if resource["Type"] != "AWS::Serverless::Function":
        return None
    return file_name("steps" if name in STEPS else f"functions-{architecture}", version)


def file_name(artifact: str, version: str) -> str:
    """Returns what the zip of an artifact is called."""
    return f"spanvas-{artifact}-{version}.zip"
