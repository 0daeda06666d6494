"""`python -m local up | token | env`: the stack on this machine."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from local.client import CallError, SignInError, client_token
from local.kept import folder_of
from local.lambdas.layers import LayerBuildError
from local.processes import ProcessError
from local.project import shown
from local.seed import seed
from local.stack import Options, Stack
from local.state import DEFAULT_PORT, StackError, cannot_be_written, read_state
from local.translate import TemplateError
from local.user_region import user_region

FAILURES = (StackError, ProcessError, TemplateError, LayerBuildError, CallError, SignInError)
LOOK_SECONDS = 0.5

UNWRITABLE = frozenset({
    errno.EACCES,
    errno.EDQUOT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
})  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = parser().parse_args(arguments)
    return reported(lambda: int(options.run(options)))


def reported(run: Callable[[], int]) -> int:
    """Returns the exit code of what is run; what a person can mend is said without a traceback."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        return run()
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is None:
            raise
        print(cannot_be_written(Path(error.filename), error), file=sys.stderr)
        return 1
    except Interrupted:
        return 0


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = top.add_subparsers(required=True)
    up_parser = commands.add_parser("up", help="start the stack and keep it until Ctrl-C")
    up_parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    up_parser.add_argument(
        "--fresh", action="store_true", help="delete what is kept from the last start on this port"
    )
    up_parser.add_argument("--no-seed", action="store_true", help="start without executions")
    up_parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of template.yaml, for example ContentCapture=none",
    )
    up_parser.set_defaults(run=up)
    token_parser = commands.add_parser("token", help="an access token of a demo client")
    token_parser.add_argument("client", nargs="?", default="demo-operator")
    token_parser.add_argument("--scope", action="append", help="only these scopes")
    token_parser.add_argument("--port", type=int, help="of the stack, where several run")
    token_parser.set_defaults(run=token)
    env_parser = commands.add_parser(
        "env", help="the running stack as variables of a shell, for boto3 and for the layer"
    )
    env_parser.add_argument("--port", type=int, help="of the stack, where several run")
    env_parser.set_defaults(run=env)
    return top


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM; not an Exception, so that nothing on the way swallows it."""


def interrupt_on_signals() -> threading.Event:
    """The first signal interrupts the main thread, wherever it is; later ones must not cut the clean-up."""
    stopped = threading.Event()

    def interrupt(*_: object) -> None:
        if not stopped.is_set():
            stopped.set()
            raise Interrupted

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    return stopped


def wait_for(stopped: threading.Event) -> None:
    """Waits for a signal. Looks now and then: one that comes just before the wait begins does not end it."""
    while not stopped.wait(LOOK_SECONDS):
        pass


def up(options: argparse.Namespace) -> int:
    """Starts the stack and keeps it until Ctrl-C or SIGTERM."""
    stopped = interrupt_on_signals()
    unclear = [pair for pair in options.parameter if "=" not in pair]
    if unclear:
        raise StackError(f"--parameter wants NAME=VALUE, not {unclear[0]!r}")
    parameters = dict(pair.split("=", 1) for pair in options.parameter)
    try:
        region = user_region(os.environ)
        wanted = Options(
            port=options.port,
            parameters=parameters,
            region=region,
            kept=folder_of(options.port) if options.port else None,
            fresh=options.fresh,
        )
        with Stack(wanted, say=say) as stack:
            say(f"The page answers at {stack.url}/ after {stack.start_seconds:.1f} s")
            if not options.no_seed:
                run_seed(stack)
            logs = shown(stack.state / "logs")
            say(f"\nSpanvas is running: {stack.url}/  (Ctrl-C stops it; logs in {logs})")
            wait_for(stopped)
    except Interrupted:
        say("Stopped.")
    return 0


def run_seed(stack: Stack) -> None:
    """Runs each workflow once, where there are no executions."""
    with stack.api() as api:
        try:
            seed(api, say)
        except (CallError, TimeoutError) as error:
            say(f"Not every workflow could be run: {error}")


def token(options: argparse.Namespace) -> int:
    """Prints an access token of a demo client."""
    state = read_state(options.port)
    secret = state["clients"].get(options.client)
    if secret is None:
        raise StackError(f"Unknown client. The demo clients are: {', '.join(state['clients'])}")
    scopes = tuple(options.scope) if options.scope else None
    print(client_token(state["issuer"], options.client, secret, scopes))
    return 0


def env(options: argparse.Namespace) -> int:
    """Prints the variables of the running stack, for `eval`."""
    for name, value in read_state(options.port)["environment"].items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def say(line: str) -> None:
    """Prints a line; a terminal that is gone, or a full disk, does not end the stack."""
    with contextlib.suppress(OSError):  # no terminal any more, or a file on a full disk
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
