"""The three parts of the template, each in a stack of its own, as docs/how-to/deploy.md has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from local.project import PROJECT
from tests.rehearsal import journey
from tests.rehearsal.account import STACK, Account
from tests.rehearsal.people import People
from tests.rehearsal.report import RehearsalError, require
from tests.rehearsal.stack import BUILT, DeployedStack, wanted

ORDER: Final = ("store", "api", "page")
"""Each wants outputs of those before it."""
CODE: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


class Parts:
    """The stacks of the parts in an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._stacks = {
            part: DeployedStack(account, f"{STACK}-{part}", account.folder / "parts" / part)
            for part in ORDER
        }

    def deploy(self, people: People) -> str:
        """Deploys one part after another; an output of one is the parameter of that name of those after it."""
        given = wanted(self._account, people)
        sizes = []
        for part, stack in self._stacks.items():
            template = built(part, stack.build)
            declared = template["Parameters"]
            missing = [
                name for name, one in declared.items() if "Default" not in one and name not in given
            ]
            require(not missing, f"no output before {part} is called {missing}")
            stack.deploy({name: value for name, value in given.items() if name in declared})
            outputs = stack.outputs()
            lacking = sorted(
                name
                for name, one in template["Outputs"].items()
                if "Condition" not in one and not outputs.get(name)
            )
            require(not lacking, f"{part} lacks outputs: {lacking}")
            given |= outputs
            sizes.append(f"{part} {len(stack.resources())}")
        return f"resources: {', '.join(sizes)}"

    def use(self, people: People) -> str:
        """Runs a workflow through the API over the store of another stack, and uploads the page."""
        said = journey.run_workflow(self._stacks["api"], people)
        files = journey.upload_page(self._account, self._stacks["page"], people)
        return f"{said}; page: {files}"

    def delete(self) -> str:
        """Deletes the parts, the last one first; CloudFormation refuses none of them."""
        journey.empty_page(self._account, self._stacks["page"])
        for stack in reversed(self._stacks.values()):
            stack.delete()
            try:
                left = stack.description()["StackStatus"]
            except RehearsalError:
                continue
            raise RehearsalError(f"the stack {stack.name} is still there: {left}")
        return "page, API and store are gone"


def built(part: str, folder: Path) -> Mapping[str, Any]:
    """Writes a part's template as `sam build` leaves it, with the code that was built for the whole; returns it."""
    template: dict[str, Any] = yaml.safe_load(
        (PROJECT / "stack" / f"{part}.yaml").read_text(encoding="utf-8")
    )
    template.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] in CODE:
            resource.setdefault("Properties", {})[CODE[resource["Type"]]] = str(BUILT / logical_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "template.yaml").write_text(yaml.safe_dump(template), encoding="utf-8")
    return template
