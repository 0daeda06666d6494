"""What each room holds: what is deployed serves what is deployed, and tests share through `tests.support`."""

from __future__ import annotations

from tests.support.import_graph import DEPLOYED, import_graph, reached

ENTRIES = (
    "spanvas", "spanvas.tracing.bootstrap", "spanvas.tracing.instrumentations", "spanvas.tracing.lambda_wrapper",
    "spanvas_api.handlers.http_api", "spanvas_api.handlers.otlp_ingest", "spanvas_api.handlers.sweep",
    "spanvas_api.handlers.deletion",
    "executor.handler", "steps.reserve", "steps.charge", "steps.confirm",
    "spanvas.__main__", "spanvas_api.rescan.__main__", "spanvas_api.doctor.__main__",
)  # fmt: skip
"""Where Lambda, the exec wrapper (`spanvas_entry`) and the entry points of OpenTelemetry begin; and the commands."""
LOADED_BY_NAME = ("executor.nodes.", "spanvas.semantics.dialects.", "spanvas_api.operations.")
NAMED_BY_ROUTES = ("spanvas_api.wire.",)
"""The models of the API's bodies: `routes` names them and does not import them, so that no answer loads pydantic."""


def test_every_module_that_is_deployed_is_used_by_what_is_deployed() -> None:
    graph = import_graph()
    ours = {module for module in graph.modules if module.split(".")[0] in DEPLOYED}
    packages = {module for module in ours if graph.find_children(module)}
    named = {module for module in ours if module.startswith((*LOADED_BY_NAME, *NAMED_BY_ROUTES))}
    assert sorted(ours - packages - reached(graph, {*ENTRIES, *named})) == []


def test_no_test_imports_from_another_test() -> None:
    assert [
        f"{importer} imports {imported}"
        for importer, imported in imports_of_tests()
        if imported.rpartition(".")[2].startswith("test_")
    ] == []


def test_nothing_but_the_benches_imports_from_the_benches() -> None:
    assert [
        f"{importer} imports {imported}"
        for importer, imported in imports_of_tests()
        if imported.startswith("tests.bench") and not importer.startswith("tests.bench")
    ] == []


def imports_of_tests() -> list[tuple[str, str]]:
    graph = import_graph()
    return [
        (importer, imported)
        for importer in sorted(graph.modules)
        if importer.startswith("tests.")
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
    ]
