"""Exceptions of classes that cannot be asked fail their spans like any other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import spanvas
from tests.support.recording import Recording, execution_of


class NoMessage(Exception):
    """It has none."""

    def __str__(self) -> str:
        raise ValueError

    __repr__ = __str__


class NoType(Exception):
    """It fails at saying its type."""

    @property
    def error_type(self) -> str:
        """Raises."""
        raise RuntimeError


class NoAttributes(Exception):
    """It has no attributes of others'."""

    def __getattribute__(self, name: str) -> Any:
        if "spanvas" in name or name in ("error_type", "__cause__", "__context__"):
            raise RuntimeError(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("error", [NoMessage(), NoType(), NoAttributes()])
def test_an_exception_that_cannot_be_asked_fails_its_execution(
    recorded: Recording, error: Exception
) -> None:
    with (
        pytest.raises(type(error)),
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
    ):
        raise error
    assert recorded.span("draft").status == "error"
    execution = execution_of(recorded)
    assert execution.status == "failed"
    assert execution.cause is not None
    assert execution.cause.error_type.endswith(type(error).__name__)


@pytest.mark.parametrize("error", [NoMessage(), NoType(), NoAttributes()])
def test_a_generation_that_failed_of_it_is_recorded(recorded: Recording, error: Exception) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        spanvas.record_generation(model="small", error=error)
        spanvas.end_execution(error)
    assert recorded.span("chat small").status == "error"
    assert execution_of(recorded).status == "failed"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SystemExit(), "succeeded"),
        (SystemExit(0), "succeeded"),
        (SystemExit(3), "failed"),
        (SystemExit("no input"), "failed"),
        (BaseExceptionGroup("all", [asyncio.CancelledError()] * 2), "cancelled"),
        (BaseExceptionGroup("some", [asyncio.CancelledError(), ValueError()]), "failed"),
    ],
)
def test_exits_and_groups_are_errors_by_what_is_in_them(
    recorded: Recording, error: BaseException, status: str
) -> None:
    with (
        pytest.raises(type(error)),
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
    ):
        raise error
    assert execution_of(recorded).status == status
