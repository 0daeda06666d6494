"""What SAM's local commands read, in `build/sam-local`: two templates and two sets of variables.

`samconfig.toml` names them, so that the commands work as they are typed while a stack runs:

- `build/template.yaml`, what `sam build` has made, for this machine's processor;
- `build/api.yaml`, the same with `verified` before the handlers of calls, for `sam local start-api`;
- `calls.json`, the functions' variables for calls with tokens of the local issuer;
- `events.json`, those for the files in `events/`, whose tokens `https://login.example.com/` has issued.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse

from local.http_message import LOOPBACK
from local.project import PROJECT

FOLDER: Final = PROJECT / "build" / "sam-local"
BUILD: Final = FOLDER / "build"
VERIFIED: Final = Path(__file__).with_name("verified.py")
COPY: Final = "sam_local_verified"
MACHINES: Final = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
ISSUER_OF_EVENTS: Final = {
    "SPANVAS_JWT_ISSUER": "https://login.example.com/",
    "SPANVAS_JWT_AUDIENCE": "spanvas",
}
ISSUER: Final = "SPANVAS_JWT_ISSUER"
EXECUTOR: Final = "ExecutorFunction"
ENDPOINT_OF_LAMBDA: Final = "AWS_ENDPOINT_URL_LAMBDA"
LOCAL_ADDRESS: Final = re.compile(rf"http://{re.escape(LOOPBACK)}:(\d+)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the functions in containers find what they call: `host` is this machine, as a container sees it."""

    state: Mapping[str, Any]
    """What the running stack has written of itself."""
    host: str
    authorizer: str
    """The address of `Authorizer`."""
    lambda_port: int
    """Where `sam local start-lambda` listens."""


def architecture() -> str:
    """Returns this machine's processor as Lambda calls it."""
    return MACHINES.get(platform.machine(), "x86_64")


def write_files(surroundings: Surroundings) -> set[int]:
    """Writes all four, and returns the loopback ports that containers are told of."""
    template = yaml_parse((BUILD / "template.yaml").read_text("utf-8"))
    template["Parameters"]["Architecture"]["Default"] = architecture()
    write(BUILD / "template.yaml", template)
    authorizer = as_seen(surroundings.authorizer, surroundings.host)
    write(BUILD / "api.yaml", with_verified_tokens(template, authorizer))
    calls = variables(surroundings)
    in_containers = {
        "SPANVAS_EXECUTOR_FUNCTION": EXECUTOR,
        ENDPOINT_OF_LAMBDA: f"http://{LOOPBACK}:{surroundings.lambda_port}",
    }
    for_calls = {name: replaced(given, in_containers) for name, given in calls.items()}
    for_events = {name: replaced(given, ISSUER_OF_EVENTS) for name, given in calls.items()}
    for path, given in ((FOLDER / "calls.json", for_calls), (FOLDER / "events.json", for_events)):
        write(path, {name: seen(values, surroundings.host) for name, values in given.items()})
    texts = [surroundings.authorizer, *texts_in(for_calls), *texts_in(for_events)]
    return {int(port) for text in texts for port in LOCAL_ADDRESS.findall(text)}


def variables(surroundings: Surroundings) -> dict[str, dict[str, str]]:
    """Returns the variables of each function as the running stack has them, with its endpoints."""
    environment = surroundings.state["environment"]
    return {
        function: {
            name: environment.get(name, value) if name.startswith("AWS_ENDPOINT_URL_") else value
            for name, value in given.items()
        }
        for function, given in surroundings.state["functions"].items()
    }


def with_verified_tokens(template: Mapping[str, Any], authorizer: str) -> dict[str, Any]:
    """Returns the template with `verified` before the handler of every function that answers calls; it is copied to
    their code."""
    resources = dict(template["Resources"])
    for name, resource in resources.items():
        events = resource.get("Properties", {}).get("Events", {}).values()
        if not any(event["Type"] == "HttpApi" for event in events):
            continue
        properties = resource["Properties"]
        own = {"SAM_LOCAL_HANDLER": properties["Handler"], "SAM_LOCAL_AUTHORIZER": authorizer}
        declared = properties["Environment"]["Variables"]
        changed = {
            "Handler": f"{COPY}.handler",
            "Environment": {"Variables": {**declared, **own}},
        }
        resources[name] = {**resource, "Properties": {**properties, **changed}}
        shutil.copyfile(VERIFIED, BUILD / name / f"{COPY}.py")
    return {**template, "Resources": resources}


def replaced(variables: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Returns the variables with other values for those of them that are in `others`."""
    return {name: others.get(name, value) for name, value in variables.items()}


def seen(variables: Mapping[str, str], host: str) -> dict[str, str]:
    """Returns the variables as a container needs them. The issuer is a name that tokens have, too, so it stays."""
    return {
        name: value if name == ISSUER else as_seen(value, host) for name, value in variables.items()
    }


def as_seen(text: str, host: str) -> str:
    """Returns a text with the addresses in it as a container sees them."""
    return LOCAL_ADDRESS.sub(rf"http://{host}:\1", text)


def texts_in(functions: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """All values that are addresses for the functions."""
    for given in functions.values():
        yield from (value for name, value in given.items() if name != ISSUER)


def write(path: Path, document: Any) -> None:
    """Writes a file of JSON, which YAML is a superset of."""
    path.write_text(json.dumps(document, indent=2, default=str) + "\n", "utf-8")
