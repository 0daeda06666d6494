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
from tests.rehearsal.changes import (
    LIBRARIES,
    OUR_LAYER,
    change_code,
    change_layer,
    change_parameters,
    delete,
    roll_back,
)
from tests.rehearsal.parameters import CHANGES, OFF
from tests.rehearsal.people import People
from tests.rehearsal.report import Step, require, run_steps
from tests.rehearsal.stack import BUILT, DeployedStack
from tests.rehearsal.surroundings import make_surroundings
from tests.rehearsal.watching import check_outputs, check_watchers, set_off_alarm

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
    names = make_surroundings(account)
    first = People(account, "people")
    second = People(account, "people-of-another-pool", CHANGES["TenantClaim"].value)
    names |= {"issuer": second.issuer, "client": second.client_id}
    stack = DeployedStack(account)
    commands = f"see what SAM has said in {account.folder / 'logs' / 'commands.log'}"
    functions = f"see the functions' logs in {account.folder / 'logs'}"
    listed = "see the parameter in template.yaml, and its line in tests/rehearsal/parameters.py"
    versions = "see docs/adr/0022-parameters-are-part-of-a-version.md"

    def deploy() -> str:
        stack.deploy({
            "JwtIssuer": first.issuer,
            "JwtAudience": first.client_id,
            "Connections": account.connections,
        })  # fmt: skip
        return check_outputs(stack)

    def use_again() -> str:
        said = journey.run_workflow(stack, second)
        require(account.collector.spans, "the collector of OtlpEndpoint has had no span")
        return f"{said}, {account.collector.spans} spans at the collector"

    def switch_off() -> str:
        account.run([sys.executable, "-m", "tools.deploy_site", "--empty", "--", *journey.TARGET])
        off = dict.fromkeys(("WebAclArn", "SiteDomain", "SiteCertificateArn", "SiteLogBucket"), "")
        return change_parameters(account, stack, OFF, names, off)

    return [
        Step("first deployment", deploy, commands),
        Step("alarms, logs, policies", lambda: check_watchers(account, stack), "see template.yaml"),
        Step("upload of the page", lambda: journey.upload_page(account, stack, first), commands),
        Step("sign-in", first.check, "see docs/how-to/deploy.md, Cognito"),
        Step(
            "strangers",
            lambda: journey.refuse_strangers(stack, first),
            "see HttpApi in template.yaml",
        ),
        Step("workflow", lambda: journey.run_workflow(stack, first), functions),
        Step("state machine", lambda: journey.run_state_machine(account, stack, first), functions),
        Step("every parameter", lambda: change_parameters(account, stack, CHANGES, names), listed),
        Step("workflow, changed", use_again, functions),
        Step(
            "an alarm",
            lambda: set_off_alarm(account, stack, second, names["topic"]),
            "see UnreadableItemsAlarm in template.yaml",
        ),
        Step("code", lambda: change_code(account, stack, second.token("operator")), versions),
        Step("our layer", lambda: change_layer(account, stack, OUR_LAYER), versions),
        Step("libraries", lambda: change_layer(account, stack, LIBRARIES), versions),
        Step("rollback", lambda: roll_back(account, stack, second.token("operator")), commands),
        Step("schedule", lambda: journey.let_schedule_run(account, stack), functions),
        Step("parts switched off", switch_off, listed),
        Step("deletion", lambda: delete(account, stack), "see docs/how-to/deploy.md, delete"),
    ]


if __name__ == "__main__":
    sys.exit(main())
