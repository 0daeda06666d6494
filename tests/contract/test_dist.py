"""A release is whole, for each runtime and processor, with all licences.

Looked at is what `make dist` has made. Where it has made nothing of this commit, the files of one processor and one
Python are made here from what `make template` has built.
"""

from __future__ import annotations

import email
import hashlib
import json
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import pytest
import yaml

from tests.support.aws_from_template import ROOT
from tests.support.sam_build import BUILD, machine_of, why_not_built
from tools.dist.__main__ import make, time_of_commit
from tools.dist.artifacts import ARCHITECTURES, PACKAGES, artifacts
from tools.dist.interpreters import RUNTIMES
from tools.version import read_version

DIST = ROOT / "build" / "dist"
VERSION = read_version()
MACHINES = {"arm64": 183, "x86_64": 62}
"""`e_machine` of an ELF file by Lambda's name of the processor."""
TEMPLATES = {"arm64": "packaged.yaml", "x86_64": "packaged-x86_64.yaml"}


@dataclass(frozen=True, slots=True)
class Release:
    """The folder of a release, and what it was made for."""

    folder: Path
    runtimes: tuple[str, ...]
    architectures: tuple[str, ...]

    @property
    def libraries(self) -> list[tuple[str, str]]:
        return [(runtime, one) for runtime in self.runtimes for one in self.architectures]

    @property
    def with_packages(self) -> list[str]:
        layers = [
            f"{folder}-python{runtime}-{one}"
            for folder in PACKAGES.values()
            for runtime, one in self.libraries
        ]
        return [*layers, *(f"functions-{one}" for one in self.architectures)]

    @property
    def templates(self) -> list[str]:
        return [TEMPLATES[one] for one in self.architectures]

    def archive(self, name: str) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.folder / f"spanvas-{name}-{VERSION}.zip")


def is_of_this_commit() -> bool:
    """Whether `make dist` has made a release of what is committed now."""
    try:
        document = json.loads((DIST / f"spanvas-{VERSION}.cdx.json").read_text("utf-8"))
    except OSError:
        return False
    told = datetime.fromisoformat(document["metadata"]["timestamp"])
    return (DIST / "SHA256SUMS").exists() and told == time_of_commit()


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    if is_of_this_commit():
        return Release(DIST, RUNTIMES, ARCHITECTURES)
    reason = why_not_built()
    if reason:
        pytest.skip(reason)
    machine = machine_of(next((BUILD / "TraceApiFunction").rglob("*.so")))
    (architecture,) = (name for name in ARCHITECTURES if MACHINES[name] == machine)
    folder = tmp_path_factory.mktemp("dist")
    make(folder, lambda work: built_by_sam(work, architecture), [architecture])
    return Release(folder, ("3.13",), (architecture,))


def built_by_sam(work: Path, architecture: str) -> Mapping[str, Path]:
    """Copies what `make template` has built, as the artifacts of a release."""
    sources = {
        "layer": "SpanvasLayer",
        **{f"{folder}-python3.13-{architecture}": layer for layer, folder in PACKAGES.items()},
        f"functions-{architecture}": "TraceApiFunction",
        "steps": "ReserveFunction",
    }
    made = {}
    for artifact in artifacts():
        if artifact.name in sources:
            made[artifact.name] = work / "made" / artifact.name
            shutil.copytree(BUILD / sources[artifact.name], made[artifact.name])
            if artifact.licence:
                shutil.copyfile(ROOT / "LICENSE", made[artifact.name] / artifact.licence)
    return made


def test_a_release_has_these_files_and_their_checksums(release: Release) -> None:
    lines = (release.folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    zips = ("layer", "steps", "page", *release.with_packages)
    assert set(sums) == {
        *(f"spanvas-{name}-{VERSION}.zip" for name in zips),
        f"spanvas-canvas-{VERSION}.tgz",
        f"spanvas-{VERSION}.cdx.json",
        *release.templates,
        "LICENSE",
        "README.md",
    }
    for name, digest in sums.items():
        assert hashlib.sha256((release.folder / name).read_bytes()).hexdigest() == digest, name


def test_libraries_are_for_their_runtime_and_processor(release: Release) -> None:
    for runtime, architecture in release.libraries:
        tag = f"cpython-{runtime.replace('.', '')}"
        with release.archive(f"libraries-python{runtime}-{architecture}") as file:
            names = file.namelist()
            compiled = [name for name in names if name.endswith(".so")]
            machines = {struct.unpack_from("<H", file.read(name), 18)[0] for name in compiled}
        byte_code = {PurePosixPath(name).suffixes[-2] for name in names if name.endswith(".pyc")}
        assert machines == {MACHINES[architecture]}
        assert [name for name in compiled if "cpython-3" in name and tag not in name] == []
        assert any(tag in name for name in compiled)
        assert byte_code in ({f".{tag}"}, set())


def test_every_package_has_its_licences(release: Release) -> None:
    for name in release.with_packages:
        with release.archive(name) as file:
            names = set(file.namelist())
            found = [one for one in names if one.endswith(".dist-info/METADATA")]
            assert found, name
            for path in found:
                folder = path.removesuffix("/METADATA")
                metadata = email.message_from_bytes(file.read(path))
                told = metadata.get_all("License-File", ["LICENSE"])
                for licence in told:
                    places = {f"{folder}/licenses/{licence}", f"{folder}/{licence}"}
                    assert places & names, folder


def test_our_own_files_have_their_licences(release: Release) -> None:
    places = {"layer": "python/spanvas/LICENSE", "page": "THIRD-PARTY-LICENSES.txt"}
    functions = {f"functions-{one}": "LICENSE" for one in release.architectures}
    for name, path in {**places, **functions, "steps": "LICENSE"}.items():
        with release.archive(name) as file:
            assert file.read(path), name


def test_the_npm_package_has_what_it_exports_and_brings_nothing(release: Release) -> None:
    with tarfile.open(release.folder / f"spanvas-canvas-{VERSION}.tgz") as file:
        names = {name.removeprefix("package/") for name in file.getnames()}
        member = file.extractfile("package/package.json")
        assert member is not None
        package = json.load(member)
    exported = [
        path.removeprefix("./")
        for entry in package["exports"].values()
        for path in ([entry] if isinstance(entry, str) else entry.values())
    ]
    assert set(exported) <= names
    assert {"LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt"} <= names
    assert (package["version"], package["peerDependencies"]) == (
        VERSION,
        {"react": ">=19", "react-dom": ">=19"},
    )
    assert set(package) & {"private", "scripts", "dependencies", "devDependencies"} == set()


def test_the_templates_name_files_of_the_release(release: Release) -> None:
    for name in release.templates:
        text = (release.folder / name).read_text("utf-8")
        resources = yaml.safe_load(text)["Resources"].values()
        paths = {
            resource["Properties"].get("CodeUri", resource["Properties"].get("ContentUri"))
            for resource in resources
            if resource["Type"] in {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
        }
        assert paths
        assert [path for path in paths if not (release.folder / path).is_file()] == []


def test_the_list_of_packages_has_every_distribution_with_a_licence(release: Release) -> None:
    text = (release.folder / f"spanvas-{VERSION}.cdx.json").read_text("utf-8")
    document = json.loads(text)
    assert document["metadata"]["component"]["version"] == VERSION
    listed = {component["purl"]: component.get("licenses") for component in document["components"]}
    names = {url.partition("@")[0] for url in listed}
    assert {"pkg:npm/react", "pkg:npm/pdfjs-dist"} <= names
    for name in release.with_packages:
        with release.archive(name) as file:
            packed = {
                email.message_from_bytes(file.read(path))["Name"].lower().replace("_", "-")
                for path in file.namelist()
                if path.endswith(".dist-info/METADATA")
            }
        assert packed
        assert {f"pkg:pypi/{package}" for package in packed} <= names
    assert [url for url, licences in listed.items() if not licences] == []
