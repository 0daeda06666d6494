"""The region of a stack on this machine is the user's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local.state import StackError
from local.user_region import user_region


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`~/.aws/config`, and no variable that names a region or a profile."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    path = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def test_nothing_chosen_is_us_east_1() -> None:
    assert user_region(os.environ) == "us-east-1"


def test_variables_go_before_the_configuration_file(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.write_text("[default]\nregion = eu-central-1\n", encoding="utf-8")
    assert user_region(os.environ) == "eu-central-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert user_region(os.environ) == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")
    assert user_region(os.environ) == "ap-southeast-2"


def test_a_profile_has_its_own_region(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration.write_text("[profile work]\nregion = sa-east-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert user_region(os.environ) == "sa-east-1"


def test_a_profile_that_does_not_exist_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert user_region(os.environ) == "us-east-1"


@pytest.mark.parametrize("content", ["not a file of settings", "[default]\nregion =\n"])
def test_a_configuration_that_says_nothing_is_none(configuration: Path, content: str) -> None:
    configuration.write_text(content, encoding="utf-8")
    assert user_region(os.environ) == "us-east-1"


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "ap-southeast-2"])
def test_regions_of_every_partition_are_known(region: str) -> None:
    assert user_region({"AWS_REGION": region}) == region


@pytest.mark.parametrize("region", ["moon-1", "eu-central-1a", "eu-central-1 ", "-"])
def test_what_is_no_region_is_told_with_what_to_do(region: str) -> None:
    with pytest.raises(StackError) as caught:
        user_region({"AWS_REGION": region})
    assert str(caught.value) == (
        f"'{region}' is no AWS region that is known here. "
        "Choose one, for example with AWS_REGION=us-east-1"
    )
