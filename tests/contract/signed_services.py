"""The AWS services that the code of the layer and of the functions signs requests for, read from its source.

A request is signed by a client of boto3, or by a signer that is made for one service.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.aws_from_template import ROOT

DEPLOYED = (ROOT / "layers" / "spanvas", ROOT / "functions")
SERVICE_ARGUMENT = {
    "client": (0, "service_name"),
    "resource": (0, "service_name"),
    "create_client": (0, "service_name"),
    "_client": (0, "service"),
    "Signer": (2, "service"),
    "SigV4Auth": (1, "service_name"),
    "S3SigV4Auth": (1, "service_name"),
}
"""What makes something that signs -> position and name of the argument that says for which service."""


class UnknownServiceError(Exception):
    """It cannot be read from the source which service a request is signed for."""


def signed_services() -> dict[str, set[str]]:
    """Service, by boto3's name or by the name in the signature -> files that sign for it."""
    found: dict[str, set[str]] = {}
    for folder in DEPLOYED:
        for path in sorted(folder.rglob("*.py")):
            for service in services_in(path.read_text("utf-8"), path):
                found.setdefault(service, set()).add(path.relative_to(folder).as_posix())
    return found


def services_in(source: str, path: Path = Path("source.py")) -> Iterator[str]:
    """Raises UnknownServiceError where the service is neither a text, nor a constant, nor passed on by a function."""
    tree = ast.parse(source)
    constants = dict(_constants(tree))
    for call, parameters in _calls(tree, frozenset()):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in SERVICE_ARGUMENT:
            continue
        argument = _argument(call, *SERVICE_ARGUMENT[name])
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.Name) and argument.id in constants:
            yield constants[argument.id]
        elif argument is not None and not (
            isinstance(argument, ast.Name) and argument.id in parameters
        ):
            raise UnknownServiceError(f"{path}:{call.lineno}: {ast.unparse(call)}")


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    given = [keyword.value for keyword in call.keywords if keyword.arg == name]
    given += call.args[position : position + 1]
    return given[0] if given else None


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    yield target.id, node.value.value


def _calls(node: ast.AST, parameters: frozenset[str]) -> Iterator[tuple[ast.Call, frozenset[str]]]:
    """Each call with the parameters of the functions around it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        own = node.args
        every = (*own.posonlyargs, *own.args, *own.kwonlyargs)
        parameters = parameters | {argument.arg for argument in every}
    if isinstance(node, ast.Call):
        yield node, parameters
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, parameters)
