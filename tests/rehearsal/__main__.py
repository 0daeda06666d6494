"""`make rehearse`: the template is deployed, used, changed and deleted with the real SAM CLI, on an emulator.

Needs what `make template` has built. Nothing leaves this machine, no credentials of AWS are read, and nothing is left
behind but, where a step fails, the folder with the logs.
"""

from __future__ import annotations

import shutil
import sys
import time

from local.processes import ProcessError
from local.project import PROJECT
from tests.rehearsal import journey
from tests.rehearsal.account import Account
from tests.rehearsal.people import People
from tests.rehearsal.report import Step, run_steps
from tests.rehearsal.stack import BUILT, DeployedStack

FOLDER = PROJECT / "build" / "rehearsal"


def main() -> int:
    """Returns the exit code: 0 when all steps worked."""
    if not (BUILT / "template.yaml").is_file():
        print("rehearse: there is no build: run `make template` first", file=sys.stderr)
        return 2
    began = time.monotonic()
    folder = FOLDER / time.strftime("%H%M%S")
    print("rehearse: starting an empty account (MiniStack on 127.0.0.1) ...")
    try:
        with Account(folder) as account:
            worked = run_steps(steps(account))
    except ProcessError as error:
        print(f"rehearse: {error}", file=sys.stderr)
        worked = False
    except KeyboardInterrupt:
        return 130
    seconds = time.monotonic() - began
    if not worked:
        print(f"rehearse: FAILED after {seconds:.0f} s; logs are in {folder / 'logs'}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    print(f"rehearse: all worked, in {seconds:.0f} s")
    return 0


def steps(account: Account) -> list[Step]:
    """Returns all steps, in their order."""
    people = People(account)
    stack = DeployedStack(account)

    def deploy() -> str:
        stack.deploy(
            {
                "JwtIssuer": people.issuer,
                "JwtAudience": people.client_id,
                "Connections": account.connections,
            }
        )
        return f"{len(stack.resources())} resources, {len(stack.outputs())} outputs"

    return [
        Step("first deployment", deploy, f"see {account.folder / 'logs' / 'commands.log'}"),
        Step(
            "upload of the page",
            lambda: journey.upload_page(account, stack, people),
            "tools/deploy_site.py",
        ),
        Step("sign-in", people.check, "docs/how-to/deploy.md, Cognito"),
        Step(
            "strangers",
            lambda: journey.refuse_strangers(stack, people),
            "the routes of template.yaml",
        ),
        Step("workflow", lambda: journey.run_workflow(stack, people), "the functions' logs"),
        Step(
            "state machine",
            lambda: journey.run_state_machine(account, stack, people),
            "the functions' logs",
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
