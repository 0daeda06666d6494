"""Words that the house has given up for the field's own: none of them comes back, in code or in docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = (
    "layers",
    "functions",
    "local",
    "standins",
    "tools",
    "frontend/src",
    "tests",
    "docs",
)
SUFFIXES: Final = frozenset({".py", ".ts", ".tsx", ".md", ".yaml"})
HISTORY: Final = ("docs/adr",)
"""Decisions keep the words of their day."""
ALIASES: Final = "frontend/src/lib/index.ts"
"""Keeps the former names of the library for one release."""
NOT_OURS: Final = frozenset({"node_modules", "__pycache__", "fixtures", "dist"})

INSTEAD: Final = {
    "door": "public API",
    "TriedNode": "RetriedNode",
    "Sighting": "ExecutionUpdate",
    "first_seen": "create_from",
    "seen_again": "merge_update",
    "Naming": "WorkflowIdentity",
    "Ending": "ExecutionEnd",
    "HandedOut": "ContainerCredentials",
    "handed_out": "container_credentials",
    "KnownTexts": "CleanTextCache",
    "Standing": "LeaseState",
    "Taking": "ClaimResult",
    "Arrival": "InboundContext",
    "Passed": "RemoteContext",
    "is_adopted": "is_named",
    "is_passed_on": "is_continued",
    "told_cut": "timeout_reported",
    "closes_later": "deferred_runs",
    "side_by_side": "run_concurrently",
    "TracePlace": "ViewState",
    "TracePlaces": "ViewStateStore",
    "breathe": "yieldToMain",
    "inPieces": "runInSlices",
    "onPart": "onProgress",
}


BY_DOMAIN: Final = (
    "Answer",
    "Message",
    "Outcome",
    "Problem",
    "Request",
    "Response",
    "Result",
)
"""Names of classes that several domains want: each takes its domain's word before it, as `ExportOutcome` does."""
PRODUCT: Final = ("layers", "functions", "local", "standins", "tools")
PUBLIC_NAMES: Final = (
    "functions/spanvas_api/wire/problems.py: Problem",
    "functions/spanvas_api/wire/span.py: Message",
)
"""Schemas of the API, which its callers know by these names."""
SERVER: Final = ("local/http_message.py: Request", "local/http_message.py: Response")
"""What the local servers take and give: those of the layer and of the API have names of their own."""


def test_words_that_were_given_up_are_used_nowhere() -> None:
    banned = re.compile(r"\b(" + "|".join(INSTEAD) + r")\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {word}, say {INSTEAD[word]}"
        for path in files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for word in banned.findall(line)
    ]
    assert found == []


def test_a_class_that_several_domains_have_is_named_by_its_domain() -> None:
    defined = re.compile(r"^class (" + "|".join(BY_DOMAIN) + r")\b", re.MULTILINE)
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PRODUCT
        for name in defined.findall(path.read_text("utf-8"))
    }
    assert found == {*PUBLIC_NAMES, *SERVER}


def test_the_api_answers_pages_and_only_messages_have_parts() -> None:
    described = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    page = r"\b(?:in parts|(?:each|next|stored|this) parts?|part before|a part of it)\b"
    assert re.findall(page, described) == []


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if (
                path.suffix in SUFFIXES
                and NOT_OURS.isdisjoint(inside.parts)
                and not inside.as_posix().startswith(HISTORY)
                and inside.as_posix() != ALIASES
                and path != Path(__file__)
            ):
                yield path
