"""The second looks at numbers: check digits and issuers."""

from __future__ import annotations

import pytest

from spanvas.privacy.rules import contacts, payment
from spanvas.privacy.rules import rule as checks


@pytest.mark.parametrize(
    ("number", "is_card"),
    [
        ("4111111111111111", True),  # Visa
        ("4222222222222", True),  # Visa, 13 digits
        ("5555555555554444", True),  # Mastercard
        ("2221000000000009", True),  # Mastercard's newer range
        ("378282246310005", True),  # American Express
        ("30569309025904", True),  # Diners Club
        ("38520000023237", True),  # Diners Club
        ("6011111111111117", True),  # Discover
        ("3530111333300000", True),  # JCB
        ("6759649826438453", True),  # Maestro
        ("4111111111111112", False),  # wrong check digit
        ("411111111111", False),  # too short for its issuer
        ("55555555555544", False),
        ("3782822463100", False),
        ("1234567812345670", False),  # right check digit, no issuer
        ("0000000000000000", False),
    ],
)
def test_payment_cards_have_an_issuer_and_a_check_digit(number: str, is_card: bool) -> None:
    assert payment.is_payment_card(number) is is_card


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001:db8::1", True),
        ("fe80::1", True),
        ("1::2::3", False),
        ("::1", False),
        ("::", False),
        ("abc::def", False),
    ],
)
def test_ipv6(text: str, expected: bool) -> None:
    assert contacts.is_ipv6(text) is expected


def test_placeholders_are_no_secrets() -> None:
    assert not checks.is_secret_value("None")
    assert not checks.is_secret_value("$DB_PASSWORD")
    assert not checks.is_secret_value("*******")
    assert checks.is_secret_value("hunter2")
