"""What becomes of a result on its way to the caller."""

from __future__ import annotations

import pytest

from spanvas.tracing.invocation import ResponseFault, fault_of, fault_of_response


class RuntimesFault(Exception):
    """As `awslambdaric` has them: it keeps its message from `Exception`."""

    def __init__(self, exception_type: str, msg: str) -> None:
        self.exception_type = exception_type
        self.msg = msg


@pytest.mark.parametrize(
    "body",
    ["", "null", "x" * 6_291_556, "é" * 3_145_778, b"x" * 6_291_556, "🙂" * 1_572_889],
    ids=["empty", "null", "text", "two bytes a character", "bytes", "four bytes a character"],
)
def test_up_to_6291556_bytes_are_delivered(body: str | bytes) -> None:
    assert fault_of_response((body, "application/json")) is None


@pytest.mark.parametrize("body", ["x" * 6_291_557, b"x" * 6_291_557, "x" + "é" * 3_145_778])
def test_one_byte_more_is_not(body: str | bytes) -> None:
    fault = fault_of_response((body, "application/json"))
    assert fault is not None
    assert (fault.error_type, str(fault)) == (
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    )


def test_a_text_that_is_no_utf_8_ends_the_runtime() -> None:
    fault = fault_of_response(('"\ud83d"', "application/json"))
    assert fault is not None
    assert fault.error_type == "Runtime.ExitError"
    assert str(fault).startswith("Runtime exited with error: exit status 1: 'utf-8' codec")


def test_a_fault_of_the_runtime_keeps_its_type_and_its_message() -> None:
    fault = fault_of(RuntimesFault("Runtime.MarshalError", "Unable to marshal response: no"))
    assert isinstance(fault, ResponseFault)
    assert (fault.error_type, str(fault)) == (
        "Runtime.MarshalError",
        "Unable to marshal response: no",
    )


def test_any_other_exception_of_a_marshaller_is_the_cause_itself() -> None:
    error = OSError("no room")
    assert fault_of(error) is error
