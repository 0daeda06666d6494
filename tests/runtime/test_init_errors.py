"""Functions that cannot be loaded fail in the words of Lambda, and name their own module: as without the layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.lambdas.invocation import InvocationResult
from tests.runtime.layer_sandbox import LayeredFunctions, invoke

pytestmark = pytest.mark.runtime

FILES = {
    "gone.py": "import no_such_package\n",
    "syntax.py": "def handler(event, context):\n    return (\n",
    "indented.py": "def handler(event, context):\nreturn 1\n",
    "raises.py": "def load():\n    raise ValueError('no model')\n\nload()\n",
    "unusual.py": "class Odd(Exception):\n    pass\n\nraise Odd('a', 2)\n",
    "silent.py": "raise RuntimeError\n",
    "chained.py": "try:\n    {}['k']\nexcept KeyError:\n    raise LookupError('table')\n",
    "attribute.py": "import os\n\nos.no_such_function()\n",
    "exits.py": "import sys\n\nsys.exit(3)\n",
    "interrupted.py": "raise KeyboardInterrupt\n",
    "fine.py": "def handler(event, context):\n    return 1\n\nvalue = 7\n",
    "package/__init__.py": "",
    "package/inner.py": "import no_such_package\n",
    "bootstrap.py": "raise ValueError('a file of the runtime name')\n",
    "relative.py": "from . import other\n",
    "name.py": "from fine import nobody\n",
}
CASES: dict[str, tuple[str, str]] = {
    "gone.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'gone': No module named 'no_such_package'",
    ),
    "nowhere.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'nowhere': No module named 'nowhere'",
    ),
    "package/inner.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'package/inner': No module named 'no_such_package'",
    ),
    "package.inner.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'package.inner': No module named 'no_such_package'",
    ),
    "fine.inner.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'fine.inner': No module named 'fine.inner'; 'fine' is not a package",
    ),
    "relative.handler": (
        "Runtime.ImportModuleError",
        "Unable to import module 'relative': attempted relative import with no known parent package",
    ),
    "name.handler": ("Runtime.ImportModuleError", "Unable to import module 'name': cannot import"),
    "fine.nope": ("Runtime.HandlerNotFound", "Handler 'nope' missing on module 'fine'"),
    "syntax.handler": ("Runtime.UserCodeSyntaxError", "Syntax error in module 'syntax': '(' was"),
    "indented.handler": (
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'indented': expected an indented block after function definition",
    ),
    "handler": (
        "Runtime.MalformedHandlerName",
        "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
    ),
    "sys.exit": (
        "Runtime.BuiltInModuleConflict",
        "Cannot use built-in module sys as a handler module",
    ),
    "raises.handler": ("ValueError", "no model"),
    "unusual.handler": ("Odd", "('a', 2)"),
    "silent.handler": ("RuntimeError", ""),
    "chained.handler": ("LookupError", "table"),
    "attribute.handler": ("AttributeError", "module 'os' has no attribute 'no_such_function'"),
    "bootstrap.handler": ("ValueError", "a file of the runtime name"),
    "exits.handler": ("Runtime.ExitError", "RequestId:  Error: Runtime exited with error: exit st"),
    "interrupted.handler": ("Runtime.ExitError", "RequestId:  Error: Runtime exited with error:"),
}
"""Type and the beginning of the message, by the function's handler."""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "task"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def failed_init(
    functions: LayeredFunctions, handler: str, task: Path, **environment: str
) -> tuple[InvocationResult, str]:
    """What the caller gets, and what is in the log."""
    functions.log.unlink(missing_ok=True)
    sandbox = functions.start(handler, folder=task, **environment)  # type: ignore[arg-type]
    try:
        return invoke(sandbox, {}), functions.log.read_text(encoding="utf-8")
    finally:
        sandbox.kill()


def error_lines(log: str) -> list[Any]:
    """What is logged as an error or a warning, without its time; of a traceback, the function's part."""
    lines = []
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        entry.pop("timestamp", None)
        lines.append(entry)
    return lines


@pytest.mark.parametrize("handler", CASES)
def test_a_function_that_cannot_be_loaded_fails_as_it_does_without_the_layer(
    functions: LayeredFunctions, task: Path, handler: str
) -> None:
    traced, traced_log = failed_init(functions, handler, task)
    plain, plain_log = failed_init(functions, handler, task, AWS_LAMBDA_EXEC_WRAPPER="")
    error_type, message = CASES[handler]
    found = json.loads(traced.payload)
    assert found["errorType"] == error_type
    assert found["errorMessage"].startswith(message)
    assert found == json.loads(plain.payload)
    assert traced.error == plain.error == "Unhandled"
    assert error_lines(traced_log) == error_lines(plain_log)
    assert "spanvas" not in traced.payload.decode()
