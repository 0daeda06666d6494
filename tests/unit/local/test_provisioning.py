"""What the template asks of the engines is made service by service, at the same time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from local import provisioning as module
from local.provisioning import provisioning
from local.resolve import Resolver
from tests.support.aws_from_template import deployed_stack


def makers(monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    monkeypatch.setattr(module, "MAKERS", dict.fromkeys(("dynamodb", "s3", "cloudformation"), make))


def test_each_service_is_given_its_client_and_none_waits_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[str] = []
    together = threading.Barrier(3, timeout=60)

    def make(_resolver: Resolver, client: str) -> None:
        together.wait()
        found.append(client)

    makers(monkeypatch, make)
    provision = provisioning(deployed_stack(), lambda service: f"client of {service}")
    assert found == []
    for _ in range(2):
        provision()
    assert sorted(found) == [
        "client of cloudformation", "client of cloudformation",
        "client of dynamodb", "client of dynamodb",
        "client of s3", "client of s3",
    ]  # fmt: skip


def test_what_one_cannot_make_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(_resolver: Resolver, client: str) -> None:
        if client == "s3":
            raise ConnectionError("s3 is not there")

    makers(monkeypatch, make)
    with pytest.raises(ConnectionError, match="s3 is not there"):
        provisioning(deployed_stack(), lambda service: service)()
