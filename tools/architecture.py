"""Prints the processor that a deployment is to be built for: `python -m tools.architecture -- ARGUMENTS`.

ARGUMENTS are those of `sam deploy`. `sam build` cannot see the parameters of a deployment, and CloudFormation keeps
those of the last one, so what is built would else not fit what is deployed. The processor is, in this order: the
parameter `Architecture` in ARGUMENTS or `samconfig.toml`, the one that the stack has, the template's default.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from samtranslator.yaml_helper import yaml_parse

from tools.deployment import (
    ROOT,
    DeploymentError,
    ReadTarget,
    Target,
    sam_target,
    session_of,
    stack_of,
)

PARAMETER: Final = "Architecture"


def architecture_of(target: Target, environment: Mapping[str, str]) -> str:
    """Returns `arm64` or `x86_64`. Raises DeploymentError where AWS cannot be asked."""
    if target.architecture:
        return target.architecture
    stack = stack_of(
        session_of(target, environment),
        target.stack_name,
        f"Reading the parameters of stack {target.stack_name}",
    )
    parameters = (stack or {}).get("Parameters", [])
    deployed = {given["ParameterKey"]: given["ParameterValue"] for given in parameters}
    return deployed.get(PARAMETER) or default_architecture()


def default_architecture() -> str:
    """Returns the template's default."""
    template = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    return str(template["Parameters"][PARAMETER]["Default"])


def main(arguments: list[str], read_target: ReadTarget = sam_target) -> int:
    """Prints the processor. Returns the exit code of the process."""
    try:
        print(architecture_of(read_target(arguments[1:]), os.environ))
    except DeploymentError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
