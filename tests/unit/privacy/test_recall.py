"""How much of a labelled set is found, and how much of what is harmless is touched."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.support.builders import make_span
from tests.support.harmless_lines import harmless_lines
from tests.support.harmless_texts import harmless
from tests.support.labelled_numbers import CARD_FORMS, IBAN_FORMS
from tests.support.labelled_places import APART, HIDDEN
from tests.support.labelled_texts import (
    ASSIGNED,
    BARE,
    KEYS,
    NAMED,
    PERSONAL,
    labelled,
    survives,
    telemetry,
)

TEXTS = Path(__file__).parents[3] / "functions" / "executor" / "workflows" / "texts"


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor("redacted", 10_000, Scanner())


def redacted(redactor: Redactor, content: Any) -> str:
    span = redactor.redact(make_span("a", attributes={"spanvas.output": content}))
    return str(span.attributes["spanvas.output"])


def test_the_set_is_as_large_as_is_said() -> None:
    formats = Counter(text.format for text in labelled())
    assert len(formats) == len(KEYS) + len(PERSONAL) + len(ASSIGNED) == 152
    plain = 4 * 149 * len(BARE) + 10 * 3 * len(NAMED)
    hidden, apart = 149 * len(HIDDEN), 10 * 3 * len(APART)
    numbers = 20 * (len(CARD_FORMS) + len(IBAN_FORMS))
    assert (plain, hidden, apart, numbers) == (3_400, 2_384, 1_290, 840)
    assert formats.total() == plain + hidden + apart + numbers == 7_914


def test_every_secret_of_the_labelled_set_is_found_in_every_place(redactor: Redactor) -> None:
    missed = Counter(
        (text.format, text.place)
        for text in labelled()
        if survives(text.secret, redacted(redactor, text.content))
    )
    assert missed == {}


def test_a_secret_with_no_name_and_no_form_of_its_own_is_not_promised(redactor: Redactor) -> None:
    assert redacted(redactor, "My key is 8fQ2kLm9XzR4tYw1") == "My key is 8fQ2kLm9XzR4tYw1"


def test_telemetry_stays_as_it_is(redactor: Redactor) -> None:
    lines = list(telemetry())
    assert len(lines) == 3_000
    assert [line for line in lines if redacted(redactor, line) != line] == []


def test_what_only_looks_like_a_secret_or_personal_stays_as_it_is(redactor: Redactor) -> None:
    lines = [*harmless(), *harmless_lines()]
    assert len(lines) == 6_000
    assert [line for line in lines if redacted(redactor, line) != line] == []


def test_prose_stays_as_it_is(redactor: Redactor) -> None:
    paragraphs = [
        paragraph
        for path in sorted(TEXTS.glob("*.txt"))
        for paragraph in path.read_text("utf-8").split("\n\n")
    ]
    assert len(paragraphs) > 10
    assert [text for text in paragraphs if redacted(redactor, text) != text] == []


def test_what_surrounds_a_secret_stays(redactor: Redactor) -> None:
    text = json.dumps([json.dumps({"note": "write to ada@example.org today"})])
    assert json.loads(json.loads(redacted(redactor, text))[0]) == {
        "note": "write to [REDACTED:email] today"
    }
