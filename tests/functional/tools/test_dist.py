"""What `make dist` makes a release of, part by part; `tests/contract/test_dist.py` looks at a whole one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tools.dist import interpreters, page, sbom
from tools.dist.__main__ import without_byte_code
from tools.dist.archive import write_checksums, zip_folder
from tools.dist.artifacts import ARCHITECTURES, Artifact, BuildError, artifacts, build
from tools.dist.packaged import file_name, packaged

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"


def put(path: Path, text: str, mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_an_archive_is_the_same_whenever_and_by_whomever_its_files_were_made(
    tmp_path: Path,
) -> None:
    files = {"b/run": 0o755, "a.txt": 0o644, "b.txt": 0o600, "b/a.txt": 0o664}
    for number, names in enumerate((list(files), list(reversed(files)))):
        for name in names:
            path = put(tmp_path / str(number) / name, f"text of {name}", files[name])
            os.utime(path, (1e9 + number, 1e9 + number))
        zip_folder(tmp_path / str(number), tmp_path / f"{number}.zip")
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "0.zip") as archive:
        assert {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()} == {
            "a.txt": "0o100644",
            "b.txt": "0o100644",
            "b/a.txt": "0o100644",
            "b/run": "0o100755",
        }


def test_checksums_are_of_all_files_and_as_sha256sum_reads_them(tmp_path: Path) -> None:
    put(tmp_path / "b.zip", "abc")
    put(tmp_path / "a.yaml", "")
    for _ in range(2):  # a second time, the file of sums is there
        assert write_checksums(tmp_path).read_text("utf-8") == (
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.yaml\n"
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.zip\n"
        )


def test_a_program_that_only_has_the_name_of_a_version_makes_no_byte_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "bin" / "python3.11", "#!/bin/sh\nexit 127\n", 0o755)
    put(tmp_path / "bin" / "python3.12", "#!/bin/sh\necho 3.11\n", 0o755)
    put(tmp_path / "bin" / "python3.13", "#!/bin/sh\necho 3.13\n", 0o755)
    put(tmp_path / "pyenv" / "3.12.1" / "bin" / "python3.12", "#!/bin/sh\necho 3.12\n", 0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = interpreters.find(pyenv=tmp_path / "pyenv")
    assert {version: path.relative_to(tmp_path).as_posix() for version, path in found.items()} == {
        "3.12": "pyenv/3.12.1/bin/python3.12",
        "3.13": "bin/python3.13",
    }


def test_a_version_without_an_interpreter_is_told() -> None:
    assert without_byte_code(["3.12", "3.14"]).startswith(
        "Without byte code for Python 3.12, 3.14: "
    )


def test_byte_code_is_of_the_interpreters_that_were_found_and_the_same_in_each_build(
    tmp_path: Path,
) -> None:
    path = interpreters.link({OWN: Path(sys.executable)}, tmp_path / "a bin")
    layer = next(artifact for artifact in artifacts() if artifact.name == "layer")
    for number in range(2):
        zip_folder(build(layer, tmp_path / str(number), path), tmp_path / f"{number}.zip")
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "0.zip") as archive:
        names = archive.namelist()
    assert {Path(name).suffixes[-2] for name in names if name.endswith(".pyc")} == {
        f".cpython-{OWN.replace('.', '')}"
    }
    assert "python/spanvas/LICENSE" in names
    assert "otel-instrument" in names


def test_what_cannot_be_built_says_why(tmp_path: Path) -> None:
    absent = Artifact("absent", "functions", "build-AbsentFunction", {}, "")
    with pytest.raises(
        BuildError, match=r"absent could not be built:\n(.|\n)*build-AbsentFunction"
    ):
        build(absent, tmp_path, os.environ["PATH"])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_template_of_a_release_names_zips_of_it_and_builds_nothing(architecture: str) -> None:
    text = packaged("1.2.3", architecture)
    template = yaml.safe_load(text)
    made = {file_name(artifact.name, "1.2.3") for artifact in artifacts()}
    resources = template["Resources"].values()
    functions = [r for r in resources if r["Type"] == "AWS::Serverless::Function"]
    layers = [r for r in resources if r["Type"] == "AWS::Serverless::LayerVersion"]
    used = {r["Properties"]["CodeUri"] for r in functions}
    used |= {r["Properties"]["ContentUri"] for r in layers}
    assert used <= made
    assert used == {
        f"spanvas-functions-{architecture}-1.2.3.zip",
        "spanvas-steps-1.2.3.zip",
        "spanvas-layer-1.2.3.zip",
        f"spanvas-libraries-python3.13-{architecture}-1.2.3.zip",
        f"spanvas-otlp-exporter-python3.13-{architecture}-1.2.3.zip",
    }
    assert template["Parameters"]["Architecture"]["AllowedValues"] == [architecture]
    assert "BuildMethod" not in text
    assert "CodeUri" not in template["Globals"]["Function"]


def test_the_template_says_what_the_application_repository_wants() -> None:
    application = yaml.safe_load(packaged("1.2.3", "arm64"))["Metadata"][
        "AWS::ServerlessRepo::Application"
    ]
    assert application["SemanticVersion"] == "1.2.3"
    assert {"Name", "Description", "Author", "SpdxLicenseId", "LicenseUrl", "ReadmeUrl"} <= set(
        application
    )


def test_layers_are_for_every_runtime_and_processor_that_the_template_names() -> None:
    template = yaml.safe_load(packaged("1.2.3", "arm64"))
    layer = template["Resources"]["SpanvasLayer"]["Properties"]
    assert [f"python{version}" for version in interpreters.RUNTIMES] == layer["CompatibleRuntimes"]
    assert set(ARCHITECTURES) == set(layer["CompatibleArchitectures"])
    names = {artifact.name for artifact in artifacts()}
    for layer in ("libraries", "otlp-exporter"):
        assert {f"{layer}-python3.14-{architecture}" for architecture in ARCHITECTURES} <= names


def test_packages_are_listed_once_with_their_licences_and_the_same_each_time(
    tmp_path: Path,
) -> None:
    for folder in ("functions-arm64", "functions-x86_64"):
        put(
            tmp_path / folder / "Some_Package-1.0.dist-info" / "METADATA",
            "Metadata-Version: 2.4\nName: Some_Package\nVersion: 1.0\nLicense-Expression: Apache-2.0\n",
        )
    put(
        tmp_path / "layer" / "old-2.0.dist-info" / "METADATA",
        "Metadata-Version: 2.1\nName: old\nVersion: 2.0\nClassifier: License :: OSI Approved :: BSD License\n",
    )
    put(tmp_path / "modules" / "react" / "package.json", '{"version": "19.3.1", "license": "MIT"}')
    released = datetime(2026, 12, 24, tzinfo=UTC)

    def listed() -> str:
        return sbom.sbom(
            "1.2.3",
            released,
            [
                *sbom.npm_components(tmp_path / "modules", ["react"]),
                *sbom.python_components(tmp_path),
            ],
        )

    document = json.loads(listed())
    assert document["bomFormat"] == "CycloneDX"
    listed_packages = sorted((one["purl"], one["licenses"]) for one in document["components"])
    assert listed_packages == [
        ("pkg:npm/react@19.3.1", [{"license": {"id": "MIT"}}]),
        ("pkg:pypi/old@2.0", [{"license": {"name": "BSD License"}}]),
        ("pkg:pypi/some-package@1.0", [{"license": {"id": "Apache-2.0"}}]),
    ]
    assert document["metadata"]["component"]["version"] == "1.2.3"
    assert listed() == listed()


def test_a_package_of_the_page_without_a_licence_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "one" / "LICENSE.md", "Do what you like.\n")
    put(tmp_path / "two" / "package.json", "{}")
    monkeypatch.setattr(page, "MODULES", tmp_path)
    assert page.licences(["one"]) == "one: LICENSE.md\n\nDo what you like.\n"
    with pytest.raises(BuildError, match="two has no file with its licence"):
        page.licences(["one", "two"])


def test_what_is_bundled_is_what_the_page_s_sources_import() -> None:
    """And what these need themselves: React's scheduler."""
    imported = subprocess.run(
        [
            "grep",
            "-rhoE",
            '(from|import\\()\\s*"[^./"][^"]*"',
            "src",
            "--include=*.ts",
            "--include=*.tsx",
            "--exclude=*.test.*",
            "--exclude-dir=testing",
        ],
        cwd=page.FRONTEND,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {line.split('"')[1] for line in imported.splitlines()}
    packages = {name.split("/")[0] for name in names if not name.startswith(("node:", "virtual:"))}
    assert packages | {"scheduler"} == set(page.BUNDLED)
