"""Failures of both kinds of clients become errors of the store."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import aws
from spanvas.storage.direct.failures import CallError, ConditionalCheckFailedException


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "PutItem")


@pytest.mark.parametrize(
    ("error", "code", "seconds"),
    [
        (CallError("ThrottlingException"), "ThrottlingException", 2),
        (CallError("AccessDeniedException"), "AccessDeniedException", 5),
        (CallError("TimeoutError", is_answer=False), "TimeoutError", 2),
        (client_error("Throttling"), "Throttling", 2),
        (client_error("ValidationException"), "ValidationException", 5),
        (ReadTimeoutError(endpoint_url="u"), "ReadTimeoutError", 2),
    ],
)
def test_failures_of_both_kinds_of_clients_become_ours(
    error: Exception, code: str, seconds: int
) -> None:
    with pytest.raises(StoreUnavailableError) as caught, aws.translate_errors("writing"):
        raise error
    assert str(caught.value) == f"the store failed writing: {code}"
    assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize(
    "error",
    [
        ConditionalCheckFailedException(),
        client_error("ConditionalCheckFailedException"),
        KeyError("ours"),
    ],
    ids=repr,
)
def test_what_is_no_failure_of_the_store_passes(error: Exception) -> None:
    with pytest.raises(type(error)), aws.translate_errors("writing"):
        raise error


def test_without_botocore_an_error_of_ours_passes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "botocore.exceptions")
    with pytest.raises(KeyError), aws.translate_errors("writing"):
        raise KeyError("ours")
