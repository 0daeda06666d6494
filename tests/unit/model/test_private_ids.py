"""Ids that say more than which execution is meant are told by their form; ids of machines are left alone."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.model import ids
from spanvas.model.private_ids import is_private

SECRET = "A1b2C3d4E5f6" * 3


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com", "chat:ada.lovelace@mail.example.org:7", "ada%40example.org", "j\u00fcrgen@example.de",
        "+49 170 1234567", "whatsapp:+15551234567", "tel:0301234567", "thread-%2B15551234567",
        "123-45-6789", "member-123-45-6789-a",
        "4111111111111111", "card-4111-1111-1111-1111", "DE89370400440532013000", "de89 3704 0044 0532 0130 00",
        "10.1.2.3", "client-192.168.0.17:5432",
        f"ghp_{SECRET}", f"session:sk-proj-{SECRET}", "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "postgres://ada:hunter2@db/orders", "password=hunter2",
    ],
)  # fmt: skip
def test_personal_data_and_secrets_are_told(text: str) -> None:
    assert is_private(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "exec_01jdyk3f9q8r7s6t5v4w3x", "patients/7",
        "arn:aws:states:eu-west-1:123456789012:execution:triage:0b1c-22",
        "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST/durable-execution/order-7/0b1c2d3e-0000-4000-8000-41111",
        "0b1c2d3e-0000-4000-8000-000000000000", "4111aaaa-1111-4111-8111-111111111111", "run-1764447000123",
        "1764447000123456789", "2026-11-29T10:00:00+00:00", "2026-11-29", "v1.2.3.4", "app@sha256:ab", "a@b",
        "cs_test_a1b2c3d4e5f6", "thread_abc123", "sk-learn-contrib-a-long-package-name", "telephony-2", "token-7",
        "4111111111111112", "DE89370400440532013001", "999-45-6789", "f" * 1_000,
    ],
)  # fmt: skip
def test_ids_of_machines_are_left_alone(text: str) -> None:
    assert not is_private(text)


@given(st.uuids())
def test_no_uuid_is_private(value: UUID) -> None:
    assert not is_private(str(value))


def test_an_execution_whose_id_is_private_has_a_digest_for_its_id_and_no_other() -> None:
    assert ids.as_execution_id("ada@example.com") == "digest-4c50d4e4cfc9540bcd93ba0a"
    assert ids.as_execution_id(" ada@example.com ") == "digest-4c50d4e4cfc9540bcd93ba0a"
    assert (
        ids.as_execution_id("digest-4c50d4e4cfc9540bcd93ba0a") == "digest-4c50d4e4cfc9540bcd93ba0a"
    )
    assert ids.external_id_of("ada@example.com") == ""
    assert ids.external_id_of("chat/ada@example.com") == ""


def test_of_a_sentence_no_word_is_in_the_id() -> None:
    assert ids.as_execution_id("Answer the letter of Ada") == "digest-93021f70ee1bc149309201d4"
    assert ids.external_id_of("Answer the letter of Ada") == "Answer the letter of Ada"
    assert ids.as_execution_id("user 42/session") == "user-42-session-fba60628a9fb"


def test_a_workflow_or_a_node_whose_name_is_private_has_a_digest_and_a_tenant_has_none() -> None:
    assert ids.as_name("mail to ada@example.com") == "digest-3124e7c541ef53ea6332fad0"
    assert ids.as_name("Answer the letter of Ada") == "Answer-the-letter-of-Ada-f2deec429205"
    assert ids.as_tenant("123-45-6789") == "123-45-6789"


@given(st.emails(), st.text("ab-/ ", max_size=20))
def test_an_address_never_gets_into_an_id(address: str, before: str) -> None:
    called = f"{before}{address}"
    made = ids.as_execution_id(called)

    assert made.startswith("digest-")
    assert ids.as_execution_id(made) == made
    assert ids.is_execution_id(made)
