"""The list of packages of others in a release (CycloneDX 1.6), read from what was really built."""

from __future__ import annotations

import email
import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

NAMESPACE = uuid.UUID("b1c1a3f0-0b55-5c3f-9c49-4c8f6b0f1f5e")
"""Of the serial numbers: that of a release is always the same."""


def sbom(version: str, released: datetime, components: Iterable[Component]) -> str:
    """Returns the JSON of the list; the same packages give the same text."""
    bom = Bom(serial_number=uuid.uuid5(NAMESPACE, version))
    bom.metadata.timestamp = released
    bom.metadata.component = Component(
        name="spanvas", version=version, type=ComponentType.APPLICATION, bom_ref=f"spanvas@{version}"
    )
    by_url = {str(component.purl): component for component in components}
    bom.components.update(by_url[url] for url in sorted(by_url))
    bom.register_dependency(bom.metadata.component, bom.components)
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def python_components(folder: Path) -> Iterator[Component]:
    """Yields the distributions in a folder, as their metadata tells."""
    for path in sorted(folder.rglob("*.dist-info/METADATA")):
        metadata = email.message_from_string(path.read_text("utf-8"))
        licence = metadata["License-Expression"] or metadata["License"] or classifier(metadata)
        yield component("pypi", metadata["Name"].lower(), metadata["Version"], licence)


def classifier(metadata: Any) -> str | None:
    """Returns the licence that the classifiers name."""
    for text in metadata.get_all("Classifier", []):
        if text.startswith("License :: "):
            return str(text.rpartition(" :: ")[2])
    return None


def npm_components(modules: Path, names: Iterable[str]) -> Iterator[Component]:
    """Yields packages of a `node_modules` folder."""
    for name in names:
        package = json.loads((modules / name / "package.json").read_text("utf-8"))
        yield component("npm", name, package["version"], package.get("license"))


def component(kind: str, name: str, version: str, licence: str | None) -> Component:
    """Returns a package with its URL. A licence that is a whole text is named by its first line."""
    first = (licence or "").strip().splitlines()[:1]
    url = PackageURL(kind, name=name, version=version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[LicenseFactory().make_from_string(first[0])] if first else [],
    )
