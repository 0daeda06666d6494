"""`make rehearse`: the template is deployed, used, changed and deleted with the real SAM CLI, on an emulator.

Needs what `make template` has built. Nothing leaves this machine, no credentials of AWS are read, and nothing is left
behind but, where a step fails, the folder with the logs.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping

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
from tests.rehearsal.parameters import CHANGES, OFF, Change
from tests.rehearsal.parts import Parts
from tests.rehearsal.people import People
from tests.rehearsal.report import Step, require, run_steps
from tests.rehearsal.roles import check_roles
from tests.rehearsal.stack import BUILT, DeployedStack, wanted
from tests.rehearsal.surroundings import make_surroundings
from tests.rehearsal.watching import check_outputs, check_watchers, set_off_alarm

FOLDER = PROJECT / "build" / "rehearsal"
PARTS_HELP = "see tools/stack_parts.py"


def main() -> int:
    """Returns the exit code: 0 when all steps worked."""
    if not (BUILT / "template.yaml").is_file():
        print("rehearse: there is no build: run `make template` first", file=sys.stderr)
        return 2
    began = time.monotonic()
    folder = FOLDER / str(os.getpid())
    print("rehearse: starting an empty account (MiniStack on 127.0.0.1) ...")
    try:
        with Account(folder) as account:
            worked = run_steps(Rehearsal(account).steps, account.complaints)
    except ProcessError as error:
        print(f"rehearse: {error}", file=sys.stderr)
        worked = False
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        return 130
    seconds = time.monotonic() - began
    if not worked:
        print(f"rehearse: FAILED after {seconds:.0f} s; logs are in {folder / 'logs'}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    print(f"rehearse: all worked, in {seconds:.0f} s")
    return 0


class Rehearsal:
    """Everything that is rehearsed in one account; `steps` are to be run in their order."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._stack = DeployedStack(account)
        self._parts = Parts(account)
        logs = account.folder / "logs"
        commands = f"see what SAM has said in {logs / 'commands.log'}"
        functions = f"see the functions' logs in {logs}"
        listed = "see the parameter in template.yaml, and its line in tests/rehearsal/parameters.py"
        versions = "see docs/adr/0022-parameters-are-part-of-a-version.md"
        stack = self._stack
        self.steps = [
            Step("the account", self._prepare, f"see {logs / 'ministack.log'}"),
            Step("first deployment", self._deploy, commands),
            Step("alarms and logs", lambda: check_watchers(account, stack), "see template.yaml"),
            Step("upload of the page", self._upload_page, commands),
            Step("sign-in", self._sign_in, "see docs/how-to/deploy.md, Cognito"),
            Step("strangers", self._refuse_strangers, "see HttpApi in template.yaml"),
            Step("workflow", lambda: journey.run_workflow(stack, self._first), functions),
            Step("roles", lambda: check_roles(account, stack), "see the role in template.yaml"),
            Step("state machine", self._run_state_machine, functions),
            Step("every parameter", lambda: self._change(CHANGES), listed),
            Step("workflow, changed", self._run_again, functions),
            Step("an alarm", self._set_off_alarm, "see UnreadableItemsAlarm in template.yaml"),
            Step("code", lambda: change_code(account, stack, self._token()), versions),
            Step("our layer", lambda: change_layer(account, stack, OUR_LAYER), versions),
            Step("libraries", lambda: change_layer(account, stack, LIBRARIES), versions),
            Step("rollback", lambda: roll_back(account, stack, self._token()), commands),
            Step("schedule", lambda: journey.let_schedule_run(account, stack), functions),
            Step("parts switched off", self._switch_off, listed),
            Step("deletion", lambda: delete(account, stack), "see docs/how-to/deploy.md, delete"),
            Step(
                "three parts", lambda: self._parts.deploy(self._first), f"{PARTS_HELP}; {commands}"
            ),
            Step("workflow over parts", lambda: self._parts.use(self._first), functions),
            Step("deletion of parts", self._parts.delete, commands),
        ]

    def _prepare(self) -> str:
        """Makes what an account has before the stack comes, and two user pools."""
        self._names = make_surroundings(self._account)
        self._first = People(self._account, "people")
        claim = CHANGES["TenantClaim"].value
        self._second = People(self._account, "people-of-another-pool", claim)
        self._names |= {"issuer": self._second.issuer, "client": self._second.client_id}
        return "two user pools, a key, subnets, a boundary, a topic and so on"

    def _deploy(self) -> str:
        self._stack.deploy(wanted(self._account, self._first))
        return check_outputs(self._stack)

    def _upload_page(self) -> str:
        return journey.upload_page(self._account, self._stack, self._first)

    def _sign_in(self) -> str:
        return self._first.check()

    def _refuse_strangers(self) -> str:
        return journey.refuse_strangers(self._stack, self._first)

    def _run_state_machine(self) -> str:
        return journey.run_state_machine(self._account, self._stack, self._first)

    def _change(self, changes: Mapping[str, Change], also: Mapping[str, str] | None = None) -> str:
        return change_parameters(self._account, self._stack, changes, self._names, also)

    def _token(self) -> str:
        """Of an operator of the pool that the stack trusts after the change of parameters."""
        return self._second.token("operator")

    def _run_again(self) -> str:
        said = journey.run_workflow(self._stack, self._second)
        spans = self._account.collector.spans
        require(spans, "the collector of OtlpEndpoint has had no span")
        return f"{said}, {spans} spans at the collector"

    def _set_off_alarm(self) -> str:
        return set_off_alarm(self._account, self._stack, self._second, self._names["topic"])

    def _switch_off(self) -> str:
        """The web ACL is refused without the page."""
        journey.empty_page(self._account, self._stack)
        of_the_page = ("WebAclArn", "SiteDomain", "SiteCertificateArn", "SiteLogBucket")
        return self._change(OFF, dict.fromkeys(of_the_page, ""))


if __name__ == "__main__":
    sys.exit(main())
