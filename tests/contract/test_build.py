"""What `sam build` has made is what Lambda will mount: the right layout, for the right machine."""

from __future__ import annotations

import email
import os
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT
from tests.support.sam_build import BUILD, machine_of, why_not_built

PACKAGED = (
    "TraceApiFunction",
    "ExecutorFunction",
    "OtlpIngestFunction",
    "SweepFunction",
    "DeletionFunction",
)
LAYERS_OF_PACKAGES = ("LibrariesLayer", "OtlpExporterLayer")
MACHINES = {183: "aarch64", 62: "x86_64"}
"""`e_machine` of an ELF file by the word in names of extensions."""
NOT_BUILT = why_not_built()

pytestmark = pytest.mark.skipif(bool(NOT_BUILT), reason=NOT_BUILT)


@pytest.mark.parametrize("function", PACKAGED)
def test_a_function_has_our_code_and_its_packages(function: str) -> None:
    folder = BUILD / function
    assert (folder / "spanvas_api" / "handlers" / "http_api.py").exists()
    assert (folder / "executor" / "workflows" / "research-brief.json").exists()
    assert (folder / "pydantic" / "__init__.py").exists()
    # The layer's own package comes with the layer, and boto3 with the runtime.
    assert not (folder / "spanvas").exists()
    assert not (folder / "boto3").exists()


@pytest.mark.parametrize(
    ("artifact", "package"),
    [
        *(
            (function, f"functions/{name}")
            for function in PACKAGED
            for name in ("spanvas_api", "executor")
        ),
        ("SpanvasLayer/python", "layers/spanvas/spanvas"),
    ],
)
def test_a_package_has_its_own_modules_and_no_tool_nor_test_beside_it(
    artifact: str, package: str
) -> None:
    """`test_rooms` says of those modules that each is used by what is deployed."""
    source = ROOT / package
    assert modules_in(BUILD / artifact / source.name) == modules_in(source)
    beside = {path.name for path in (BUILD / artifact).iterdir()}
    assert beside & {"local", "standins", "tools", "tests"} == set()


def modules_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))


@pytest.mark.parametrize("function", ["ReserveFunction", "ChargeFunction", "ConfirmFunction"])
def test_a_step_of_the_example_has_its_code_alone(function: str) -> None:
    assert [path.name for path in (BUILD / function).iterdir()] == ["steps"]


def test_compiled_packages_are_all_for_one_machine_and_for_the_runtime_s_python() -> None:
    machines = set()
    for artifact in (*PACKAGED, *LAYERS_OF_PACKAGES):
        libraries = sorted((BUILD / artifact).rglob("*.so"))
        assert libraries, artifact
        machines |= {MACHINES[machine_of(library)] for library in libraries}
        (machine,) = machines
        for library in libraries:
            if "cpython-31" in library.name:
                assert f"cpython-313-{machine}" in library.name


@pytest.mark.parametrize("folder", [*PACKAGED, "LibrariesLayer/python"])
def test_zstandard_has_the_one_extension_that_is_used(folder: str) -> None:
    extensions = {path.name.split(".")[0] for path in (BUILD / folder / "zstandard").glob("*.so")}
    assert extensions == {"backend_c"}


@pytest.mark.parametrize(
    ("folder", "most"),
    [
        *((name, 29_000_000) for name in PACKAGED),
        ("LibrariesLayer/python", 18_000_000),
        ("OtlpExporterLayer/python", 29_000_000),
    ],
)
def test_what_is_deployed_is_no_larger_than_it_has_to_be(folder: str, most: int) -> None:
    """Each cold start fetches it. Most of it is zstandard's extension of 10 MB, which is loaded, pydantic and gRPC."""
    assert sum(path.stat().st_size for path in (BUILD / folder).rglob("*") if path.is_file()) < most


def test_functions_bring_no_page_of_powertools() -> None:
    found = [path for name in PACKAGED for path in (BUILD / name).rglob("swagger-ui*")]
    assert found == []


@pytest.mark.parametrize("folder", [*PACKAGED, *(f"{name}/python" for name in LAYERS_OF_PACKAGES)])
def test_every_package_has_the_licences_that_it_must_be_passed_on_with(folder: str) -> None:
    distributions = list((BUILD / folder).glob("*.dist-info"))
    assert distributions
    for distribution in distributions:
        metadata = email.message_from_string((distribution / "METADATA").read_text("utf-8"))
        files = metadata.get_all("License-File", ["LICENSE"])
        for name in files:
            places = (distribution / "licenses" / name, distribution / name)
            assert any(place.is_file() for place in places), f"{distribution.name}: {name}"


@pytest.mark.parametrize("artifact", [*PACKAGED, "ReserveFunction", *LAYERS_OF_PACKAGES])
def test_byte_code_is_of_the_runtime_s_version_or_is_not_there(artifact: str) -> None:
    versions = {path.suffixes[-2] for path in (BUILD / artifact).rglob("*.pyc")}
    assert versions in ({".cpython-313"}, set())


def test_the_layer_s_wrapper_and_package_are_where_lambda_looks() -> None:
    wrapper = BUILD / "SpanvasLayer" / "otel-instrument"
    assert os.access(wrapper, os.X_OK)
    assert (BUILD / "SpanvasLayer" / "python" / "spanvas" / "__init__.py").exists()
    assert (BUILD / "SpanvasLayer" / "python" / "spanvas" / "semantics" / "prices.json").exists()
    names = {path.name for path in (BUILD / "SpanvasLayer" / "python").iterdir()}
    assert names - {"__pycache__"} == {"spanvas", "spanvas_entry.py"}


def test_the_libraries_have_opentelemetry_and_nothing_that_functions_bring_themselves() -> None:
    packages = BUILD / "LibrariesLayer" / "python"
    assert (packages / "opentelemetry" / "sdk" / "trace").is_dir()
    assert (packages / "zstandard").is_dir()
    for name in ("grpc", "google", "requests", "urllib3", "certifi"):
        assert not (packages / name).exists(), name


def test_the_layer_of_exporters_adds_to_the_libraries_and_has_no_file_of_theirs() -> None:
    both = [BUILD / name / "python" for name in LAYERS_OF_PACKAGES]
    libraries, exporters = (
        {path.relative_to(folder) for path in folder.rglob("*.py")} for folder in both
    )
    assert libraries & exporters == set()
    exporter = both[1] / "opentelemetry" / "exporter" / "otlp" / "proto"
    assert {path.name for path in exporter.iterdir()} >= {"common", "http", "grpc"}
    assert (both[1] / "grpc" / "_cython").is_dir()
