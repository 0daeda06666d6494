"""`make run` installs what running needs and no more, in the versions that are tested."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest

from tests.support.aws_from_template import ROOT

PIN = re.compile(
    r"^([a-z0-9.-]+)==(\S+)(?: ; .*?)?(?= \\)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)",
    re.MULTILINE,
)
RUNNING = (
    *("local/**", "standins/**", "functions/**", "layers/spanvas/**"),
    *("tools/deploy_site", "tools/deployment", "tools/architecture", "tools/install"),
)
"""Modules that targets run with what `make run` installs."""
OURS = frozenset(
    {"local", "standins", "spanvas", "spanvas_api", "spanvas_entry", "executor", "steps", "tools"}
)
OF_THE_TRACED_FUNCTION = frozenset({"grpc"})
"""The layer uses it where a function brings it."""


def pins(lock: str) -> dict[tuple[str, str], str]:
    """Name and version of each package, and its hashes."""
    return {
        (name, version): hashes
        for name, version, hashes in PIN.findall((ROOT / lock).read_text("utf-8"))
    }


@pytest.mark.parametrize(
    "lock",
    [
        "requirements-run.txt",
        "requirements-uv.txt",
        "functions/requirements.txt",
        "layers/libraries/requirements.txt",
    ],
)
def test_what_runs_is_what_is_tested(lock: str) -> None:
    tested = pins("requirements-dev.txt")
    assert pins(lock)
    assert {pin: hashes for pin, hashes in pins(lock).items() if tested.get(pin) != hashes} == {}


def test_the_layer_of_exporters_has_what_the_libraries_have_not_in_versions_that_fit() -> None:
    layer = dict(pins("layers/otlp-exporter/requirements.txt"))
    tested, libraries = pins("requirements-dev.txt"), pins("layers/libraries/requirements.txt")
    names = {name for name, _ in layer}
    assert names & {name for name, _ in libraries} == set()
    untested = {pin for pin in layer if tested.get(pin) != layer[pin]}
    assert {name for name, _ in untested} == {"grpcio", "opentelemetry-exporter-otlp-proto-grpc"}
    (sdk,) = (version for name, version in libraries if name == "opentelemetry-sdk")
    for protocol in ("http", "grpc"):
        assert (f"opentelemetry-exporter-otlp-proto-{protocol}", sdk) in layer


def test_every_package_that_the_running_code_imports_is_in_the_lock_of_running() -> None:
    brought = {name for name, _ in pins("requirements-run.txt")}
    found = packages_distributions()
    missing = {}
    for pattern in RUNNING:
        for path in ROOT.glob(f"{pattern}.py" if "*" not in pattern else f"{pattern}/*.py"):
            for module in imports_of(ast.parse(path.read_text("utf-8"))):
                package = module.partition(".")[0]
                if package in OURS | OF_THE_TRACED_FUNCTION | sys.stdlib_module_names:
                    continue
                names = {re.sub(r"[-_.]+", "-", name).lower() for name in found.get(package, [])}
                if not names & brought:
                    missing[module] = path.relative_to(ROOT).as_posix()
    assert missing == {}


def imports_of(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported when the code runs, wherever in it, and not for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        else:
            yield from imports_of(node)


def test_running_needs_none_of_the_tools_that_test_and_check() -> None:
    names = {name for name, _ in pins("requirements-run.txt")}
    assert (
        names & {"pytest", "mypy", "ruff", "playwright", "hypothesis", "cfn-lint", "sympy"} == set()
    )


def test_the_page_is_built_by_packages_that_a_start_installs() -> None:
    """`make run` leaves out what `package.json` names for development."""
    configuration = (ROOT / "frontend" / "vite.config.ts").read_text("utf-8")
    needed = {"vite", "@vitejs/plugin-react"}
    assert set(re.findall(r'from "((?!node:)[^"]+)"', configuration)) == needed
    package = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    assert needed <= set(package["dependencies"])
