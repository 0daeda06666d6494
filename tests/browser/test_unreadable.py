"""Items that the API cannot read, in a real table: the history and the trace say so, and show everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from local.identity.clients import DEMO_TENANT
from local.stack import Stack
from spanvas.storage import items
from tests.browser.conftest import run_to_its_end

pytestmark = pytest.mark.browser

WORKFLOW = "shipping-notice"


class Spoiled(NamedTuple):
    """Execution ids: one that a newer version has written and that can be read, one that cannot be, one that is broken,
    and one with a chunk that cannot be read."""

    newer: str
    unknown: str
    broken: str
    partial: str


@pytest.fixture(scope="module")
def spoiled(stack: Stack) -> Spoiled:
    with stack.api() as api:
        runs = Spoiled(*(run_to_its_end(api, WORKFLOW) for _ in Spoiled._fields))
    table = Table(stack)
    table.change(runs.newer, items.META, v=items.n(2))
    table.change(runs.unknown, items.META, v=items.n(2), status=items.s("paused"))
    table.change(runs.broken, items.META, cause=items.s("{"))
    table.add(runs.partial, items.ROWS + "ff", data=items.b(b"of another version"))
    return runs


def open_trace(page: Page, execution_id: str) -> None:
    page.goto(f"/?workflow={WORKFLOW}&execution={execution_id}")


class Table:
    def __init__(self, stack: Stack) -> None:
        self._client = stack.boto3_client("dynamodb")
        tables = self._client.list_tables()["TableNames"]
        (self._name,) = (name for name in tables if "Audit" not in name)

    def change(self, execution_id: str, sort: str, **attributes: Any) -> None:
        item = self._item(execution_id, sort)
        self._client.put_item(TableName=self._name, Item={**item, **attributes})

    def add(self, execution_id: str, sort: str, **attributes: Any) -> None:
        meta = self._item(execution_id, items.META)
        kept = {name: meta[name] for name in ("pk", items.TTL_ATTRIBUTE)}
        added = {**kept, "sk": items.s(sort), **attributes}
        self._client.put_item(TableName=self._name, Item=added)

    def _item(self, execution_id: str, sort: str) -> dict[str, Any]:
        key = items.key(DEMO_TENANT, execution_id, sort)
        return dict(self._client.get_item(TableName=self._name, Key=key)["Item"])


def test_the_history_shows_what_it_cannot_read_as_a_line_of_its_own(
    page: Page, spoiled: Spoiled
) -> None:
    page.goto("/")
    unknown = page.get_by_role("row").filter(has_text=spoiled.unknown[-6:])
    rows = page.get_by_role("row")

    expect(rows.filter(has_text="cannot be read")).to_have_count(1)
    expect(rows.filter(has_text="newer version")).to_have_count(2)
    expect(rows.filter(has_text="cannot be read").get_by_role("link")).to_have_count(0)
    expect(unknown).to_contain_text("written by a newer version")
    expect(rows.filter(has_text="failed").first).to_be_visible()


def test_a_trace_that_lacks_a_part_is_shown_and_says_so(page: Page, spoiled: Spoiled) -> None:
    open_trace(page, spoiled.partial)

    expect(page.get_by_text("partial: 1 chunk of the trace cannot be read")).to_be_visible()


def test_an_execution_that_cannot_be_read_is_said_to_be_of_a_newer_version(
    page: Page, spoiled: Spoiled, complaints: list[str]
) -> None:
    open_trace(page, spoiled.unknown)

    expect(page.get_by_role("alert")).to_contain_text("This execution cannot be shown")
    expect(page.get_by_role("alert")).to_contain_text("A newer version of Spanvas has written this")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    complaints[:] = [line for line in complaints if "409" not in line]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_pictures_of_them(
    context: BrowserContext, spoiled: Spoiled, screenshots: Path, scheme: Any, width: int
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(ViewportSize(width=width, height=900))
    page.goto("/")
    expect(page.get_by_text("cannot be read", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=screenshots / f"unreadable-history-{scheme}-{width}.png")
    for name, execution_id in (("newer", spoiled.newer), ("partial", spoiled.partial)):
        open_trace(page, execution_id)
        expect(page.get_by_role("treeitem").first).to_be_visible()
        page.screenshot(path=screenshots / f"unreadable-{name}-{scheme}-{width}.png")
    open_trace(page, spoiled.unknown)
    expect(page.get_by_role("alert")).to_be_visible()
    page.screenshot(path=screenshots / f"unreadable-unknown-{scheme}-{width}.png")
