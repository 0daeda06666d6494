"""What the engines keep is made once, and again when there is any doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import provisioning as module
from local.provisioning import Provisioning
from tests.support.aws_from_template import deployed_stack


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clients with which something was made, in alphabetical order within one start."""
    found: list[str] = []
    monkeypatch.setattr(module, "MAKE", (lambda _resolver, client: found.append(client),) * 3)
    return found


@pytest.fixture
def saved() -> list[str]:
    return []


@pytest.fixture
def provisioning(tmp_path: Path, saved: list[str]) -> Any:
    """Makes what a start makes: with the folders of two engines, and other endpoints where they are given."""
    folders = [tmp_path / name for name in ("aws", "dynamodb")]
    for folder in folders:
        folder.mkdir()

    def start(
        are_ours: bool = True,
        save: Callable[[], object] = lambda: saved.append("saved"),
        **more: str,
    ) -> Provisioning:
        endpoints = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", **more}
        noted = folders if are_ours else []
        return Provisioning(deployed_stack(), lambda service: service, noted, endpoints, save)

    return start


def test_a_second_start_makes_nothing(
    provisioning: Callable[..., Provisioning], made: list[str], saved: list[str]
) -> None:
    first = provisioning()
    assert not first.is_made
    first.make()
    assert sorted(made) == ["cloudformation", "dynamodb", "s3"]
    assert saved == ["saved"]
    assert provisioning().is_made


def test_another_template_or_engine_is_made(
    provisioning: Callable[..., Provisioning], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provisioning().make()
    assert not provisioning(AWS_ENDPOINT_URL_S3="http://elsewhere").is_made
    properties = {"TraceTable": {"BillingMode": "PROVISIONED"}}
    monkeypatch.setattr("local.provision.provisioned", lambda _resolver: properties)
    assert not provisioning().is_made


def test_what_an_engine_kept_and_is_deleted_is_made_again(
    provisioning: Callable[..., Provisioning], made: list[str], tmp_path: Path
) -> None:
    provisioning().make()
    (tmp_path / "dynamodb" / "provisioned").unlink()
    assert not provisioning().is_made


def test_what_failed_half_way_is_made_again(
    provisioning: Callable[..., Provisioning], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provisioning().make()

    def fail(_resolver: object, _client: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(module, "MAKE", (fail,) * 3)
    with pytest.raises(ConnectionError):
        provisioning().make()
    assert not provisioning().is_made


def test_what_the_engine_could_not_save_is_made_again(
    provisioning: Callable[..., Provisioning], made: list[str]
) -> None:
    def fail() -> None:
        raise ConnectionError

    provisioning(save=fail).make()
    assert not provisioning().is_made


def test_an_engine_of_somebody_else_is_asked_at_each_start(
    provisioning: Callable[..., Provisioning], made: list[str], saved: list[str]
) -> None:
    provisioning(are_ours=False).make()
    assert saved == []
    assert not provisioning(are_ours=False).is_made
