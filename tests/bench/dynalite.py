"""dynalite: an engine that is not ours and rounds items, and cuts query pages, by their size as DynamoDB does.

Installed under build/ when it is first needed; no part of the project's own locks.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from local.http_message import LOOPBACK
from local.processes import free_port
from local.provision import table_request
from tests.bench.figures import BenchError
from tests.support.aws_from_template import ROOT, deployed_stack
from tests.support.engines import Engines, announcing, client_of, ministack

PACKAGE = "dynalite@4"
FOLDER = ROOT / "build" / "bench" / "dynalite"
PROGRAM = FOLDER / "node_modules" / "dynalite" / "cli.js"
WITH_NODE = str(ROOT / "local" / "with-node")
KNOWN = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
"""dynalite takes neither encryption nor protection; neither changes what a write costs."""


@contextmanager
def dynalite_engines() -> Iterator[Engines]:
    """DynamoDB of dynalite and S3 of MiniStack. Raises BenchError where dynalite cannot be had."""
    install()
    with running() as dynamodb_url, ministack() as s3_url:
        dynamodb, s3 = client_of("dynamodb", dynamodb_url), client_of("s3", s3_url)
        stack = deployed_stack()
        table, bucket = stack.ref("TraceTable"), stack.ref("TraceBucket")
        request = table_request(stack.properties("TraceTable"))
        dynamodb.create_table(TableName=table, **{name: request[name] for name in KNOWN})
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
        s3.create_bucket(Bucket=bucket)
        yield Engines(dynamodb, s3, table, bucket)


def install() -> None:
    if PROGRAM.exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    command = [WITH_NODE, "npm", "install", *options, "--prefix", str(FOLDER), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{PACKAGE} could not be installed: {done.stderr.strip()[-300:]}")


def running() -> AbstractContextManager[str]:
    """Its URL; the process ends with the context."""
    options = ["--host", LOOPBACK, "--port", str(free_port()), "--createTableMs", "0"]
    return announcing([WITH_NODE, "node", str(PROGRAM), *options], "listening at: ")
