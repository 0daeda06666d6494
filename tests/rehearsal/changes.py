"""Updates of the deployed stack: parameters, code, layers, one that fails, and its deletion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tests.rehearsal.account import STACK, Account
from tests.rehearsal.parameters import API, INGEST, Change, filled
from tests.rehearsal.report import RehearsalError, require
from tests.rehearsal.snapshot import snapshot
from tests.rehearsal.stack import DeployedStack
from tests.support.aws_from_template import deployed_stack

KEPT: Final = frozenset({"TraceTable", "AuditTable", "TraceBucket"})
"""What a deletion leaves: docs/how-to/deploy.md says so."""
HEADER: Final = "x-rehearsal"
NEW_CODE: Final = f'''

_before_rehearsal = handler


def handler(event, context):
    answer = _before_rehearsal(event, context)
    answer.setdefault("headers", {{}})["{HEADER}"] = "new code"
    return answer
'''
BROKEN: Final = "BrokenOnPurpose"


def change_parameters(
    account: Account,
    stack: DeployedStack,
    changes: Mapping[str, Change],
    names: Mapping[str, str],
    also: Mapping[str, str] | None = None,
) -> str:
    """Changes parameters in one update, `also` others with them, and looks for each new value where it has to be."""
    before = snapshot(account, stack)
    values = {name: filled(change.value, names) for name, change in changes.items()}
    stack.deploy({**values, **(also or {})})
    after = snapshot(account, stack)
    unseen = [
        f"{name} is {values[name]} now, but {place} {how}"
        for name, change in changes.items()
        for place, how in problems(change, names, before, after, values)
    ]
    require(not unseen, "\n".join(unseen))
    return f"{len(changes)} parameters changed, each seen"


def problems(
    change: Change,
    names: Mapping[str, str],
    before: Mapping[str, str],
    after: Mapping[str, str],
    given: Mapping[str, str],
) -> list[tuple[str, str]]:
    """Returns the places where a change is not seen, and how they are instead."""
    found: list[tuple[str, str]] = []
    for place, text in change.seen.items():
        found += in_texts(place, text and filled(text, names), before, after)
    if change.in_template:
        for place, text in change.in_template.items():
            former, latter = template_texts(place, {}), template_texts(place, given)
            found += in_texts(place, filled(text, names), former, latter)
    return found


def in_texts(
    place: str, text: str | None, before: Mapping[str, str], after: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Returns where a text is not in the place after the change, or was in it before."""
    if text is None:
        return [(place, "is still there")] if place in after else []
    named = [place] if "::" not in place else of_type(after, place)
    if not named:
        return [(place, "is not in the stack")]
    found = []
    for name in named:
        told = after.get(name)
        if told is None:
            found.append((name, "is not there"))
        elif text not in told:
            found.append((name, f"has no {text}"))
        elif text in before.get(name, ""):
            found.append((name, f"had {text} before"))
    return found


def of_type(texts: Mapping[str, str], resource_type: str) -> list[str]:
    """Returns the resources of a type."""
    return [name for name, text in texts.items() if f'"Type": "{resource_type}"' in text]


def template_texts(place: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Returns the properties of resources of the translated template as text, with the parameters' values."""
    resolved = deployed_stack(**parameters)
    names = resolved.logical_ids(place) if "::" in place else [place]
    texts = {}
    for name in names:
        properties = {"Type": resolved.type_of(name), **resolved.properties(name)}
        texts[name] = json.dumps(properties, sort_keys=True)
    return texts


def live_versions(account: Account, stack: DeployedStack) -> dict[str, str]:
    """Returns the version that each alias points to."""
    resources = stack.resources()
    client = account.client("lambda")
    versions = {}
    for alias in (API, INGEST):
        function, _, name = resources[alias][1].rpartition(":")
        versions[alias] = client.get_alias(FunctionName=function, Name=name)["FunctionVersion"]
    return versions


def change_build(
    account: Account, stack: DeployedStack, files: Mapping[str, str], moves: frozenset[str]
) -> str:
    """Deploys changed files. The aliases in `moves`, and no others, have to point to new versions."""
    before = live_versions(account, stack)
    stack.change_files(files)
    stack.deploy({})
    after = live_versions(account, stack)
    moved = {alias for alias in after if after[alias] != before[alias]}
    require(
        moved == moves,
        f"after a change of {', '.join(files)} these have new versions: {sorted(moved)}; "
        f"expected were {sorted(moves)} (ADR 22)",
    )
    return ", ".join(f"{name} {before[name]} -> {after[name]}" for name in sorted(moved))


def change_code(account: Account, stack: DeployedStack, token: str) -> str:
    """Changes the code of the API alone; the HTTP API answers with it."""
    files = {"TraceApiFunction/spanvas_api/handlers/http_api.py": NEW_CODE}
    said = change_build(account, stack, files, frozenset({API}))
    status, headers, _ = stack.call("GET", "/v1/workflows", token)
    require(status == 200, f"the new code answers {status}")
    require(headers.get(HEADER) == "new code", "the HTTP API still answers with the old code")
    return said


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A file of a layer in the build, and the aliases whose functions have the layer."""

    path: str
    aliases: frozenset[str]


OUR_LAYER: Final = LayerFile("SpanvasLayer/python/spanvas/__init__.py", frozenset({API, INGEST}))
LIBRARIES: Final = LayerFile("LibrariesLayer/python/typing_extensions.py", frozenset({API, INGEST}))


def change_layer(account: Account, stack: DeployedStack, changed: LayerFile) -> str:
    """Changes one layer alone: what has it has a new version, and what has not keeps its own."""
    return change_build(account, stack, {changed.path: "# changed\n"}, changed.aliases)


def roll_back(account: Account, stack: DeployedStack, token: str) -> str:
    """Deploys other parameters and a version that equals the last one, which Lambda refuses: all is as before then."""
    stack.change_files({})
    before = snapshot(account, stack)
    path = stack.build / "template.yaml"
    template = path.read_text(encoding="utf-8")
    broken: dict[str, Any] = yaml.safe_load(template)
    broken["Resources"][BROKEN] = {
        "Type": "AWS::Lambda::Version",
        "DependsOn": [API, INGEST, "ExecutorFunction"],
        "Properties": {"FunctionName": {"Ref": "TraceApiFunction"}},
    }
    path.unlink()  # it is one file with that of the build
    path.write_text(yaml.safe_dump(broken), encoding="utf-8")
    try:
        stack.deploy({"RetentionDays": "99", "LogRetentionDays": "7"}, fails=True)
    finally:
        path.write_text(template, encoding="utf-8")
    status = stack.description()["StackStatus"]
    require(status == "UPDATE_ROLLBACK_COMPLETE", f"the stack is {status}")
    after = snapshot(account, stack)
    differ = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    require(not differ, f"after the rollback these are not as before: {sorted(differ)}")
    require(stack.call("GET", "/v1/workflows", token)[0] == 200, "the API does not answer any more")
    return f"{status}, {len(after) - 1} resources as before"


def delete(account: Account, stack: DeployedStack) -> str:
    """Deletes the stack; the traces stay, everything else is gone."""
    resources = stack.resources()
    stack.delete()
    try:
        status = stack.description()["StackStatus"]
    except RehearsalError:
        pass
    else:
        raise RehearsalError(f"the stack {STACK} is still there: {status}")
    tables = account.client("dynamodb").list_tables()["TableNames"]
    buckets = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
    for name in KEPT:
        require(resources[name][1] in (*tables, *buckets), f"{name} is gone with the stack")
    left = {
        "functions": account.client("lambda").list_functions()["Functions"],
        "alarms": account.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "APIs": account.client("apigatewayv2").get_apis()["Items"],
        "rules": account.client("events").list_rules()["Rules"],
        "roles": account.client("iam").list_roles()["Roles"],
        "log groups": account.client("logs").describe_log_groups()["logGroups"],
    }
    ids = {physical_id for _, physical_id in resources.values()}
    for kind, found in left.items():
        names = {value for item in found for value in item.values() if isinstance(value, str)}
        require(not names & ids, f"{kind} are left: {sorted(names & ids)}")
    layers = account.client("lambda").list_layers()["Layers"]
    require(len(layers) == 3, f"published layers are gone with the stack: {layers}")
    return f"{len(ids) - len(KEPT)} resources gone; two tables, the bucket and the layers stay"
