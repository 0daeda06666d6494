"""What redaction finds of a labelled set, and what it takes away that is harmless."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.bench.figures import Figure, rounded
from tests.builders import make_span
from tests.labelled_texts import labelled, survives, telemetry

CHUNK = 2_048
CHUNKS = 500
CONTENT = "spanvas.output"


def redaction_recall() -> list[Figure]:
    redactor = Redactor("redacted", 10_000, Scanner())

    def redacted(text: str) -> str:
        span = redactor.redact(make_span("a", attributes={CONTENT: text}))
        return str(span.attributes[CONTENT])

    secrets = list(labelled())
    missed = sum(survives(item.secret, redacted(item.text)) for item in secrets)
    lines = list(telemetry())
    altered = sum(redacted(line) != line for line in lines)
    code = list(code_chunks())
    removed = sum(characters_removed(chunk, redacted(chunk)) for chunk in code)
    share = 100 * removed / sum(map(len, code))
    return [
        Figure("redaction: labelled secrets that were missed", missed, "", "<= 16", len(secrets)),
        Figure("redaction: lines of telemetry that were altered", altered, "", "<= 0", len(lines)),
        Figure(
            "redaction: characters of the standard library's code that were removed",
            rounded(share),
            "%",
            "<= 0.15",
            len(code),
        ),
    ]


def code_chunks() -> Iterator[str]:
    """The first of the standard library's modules, in pieces."""
    found = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        text = path.read_text("utf-8", "replace")
        for at in range(0, len(text) - CHUNK, CHUNK):
            if found == CHUNKS:
                return
            found += 1
            yield text[at : at + CHUNK]


def characters_removed(before: str, after: str) -> int:
    """Characters that are no longer there; markers count as none."""
    if before == after:
        return 0
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return len(before) - sum(block.size for block in blocks)
