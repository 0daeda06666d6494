"""What the template asks of the engines, at each start: what is there stays, what is missing or differs is made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from local.deployment import deploy
from local.provision import provision_buckets, provision_tables
from local.resolve import Resolver

MAKERS: Final[dict[str, Callable[[Resolver, Any], None]]] = {
    "dynamodb": provision_tables,
    "s3": provision_buckets,
    "cloudformation": deploy,
}
"""What makes the part of each service, by boto3's name of it."""


def provisioning(resolver: Resolver, client: Callable[[str], Any]) -> Callable[[], None]:
    """Returns what makes all of it, and raises TemplateError and what boto3 raises.

    `client` makes a client of a service. That takes a part of a second and needs no engine, so it is done at once.
    """
    clients = {service: client(service) for service in MAKERS}

    def make() -> None:
        with ThreadPoolExecutor(len(MAKERS), thread_name_prefix="provision") as threads:
            made = [
                threads.submit(make, resolver, clients[service]) for service, make in MAKERS.items()
            ]
        for one in made:
            one.result()

    return make
