"""What redaction finds of a labelled set, and what it takes away that is harmless.

`python -m tests.bench.layer_recall` says it place by place, without a bench around it.
"""

from __future__ import annotations

import sysconfig
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.bench.figures import Figure, rounded
from tests.support.builders import make_span
from tests.support.harmless_lines import harmless_lines
from tests.support.harmless_texts import harmless
from tests.support.labelled_texts import Labelled, labelled, survives, telemetry

CHUNK = 2_048
CHUNKS = 500
CONTENT = "spanvas.output"


def redaction_recall() -> list[Figure]:
    redacted = make_redacted()
    secrets = list(labelled())
    missed = len(missed_of(secrets, redacted))
    lines, lookalikes = list(telemetry()), [*harmless(), *harmless_lines()]
    code = list(code_chunks())
    removed = sum(characters_removed(chunk, redacted(chunk)) for chunk in code)
    share = 100 * removed / sum(map(len, code))
    return [
        Figure("redaction: labelled secrets that were missed", missed, "", "<= 16", len(secrets)),
        Figure(
            "redaction: lines of telemetry that were altered",
            len(altered(lines, redacted)),
            "",
            "<= 0",
            len(lines),
        ),
        Figure(
            "redaction: harmless lookalikes that were altered",
            len(altered(lookalikes, redacted)),
            "",
            "<= 0",
            len(lookalikes),
        ),
        Figure(
            "redaction: characters of the standard library's code that were removed",
            rounded(share),
            "%",
            "<= 0.15",
            len(code),
        ),
    ]


def make_redacted() -> Callable[[Any], str]:
    """What is kept of a content, as text."""
    redactor = Redactor("redacted", 10_000, Scanner())

    def redacted(content: Any) -> str:
        span = redactor.redact(make_span("a", attributes={CONTENT: content}))
        return str(span.attributes[CONTENT])

    return redacted


def missed_of(secrets: Iterable[Labelled], redacted: Callable[[Any], str]) -> list[Labelled]:
    return [item for item in secrets if survives(item.secret, redacted(item.content))]


def altered(lines: Iterable[str], redacted: Callable[[Any], str]) -> list[str]:
    return [line for line in lines if redacted(line) != line]


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


def main() -> None:
    secrets, redacted = list(labelled()), make_redacted()
    missed = Counter(item.place for item in missed_of(secrets, redacted))
    for place, count in Counter(item.place for item in secrets).items():
        print(f"| {place} | {count:,} | {100 * (1 - missed[place] / count):.1f} % |")
    for figure in redaction_recall():
        print(f"{figure.figure}: {figure.value:g} {figure.unit} of {figure.samples:,}")


if __name__ == "__main__":
    main()
