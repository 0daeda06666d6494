"""No module imports what imports it, under TYPE_CHECKING and inside functions neither."""

from __future__ import annotations

import fnmatch

import grimp

from tests.support.import_graph import cycles, import_graph

STILL_CYCLIC = ("spanvas.handles", "spanvas.tracing.*")
"""Names of modules, where `*` stands for anything. Nothing may be added."""


def test_no_module_imports_what_imports_it() -> None:
    assert [cycle for cycle in cycles(import_graph()) if not all(map(is_listed, cycle))] == []


def test_what_is_not_cyclic_any_more_is_not_listed_any_more() -> None:
    cyclic = [module for cycle in cycles(import_graph()) for module in cycle]
    assert [name for name in STILL_CYCLIC if not fnmatch.filter(cyclic, name)] == []


def is_listed(module: str) -> bool:
    return any(fnmatch.fnmatch(module, name) for name in STILL_CYCLIC)


def test_a_cycle_is_found_with_all_that_belongs_to_it_and_nothing_else() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in ("ab", "bc", "ca", "xa", "by", "yz", "zy"):
        graph.add_import(importer=importer, imported=imported)
    assert cycles(graph) == [["a", "b", "c"], ["y", "z"]]
