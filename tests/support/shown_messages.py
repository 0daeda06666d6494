"""Writes what the API answers of every shape of message, for the tests of the page to draw."""

from __future__ import annotations

import json
from typing import Any

from spanvas.semantics.messages import message_of
from tests.support.message_shapes import FOLDER, Filled, counted_words, shapes


def shown_messages() -> list[dict[str, Any]]:
    """Returns `[{sender, message, leaves}]`: a message in form and the texts that the page has to show."""
    found = []
    word = counted_words()
    for sender, shape in shapes():
        # the page's numbers are not part of this: an integer of any size is its own test
        filled = Filled(shape, word, lambda: 123_456_789)
        message = message_of(filled.message, "assistant")
        found.append({"sender": sender, "message": message, "leaves": filled.leaves})
    return found


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(item) for item in shown_messages())
    (FOLDER / "shown.json").write_text(f"[\n{lines}\n]\n")
