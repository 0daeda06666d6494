"""The command: which checks are made, and what is printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TextIO

from spanvas.settings import InvalidSettingError, Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.claims import TokenRules
from spanvas_api.doctor import deployed_versions, probe, storage_checks, token_checks, versions
from spanvas_api.doctor.report import LEFT_OUT, WRONG, Check, Finding, found_by, is_well, lines

NOT_WELL, UNUSABLE = 1, 2


class Surroundings(NamedTuple):
    """What the checks reach: AWS, the network, the clock. `dynamodb` and `s3` make clients with boto3's operations."""

    environment: Mapping[str, str]
    dynamodb: Callable[[], Any]
    s3: Callable[[], Any]
    fetch: token_checks.Fetch
    now: Callable[[], float]


def main(
    arguments: Sequence[str],
    around: Surroundings,
    out: TextIO = sys.stdout,
    err: TextIO = sys.stderr,
) -> int:
    """Runs the command. Returns 0 where all is well, 1 where something is wrong or could not be seen, 2 where the
    settings cannot be read.

    Settings are those of the functions, in the environment.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env(around.environment)
    except InvalidSettingError as error:
        print(f"spanvas doctor: {error}", file=err)
        return UNUSABLE
    text = options.token or around.environment.get("SPANVAS_TOKEN", "")
    findings = list(diagnosis(settings, around, text, has_probe=not options.no_probe))
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings], indent=1), file=out)
    else:
        print("\n".join(lines(findings)), file=out)
    return 0 if is_well(findings) else NOT_WELL


def diagnosis(
    settings: Settings, around: Surroundings, token: str, *, has_probe: bool
) -> Iterator[Finding]:
    """Yields what all checks find, in the order in which one depends on another."""
    for what, check in _checks(settings, around, token, has_probe):
        yield from found_by(what, check)


def _checks(
    settings: Settings, around: Surroundings, token: str, has_probe: bool
) -> Iterator[tuple[str, Check]]:
    if not settings.table or not settings.bucket:
        yield (
            "store",
            partial(_missing, "store", "SPANVAS_TABLE and SPANVAS_BUCKET are not both set"),
        )
    else:
        dynamodb, s3 = around.dynamodb(), around.s3()
        name = settings.table
        yield "clock", partial(storage_checks.clock, dynamodb, name, around.now())
        indexes = storage_checks.INDEXES
        yield (
            f"table {name}",
            partial(storage_checks.table, dynamodb, name, "SPANVAS_TABLE", indexes),
        )
        yield f"bucket {settings.bucket}", partial(storage_checks.bucket, s3, settings.bucket)
        if settings.audit_table:
            audit = settings.audit_table
            yield (
                f"table {audit}",
                partial(storage_checks.table, dynamodb, audit, "SPANVAS_AUDIT_TABLE", frozenset()),
            )
        else:
            yield (
                "audit",
                partial(_missing, "audit", "SPANVAS_AUDIT_TABLE is not set: no read is answered"),
            )
        store = DynamoTraceStore(name, settings.bucket, dynamodb=dynamodb, s3=s3)
        if has_probe:
            yield "probe", partial(probe.execution, store)
        yield versions.WHAT, partial(_versions, settings, store, token, around.now())
    if settings.jwt_issuer:
        yield "issuer", partial(token_checks.issuer, settings.jwt_issuer, around.fetch)
    else:
        yield "issuer", partial(_left_out, "issuer", "SPANVAS_JWT_ISSUER is not set")
    if token:
        yield "token", partial(token_checks.token, token, _rules(settings), around.now())
    else:
        yield "token", partial(_left_out, "token", "give one by --token or SPANVAS_TOKEN")
    if endpoint := around.environment.get("SPANVAS_ENDPOINT", ""):
        yield (
            deployed_versions.WHAT,
            partial(deployed_versions.deployed_versions, endpoint, token, around.fetch),
        )
    else:
        yield (
            deployed_versions.WHAT,
            partial(
                _left_out,
                deployed_versions.WHAT,
                "SPANVAS_ENDPOINT, the page's address, is not set",
            ),
        )
    yield "collector", partial(probe.collector, settings, around.environment)
    if settings.span_source:
        yield "span source", partial(probe.span_source, settings, around.environment)


def _rules(settings: Settings) -> TokenRules:
    return TokenRules(
        settings.tenant_claim,
        settings.jwt_issuer,
        settings.jwt_audience,
        settings.workflows_claim,
    )


def _versions(
    settings: Settings, store: DynamoTraceStore, token: str, now: float
) -> Iterator[Finding]:
    """Of the executions of the token's tenant."""
    tenant = token_checks.tenant_of(token, _rules(settings), now)
    if not tenant:
        yield Finding(versions.WHAT, LEFT_OUT, "a token says whose executions are looked at")
        return
    yield from versions.versions(store, tenant)


def _missing(what: str, seen: str) -> Iterator[Finding]:
    yield Finding(what, WRONG, seen, "set what the function has in its environment")


def _left_out(what: str, seen: str) -> Iterator[Finding]:
    yield Finding(what, LEFT_OUT, seen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spanvas_api.doctor",
        description="Says what is wrong with a deployment and how to mend it. Its settings are those of the functions.",
    )
    parser.add_argument("--token", help="an access token, to see what it allows (or SPANVAS_TOKEN)")
    parser.add_argument(
        "--no-probe", action="store_true", help="only look: write nothing, not even a probe"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
