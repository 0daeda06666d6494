"""DynamoDB: dynalite, which keeps its tables in LevelDB, with what it lacks bridged (`dynamodb/bridges.js`, ADR 42)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local.engines.engine import Engine
from local.processes import ProcessError
from local.project import PROJECT

WITH_NODE: Final = PROJECT / "tools" / "with-node"
FOLDER: Final = PROJECT / "local" / "engines" / "dynamodb"
INSTALLED: Final = FOLDER / "node_modules" / ".installed"
"""Made by `make`, with the packages of FOLDER's lock."""


def command(port: int, folder: Path) -> Sequence[str]:
    """Returns the program and its arguments. Raises ProcessError where its packages are not installed."""
    if not INSTALLED.exists():
        raise ProcessError("The packages of DynamoDB's engine are missing: run `make install`.")
    server = [str(WITH_NODE), "node", str(FOLDER / "server.js")]
    return [*server, "--port", str(port), "--path", str(folder)]


DYNAMODB: Final = Engine(
    name="dynamodb",
    variables=("AWS_ENDPOINT_URL_DYNAMODB",),
    command=command,
    loses="what it has answered is kept",
)
