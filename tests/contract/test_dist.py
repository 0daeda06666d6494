"""What `make dist` has made is a whole release, for each runtime and processor, with all licences."""

from __future__ import annotations

import email
import hashlib
import json
import struct
import tarfile
import zipfile
from pathlib import PurePosixPath

import pytest
import yaml

from tests.support.aws_from_template import ROOT
from tools.version import read_version

DIST = ROOT / "build" / "dist"
VERSION = read_version()
LIBRARIES = [
    (runtime, architecture)
    for runtime in ("3.11", "3.12", "3.13", "3.14")
    for architecture in ("arm64", "x86_64")
]
MACHINES = {"arm64": 183, "x86_64": 62}
"""`e_machine` of an ELF file by Lambda's name of the processor."""
WITH_PACKAGES = [
    *(f"libraries-python{runtime}-{architecture}" for runtime, architecture in LIBRARIES),
    "functions-arm64",
    "functions-x86_64",
]

pytestmark = pytest.mark.skipif(
    not (DIST / "SHA256SUMS").exists(), reason="no release is made: run `make dist`"
)


def archive(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(DIST / f"spanvas-{name}-{VERSION}.zip")


def test_a_release_has_these_files_and_their_checksums() -> None:
    lines = (DIST / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert set(sums) == {
        *(f"spanvas-{name}-{VERSION}.zip" for name in ("layer", "steps", "page", *WITH_PACKAGES)),
        f"spanvas-canvas-{VERSION}.tgz",
        f"spanvas-{VERSION}.cdx.json",
        "packaged.yaml",
        "packaged-x86_64.yaml",
        "LICENSE",
        "README.md",
    }
    for name, digest in sums.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(("runtime", "architecture"), LIBRARIES)
def test_libraries_are_for_their_runtime_and_processor(runtime: str, architecture: str) -> None:
    tag = f"cpython-{runtime.replace('.', '')}"
    with archive(f"libraries-python{runtime}-{architecture}") as file:
        compiled = [name for name in file.namelist() if name.endswith(".so")]
        machines = {struct.unpack_from("<H", file.read(name), 18)[0] for name in compiled}
        byte_code = {PurePosixPath(n).suffixes[-2] for n in file.namelist() if n.endswith(".pyc")}
    assert machines == {MACHINES[architecture]}
    assert [name for name in compiled if "cpython-3" in name and tag not in name] == []
    assert any(tag in name for name in compiled)
    assert byte_code in ({f".{tag}"}, set())


@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_every_package_has_its_licences(name: str) -> None:
    with archive(name) as file:
        names = set(file.namelist())
        found = [one for one in names if one.endswith(".dist-info/METADATA")]
        assert found
        for path in found:
            folder = path.removesuffix("/METADATA")
            files = email.message_from_bytes(file.read(path)).get_all("License-File", [])
            assert files, folder
            for licence in files:
                assert {f"{folder}/licenses/{licence}", f"{folder}/{licence}"} & names, folder


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("layer", "python/spanvas/LICENSE"),
        ("functions-arm64", "LICENSE"),
        ("steps", "LICENSE"),
        ("page", "THIRD-PARTY-LICENSES.txt"),
    ],
)
def test_our_own_files_have_their_licences(name: str, path: str) -> None:
    with archive(name) as file:
        assert file.read(path)


def test_the_npm_package_has_what_it_exports_and_brings_nothing() -> None:
    with tarfile.open(DIST / f"spanvas-canvas-{VERSION}.tgz") as file:
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


@pytest.mark.parametrize("name", ["packaged.yaml", "packaged-x86_64.yaml"])
def test_the_templates_name_files_of_the_release(name: str) -> None:
    resources = yaml.safe_load((DIST / name).read_text("utf-8"))["Resources"].values()
    paths = {
        resource["Properties"].get("CodeUri", resource["Properties"].get("ContentUri"))
        for resource in resources
        if resource["Type"] in {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
    }
    assert paths
    assert [path for path in paths if not (DIST / path).is_file()] == []


def test_the_list_of_packages_has_every_distribution_with_a_licence() -> None:
    document = json.loads((DIST / f"spanvas-{VERSION}.cdx.json").read_text("utf-8"))
    assert document["metadata"]["component"]["version"] == VERSION
    listed = {component["purl"]: component.get("licenses") for component in document["components"]}
    names = {url.partition("@")[0] for url in listed}
    assert {
        "pkg:pypi/opentelemetry-sdk",
        "pkg:pypi/pydantic",
        "pkg:npm/react",
        "pkg:npm/pdfjs-dist",
    } <= names
    assert [url for url, licences in listed.items() if not licences] == []
