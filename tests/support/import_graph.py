"""The imports of the whole tree as a graph: those inside functions and under TYPE_CHECKING too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import grimp

DEPLOYED = ("spanvas", "spanvas_api", "executor", "steps")
ROOTS = (*DEPLOYED, "local", "tools", "tests")


@cache
def import_graph() -> grimp.ImportGraph:
    """Returns the graph that import-linter checks its contracts against."""
    return grimp.build_graph(*ROOTS, cache_dir=None)


def cycles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Returns the groups of modules in which each imports all others, directly or not (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = lowest[module] = len(index)
        stack.append(module)
        for other in _imported(graph, module):
            if other not in index:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], index[other])
        if lowest[module] == index[module]:
            start = stack.index(module)
            if len(stack) - start > 1:
                found.append(sorted(stack[start:]))
            del stack[start:]

    for module in sorted(graph.modules):
        if module not in index:
            visit(module)
    return sorted(found)


def reached(graph: grimp.ImportGraph, starts: Iterable[str]) -> set[str]:
    """Returns the starts and all modules that they import, directly or not."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        new = set(_imported(graph, waiting.pop())) - found
        found |= new
        waiting += new
    return found


def _imported(graph: grimp.ImportGraph, module: str) -> list[str]:
    return sorted(graph.find_modules_directly_imported_by(module))
