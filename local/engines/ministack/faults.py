"""What MiniStack 1.5 does not do and the stack needs, each mended at one place with its reason.

`tests/functional/local/test_ministack_faults.py` asks MiniStack without them, and fails when one is needed no more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from copy import deepcopy
from typing import Any, Final

from local.engines.ministack.functions import asking, called_by_a_state, invoke

KEPT: Final = ("eventbridge", "iam", "s3", "sqs", "stepfunctions", "sts", "cloudformation")
"""The services whose state is kept between starts, as MiniStack names them, in the order in which they are saved:
CloudFormation must not know of a resource that a killed process had not saved yet."""
FORWARDED: Final = b"x-forwarded-proto"


def mend(environment: Mapping[str, str]) -> None:
    """Replaces what is listed here, for the whole process.

    The stack's sandboxes are at AWS_ENDPOINT_URL_LAMBDA; whoever signs with AWS_ACCESS_KEY_ID and its secret is root.
    """
    call_functions_of_the_stack(environment["AWS_ENDPOINT_URL_LAMBDA"])
    give_states_the_whole_context()
    keep_what_is_used()
    check_signatures_of_root(environment)
    keep_sessions()


def call_functions_of_the_stack(url: str) -> None:
    """MiniStack calls functions in its own executor and knows no other Lambda, also for Step Functions and EventBridge.

    Its executor knows neither layers under /opt nor a runtime that freezes. Its way to a server of somebody else
    (`MINISTACK_LAMBDA_PROXY_URL`) has no word for a function that failed: no `Retry` or `Catch` would find its error.
    State machines call with the rights of their roles, for which MiniStack does not ask; rules with the account's.
    """
    from ministack import app
    from ministack.core import iam_evaluator
    from ministack.services import eventbridge, stepfunctions

    run: Any = stepfunctions._run_execution
    role: ContextVar[str] = ContextVar("role of the state machine")

    def run_with_role(execution: str) -> None:
        machine = stepfunctions._executions[execution]["stateMachineArn"]
        role.set(str(stepfunctions._state_machines.get(machine, {}).get("roleArn", "")))
        run(execution)

    def dispatch(arn: str, payload: str) -> None:
        asked = (url, arn, json.loads(payload), "Event")
        threading.Thread(target=invoke, args=asked, daemon=True).start()

    app.SERVICE_HANDLERS["lambda"] = asking(url)
    iam_evaluator._RESOURCE_POLICY_LOOKUPS.pop("lambda")  # of its own functions
    stepfunctions._run_execution = run_with_role
    stepfunctions._call_lambda = lambda arn, event: called_by_a_state(url, role.get(), arn, event)
    eventbridge._dispatch_to_lambda = dispatch


def give_states_the_whole_context() -> None:
    """`"StepFunctions.$": "$$"` is null in MiniStack, which knows paths into the context object alone."""
    from ministack.services import stepfunctions

    resolve: Any = stepfunctions._resolve_params_obj

    def resolve_with_context(template: Any, data: Any, ctx: Any = None) -> Any:
        resolved = resolve(template, data, ctx)
        if isinstance(template, dict):
            context = {name: value for name, value in (ctx or {}).items() if name != "variables"}
            whole = [key for key, value in template.items() if key.endswith(".$") and value == "$$"]
            resolved |= {key.removesuffix(".$"): deepcopy(context) for key in whole}
        return resolved

    stepfunctions._resolve_params_obj = resolve_with_context


def keep_what_is_used() -> None:
    """MiniStack keeps the state of every service that its CloudFormation knows, and loads fifty modules for it."""
    from ministack import app

    app._state_map = {name: app._state_map[name] for name in KEPT}


def as_over_tls(app: Any) -> Any:
    """Returns the ASGI application for which a request came over TLS unless it says otherwise.

    The buckets' policies refuse what comes without TLS; what comes over loopback needs none.
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not any(name == FORWARDED for name, _ in scope["headers"]):
            scope = {**scope, "headers": [*scope["headers"], (FORWARDED, b"https")]}
        await app(scope, receive, send)

    return serve


def check_signatures_of_root(environment: Mapping[str, str]) -> None:
    """MiniStack takes requests of root with any secret, and whoever names the key `test` or an account for root."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    def is_root(access_key_id: str) -> bool:
        return (
            not access_key_id
        )  # requests without any signature, which are refused where they need one

    iam_evaluator.is_root_access_key = is_root
    sts.is_root_access_key = is_root
    account_id = environment["AWS_ACCOUNT_ID"]
    session = {
        "AccountId": account_id,
        "Arn": f"arn:aws:iam::{account_id}:root",
        "PrincipalType": "Root",
        "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": environment.get("AWS_SESSION_TOKEN"),
        "UserId": account_id,
    }
    sts.register_session(environment["AWS_ACCESS_KEY_ID"], session)


def keep_sessions() -> None:
    """Sessions of roles are no part of the state that MiniStack saves; functions that run when it is killed have them.

    They are saved before they are answered, so that no function has one that the next start does not know.
    """
    from ministack.core.persistence import save_state
    from ministack.services import sts

    register: Any = sts.register_session

    def state() -> dict[str, Any]:
        sessions = sts._sessions.items()
        return {"sessions": {key: one for key, one in sessions if one["PrincipalType"] != "Root"}}

    def register_and_save(access_key: str, session: dict[str, Any]) -> None:
        register(access_key, session)
        save_state("sts", state())

    sts.register_session = register_and_save
    sts.get_state = state
    sts.load_persisted_state = lambda kept: sts._sessions.update(kept["sessions"])
