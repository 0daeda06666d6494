"""AWS failing at every call of an execution under the layer, one call after the other, in every way.

An execution of three nodes with flushes in and between them, content that goes to S3 and a file, in this process, over
both kinds of clients: the one that speaks HTTP itself (in Lambda) and boto3. A proxy before moto refuses
(throttling, 500, 503, denied), resets the connection before or after the call was done, stays silent, answers too late,
by half, a byte at a time, or with something else than HTTP: once, which a client's retries make good, and for as
long as it retries, which they do not. The clients wait 0.1 s for an answer instead of 3 to 5, and not between
attempts. Left out: boto3 before a server that drips, since botocore's timeout is one for each read.
"""

from __future__ import annotations

import logging

from tests.bench.figures import Figure
from tests.faults.executions import ATTEMPTS, CLIENTS, Faulty, Findings
from tests.faults.proxy import FAULTS, proxies
from tests.support.engines import moto_engines

COUNTS = {"direct": (1, ATTEMPTS), "boto3": (ATTEMPTS,)}
LEFT_OUT = {("boto3", "dripping")}


def run() -> list[Figure]:
    logging.getLogger("spanvas").setLevel(logging.CRITICAL)
    return [figure for client in CLIENTS for figure in figures(client, findings(client))]


def findings(client: str) -> Findings:
    found = Findings()
    with moto_engines() as engines:
        urls = (engines.dynamodb.meta.endpoint_url, engines.s3.meta.endpoint_url)
        with proxies(*urls) as (plan, proxy_urls):
            faulty = Faulty(engines, plan, proxy_urls, client)
            calls = range(faulty.count_calls())
            for fault in FAULTS.values():
                if (client, fault.name) in LEFT_OUT:
                    continue
                for count in COUNTS[client]:
                    for index in calls:
                        faulty.run(fault, index, count, found)
    return found


def figures(client: str, found: Findings) -> list[Figure]:
    problems = [*found.acknowledged_lost, *found.changed, *found.not_recovered]
    if problems:
        print("\n".join(problems), flush=True)
    lost, changed, open_ = (
        len(found.acknowledged_lost),
        len(found.changed),
        len(found.not_recovered),
    )
    return [
        Figure(
            f"{client}: acknowledged spans and files lost", lost, "", "<= 0", found.acknowledged
        ),
        Figure(f"{client}: results of the handler that changed", changed, "", "<= 0", found.runs),
        Figure(f"{client}: not whole after one more good flush", open_, "", "<= 0", found.runs),
    ]
