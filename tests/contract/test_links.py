"""Links between the documents lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def links_of(page: Path) -> list[str]:
    found = LINK.findall(FENCE.sub("", page.read_text("utf-8")))
    links = [one or other for one, other in found]
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def anchors_of(page: Path) -> set[str]:
    """Anchors as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors_of(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert [link for link in links_of(page) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_an_address_of_an_execution_is_one_that_the_page_reads(page: Path) -> None:
    addresses = re.findall(r"https?://[^\s/`]+/executions/[^\s`]*", page.read_text("utf-8"))
    assert addresses == []


def test_every_decision_is_in_the_list_by_its_title() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    titles = [page.read_text("utf-8").splitlines()[0] for page in decisions]
    expected = [
        f"- {page.name[:4]} [{title.partition('. ')[2]}]({page.name})"
        for page, title in zip(decisions, titles, strict=True)
    ]
    listed = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8").splitlines()
    assert [line for line in listed if line.startswith("- ")] == expected


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in links_of(page)
        if link.partition("#")[0]
    }
    folders = {path for path in linked if path.is_dir()}
    unlinked = [page for page in PAGES if page not in linked and page.parent not in folders]
    assert [page.name for page in unlinked] == ["README.md"]
