"""`python -m tools.sam_local api | invoke FUNCTION [EVENT]`: SAM's local commands on the local stack.

The stack that runs is used; where none runs, one is started for as long as the command takes, on the state that
`make run` keeps.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from local.__main__ import FAILURES, Interrupted, interrupt_on_signals, say
from local.described import AUDIENCE
from local.gateway.definition import Route, read_http_api
from local.http_message import LOOPBACK
from local.http_server import HttpServer
from local.kept import folder_of
from local.physical import physical_attribute
from local.project import PROJECT
from local.resolve import Resolver, StackIdentity
from local.stack import Options, Stack
from local.state import DEFAULT_PORT, StackError, read_state, running_stacks
from local.translate import read_template
from local.user_region import user_region
from tools.sam_local.authorizer import Authorizer
from tools.sam_local.bridge import HOST_OF_A_VIRTUAL_MACHINE, Forwarder, host_for_containers
from tools.sam_local.docker import NO_DOCKER, DockerError, docker_of
from tools.sam_local.events import store_of, with_real_artifact
from tools.sam_local.files import FOLDER, Surroundings, write_files

SAM: Final = (str(PROJECT / ".venv-sam" / "bin" / "python"), "-m", "samcli", "local")
API_PORT: Final = 3000
STOP_SECONDS: Final = 20.0
KILL_SECONDS: Final = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        docker_of(os.environ).check()
        return int(options.run(options))
    except DockerError as error:
        print(error, file=sys.stderr)
        return NO_DOCKER
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 1
    except Interrupted:
        return 0


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m tools.sam_local", description=__doc__)
    top.add_argument("--stack-port", type=int, default=DEFAULT_PORT, help="of the local stack")
    commands = top.add_subparsers(required=True)
    api_parser = commands.add_parser("api", help="`sam local start-api` and `start-lambda`")
    api_parser.add_argument("--port", type=int, default=API_PORT)
    api_parser.set_defaults(run=api)
    invoke_parser = commands.add_parser("invoke", help="`sam local invoke`")
    invoke_parser.add_argument("function", help="its logical id in template.yaml")
    invoke_parser.add_argument("event", nargs="?", help="a file with what it is given")
    invoke_parser.set_defaults(run=invoke)
    return top


def api(options: argparse.Namespace) -> int:
    """Serves the API and Lambda from containers until Ctrl-C or SIGTERM."""
    stopped = interrupt_on_signals()
    with surroundings(options.stack_port, options.port + 1) as environment:
        with open_log("start-lambda.log") as log:
            started = [
                start(["start-lambda", "--port", str(options.port + 1)], environment, log),
                start(["start-api", "--port", str(options.port)], environment),
            ]
        try:
            say("SAM starts the API, which takes some seconds")
            is_told = False
            while not stopped.is_set() and all(process.poll() is None for process in started):
                if not is_told and is_listened_on(options.port):
                    is_told = True
                    say(
                        f"\nThe API answers at http://127.0.0.1:{options.port}/v1/ (Ctrl-C stops it). A token for it: "
                        "`.venv/bin/python -m local token`\n"
                    )
                time.sleep(0.2)
        finally:
            stop(started)
    return max(abs(int(process.returncode or 0)) for process in started)


def is_listened_on(port: int) -> bool:
    """Whether something listens on a port of loopback."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def invoke(options: argparse.Namespace) -> int:
    """Invokes one function in a container, once."""
    interrupt_on_signals()
    with surroundings(options.stack_port, API_PORT + 1) as environment:
        event = event_options(options.event, options.stack_port)
        process = start(["invoke", options.function, *event], environment)
        try:
            return int(process.wait())
        finally:
            stop([process])


def event_options(event: str | None, stack_port: int) -> list[str]:
    """Returns the options of `sam local invoke` for an event's file. Raises StackError where it cannot be read."""
    if event is None:
        return ["--no-event"]
    store = store_of(read_state(stack_port))
    try:
        given = with_real_artifact(Path(event), store, FOLDER / "event.json")
    except (OSError, ValueError) as error:
        raise StackError(f"{event} cannot be read as an event: {error}") from error
    return ["--event", str(given)]


@contextlib.contextmanager
def surroundings(stack_port: int, lambda_port: int) -> Iterator[dict[str, str]]:
    """Makes everything that SAM's commands need, for as long as they run; gives the environment to run them in."""
    with contextlib.ExitStack() as closers:
        state = running_stacks().get(str(stack_port))
        if state is None:
            region = user_region(os.environ)
            wanted = Options(port=stack_port, region=region, kept=folder_of(stack_port))
            closers.enter_context(Stack(wanted, say=say))
            state = read_state(stack_port)
        else:
            say(f"On the stack that runs at {state['url']}/")
        bridge = docker_of(os.environ).bridge()
        server = HttpServer(name="authorizer").start(Authorizer(routes_of(state)).handle)
        closers.callback(server.stop)
        host = host_for_containers(bridge)
        ports = write_files(Surroundings(state, host, server.url, lambda_port))
        if host != HOST_OF_A_VIRTUAL_MACHINE:
            forwarder = Forwarder(bridge)
            closers.callback(forwarder.stop)
            forwarder.start(ports)
            say(f"Containers reach the stack at {host}, which nothing but containers may use")
        yield environment_of(state)


def routes_of(state: Mapping[str, Any]) -> tuple[Route, ...]:
    """Returns the template's routes, whose tokens are those of the stack's issuer."""
    region = state["environment"]["AWS_REGION"]
    parameters = {"JwtIssuer": state["issuer"], "JwtAudience": AUDIENCE}
    template = read_template(PROJECT / "template.yaml", parameters, region)
    overrides = {("SiteDistribution", "DomainName"): "127.0.0.1"}
    identity = StackIdentity(region=region)
    resolver = Resolver(template, parameters, identity, physical_attribute, overrides)
    return read_http_api(resolver).routes


def environment_of(state: Mapping[str, Any]) -> dict[str, str]:
    """Returns this process's environment with the stack's credentials and region, which SAM hands to the functions."""
    given = state["environment"]
    names = (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_REGION",
    )
    inherited = {name: value for name, value in os.environ.items() if name != "AWS_PROFILE"}
    return {**inherited, **{name: given[name] for name in names}, "SAM_CLI_TELEMETRY": "0"}


def start(
    arguments: Sequence[str], environment: Mapping[str, str], log: Any = None
) -> subprocess.Popen[bytes]:
    """Starts one of SAM's local commands. Not in our process group: Ctrl-C must reach it once, from `stop`."""
    return subprocess.Popen(
        [*SAM, *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ends the commands as Ctrl-C does, so that they remove their containers; what lasts too long is killed.

    Every wait has an end: a signal that interrupted `poll` may have left its lock taken.
    """
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(KILL_SECONDS)


def open_log(name: str) -> Any:
    """Opens a new log in the folder of the files. Raises StackError where it cannot be written."""
    path: Path = FOLDER / name
    try:
        return path.open("wb")
    except OSError as error:
        raise StackError(f"{path} cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main())
