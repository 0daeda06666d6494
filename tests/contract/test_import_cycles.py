"""No module imports what imports it, under TYPE_CHECKING and inside functions neither."""

from __future__ import annotations

import grimp

from tests.support.import_graph import cycles, import_graph


def test_no_module_imports_what_imports_it() -> None:
    assert cycles(import_graph()) == []


def test_a_cycle_is_found_with_all_that_belongs_to_it_and_nothing_else() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in ("ab", "bc", "ca", "xa", "by", "yz", "zy"):
        graph.add_import(importer=importer, imported=imported)
    assert cycles(graph) == [["a", "b", "c"], ["y", "z"]]
