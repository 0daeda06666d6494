"""Markdown and tables as their authors meant them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from local.stack import Stack
from tests.browser.stored_traces import StoredRun

pytestmark = pytest.mark.browser

MARKDOWN = "# &copy; 2026 &mdash; caf&eacute;\n\nIn code: `&copy; &lt;b&gt;`, [a&amp;b](https://a.example/?b=1&amp;c=2)\n"
TABLES = {
    "cr.csv": b'name;said\rAda;hello\rBob;"two\rlines"',
    "pipes.csv": b'\xef\xbb\xbfname|said\r\nAda|hello, you\nBob|"a|b"\r',
}


def test_character_references_are_decoded_in_text_and_addresses_and_not_in_code(
    page: Page, stack: Stack
) -> None:
    run = StoredRun(stack)
    run.write(
        run.span("run", None, 0, 10, kind="workflow", attributes={"spanvas.output": MARKDOWN})
    )
    run.end("succeeded", 10)
    page.goto(run.url)
    shown = page.locator(".sv-markdown")
    expect(shown.locator(".sv-md-heading")).to_have_text("© 2026 — café")
    expect(shown.locator("code")).to_have_text("&copy; &lt;b&gt;")
    expect(shown.get_by_role("link", name="a&b")).to_have_attribute(
        "href", "https://a.example/?b=1&c=2"
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("cr.csv", [["Ada", "hello"], ["Bob", "two\rlines"]]),
        ("pipes.csv", [["Ada", "hello, you"], ["Bob", "a|b"]]),
    ],
)
def test_tables_of_any_line_end_and_delimiter_are_tables(
    page: Page, stack: Stack, name: str, rows: list[list[str]]
) -> None:
    run = StoredRun(stack)
    attributes = run.file(name, "text/csv", TABLES[name])
    run.write(run.span("run", None, 0, 10, kind="workflow", attributes=attributes))
    run.end("succeeded", 10)
    page.goto(run.url)
    page.get_by_role("button", name="Preview").first.click()
    table = page.get_by_role("region", name="Table")
    expect(table.get_by_role("columnheader")).to_have_text(["name", "said"])
    cells = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert cells == rows
