"""What the template asks of the engines: made at a start, unless the start before has made just that.

What was made is noted as a digest beside what each engine keeps, when the engine has it on the disk. So a folder that
is deleted, or an engine that is killed at that moment, takes the note with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from local import deployment, provision
from local.resolve import Resolver

NOTE: Final = "provisioned"
SERVICES: Final = ("dynamodb", "s3", "cloudformation")
"""As boto3 names them."""


class Provisioning:
    """Tables, buckets, roles, queues, rules and state machines of a template, on the engines of a stack."""

    def __init__(
        self,
        resolver: Resolver,
        client: Callable[[str], Any],
        folders: Sequence[Path],
        endpoints: Mapping[str, str],
        save: Callable[[], object],
    ) -> None:
        """`client` makes a client of a service. `save` returns when the engine of AWS has everything on its disk, and
        raises OSError where it does not answer. `folders` are what the engines keep; none, where an engine that is not
        ours has a part of it: then everything is made at each start."""
        self._resolver = resolver
        self._client = client
        self._notes = [folder / NOTE for folder in folders]
        self._save = save
        self._clients: dict[str, Any] = {}
        self._digest = digest_of(resolver, endpoints)

    @property
    def is_made(self) -> bool:
        """Whether the engines keep what the template asks for."""
        return bool(self._notes) and all(read(note) == self._digest for note in self._notes)

    def prepare(self) -> None:
        """Does what needs no engine: loads what boto3 knows of the services, a part of a second."""
        self._clients = {service: self._client(service) for service in SERVICES}

    def make(self) -> None:
        """Makes what is not there, and changes what is different. Raises TemplateError, and what boto3 raises."""
        if not self._clients:
            self.prepare()
        for note in self._notes:
            note.unlink(missing_ok=True)
        with ThreadPoolExecutor(len(SERVICES), thread_name_prefix="provision") as threads:
            made = [
                threads.submit(make, self._resolver, self._clients[service])
                for service, make in zip(SERVICES, MAKE, strict=True)
            ]
        for one in made:
            one.result()
        if self._notes:
            self._note()

    def _note(self) -> None:
        """Where the engine of AWS does not answer, nothing is noted, and the next start makes everything again."""
        with suppress(OSError):
            self._save()
            for note in self._notes:
                note.write_text(self._digest, encoding="ascii")


MAKE: Final[tuple[Callable[[Resolver, Any], None], ...]] = (
    provision.provision_tables,
    provision.provision_buckets,
    deployment.deploy,
)
"""What makes the part of each service, in the order of SERVICES."""


def digest_of(resolver: Resolver, endpoints: Mapping[str, str]) -> str:
    """Returns what changes with anything that is made, with what makes it, or with where it is made."""
    made_of = [
        provision.provisioned(resolver),
        deployment.document(resolver),
        sorted(endpoints.items()),
        version("ministack"),
        *(Path(str(module.__file__)).read_text("utf-8") for module in (provision, deployment)),
    ]
    return hashlib.blake2b(json.dumps(made_of).encode(), digest_size=16).hexdigest()


def read(note: Path) -> str:
    """Returns what was noted; "" where there is nothing."""
    try:
        return note.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
