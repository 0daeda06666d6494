"""Two real runs of a workflow: what is different in their texts is seen, and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from local.stack import Stack
from spanvas.model.span import Event
from tests.browser.stored_traces import StoredRun
from tests.browser.waiting import eventually, expect_no_wider_than

pytestmark = pytest.mark.browser

LINES = [{"sku": f"s{number}", "count": number} for number in range(20)]
ORDER = {"id": 4711, "to": {"name": "Ada", "city": "Bonn"}, "lines": LINES}
WORDS = [f"word{n % 977}" for n in range(6_000)]


def ended(stack: Stack, workflow_id: str, status: str = "ok", **values: Any) -> StoredRun:
    """A run with one node, `draft`, that has this input and this output."""
    run = StoredRun(stack, workflow_id)
    attributes = {"spanvas.node.id": "draft"}
    attributes |= {f"spanvas.{name}": value for name, value in values.items()}
    failed = status == "error"
    what = {"exception.type": "TooSlow", "exception.message": "no answer"}
    events = (Event("exception", run.start, what),)
    run.write(
        run.span("run", None, 0, 100, kind="workflow", status=status),
        run.span("draft", "run", 1, 50, attributes=attributes, status=status, events=events if failed else ()),
    )  # fmt: skip
    run.end("failed" if failed else "succeeded", 100)
    return run


def open_both(page: Page, left: StoredRun, right: StoredRun) -> Locator:
    page.goto(f"/?workflow={right.workflow_id}&execution={right.id}&with={left.id}")
    draft = page.get_by_role("button", name="draft")
    if draft.get_attribute("aria-expanded") == "false":
        draft.click()
    expect(page.locator(".cv-text").first).to_be_visible()
    return page.locator(".cv-text")


def expect_marked(text: Locator, gone: list[str], added: list[str]) -> None:
    for mark, words in (("del", gone), ("ins", added)):
        expect(text.locator(mark)).to_have_count(len(words))
        expect(text.locator(mark)).to_have_text(words)


def test_json_is_compared_by_key_and_what_went_wrong_comes_first(page: Page, stack: Stack) -> None:
    after = {"to": {"city": "Kiel", "name": "Ada"}, "lines": LINES, "id": 4711, "new": 1}
    good = ended(stack, "compared-json", input=json.dumps(ORDER))
    bad = ended(stack, "compared-json", "error", input=json.dumps(after))
    texts = open_both(page, good, bad)

    expect(texts.locator("summary")).to_have_text([re.compile("^Error"), re.compile("^Input")])
    expect(texts.first).to_contain_text("TooSlow: no answer")
    changed = texts.nth(1)
    expect_marked(changed, ["Bonn"], ["Kiel"])
    expect(changed.locator(".cv-added").nth(1)).to_contain_text('"new": 1')
    fold = changed.get_by_role("button", name="unchanged lines")
    fold.focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(changed).to_contain_text('"sku": "s10"')


def test_twelve_words_of_six_thousand_are_found_and_the_rest_is_folded(
    page: Page, stack: Stack
) -> None:
    other = ["other" if n % 500 == 250 else word for n, word in enumerate(WORDS)]
    left = ended(stack, "compared-words", input=json.dumps(" ".join(WORDS)))
    right = ended(stack, "compared-words", input=json.dumps(" ".join(other)))
    text = open_both(page, left, right).first

    expect_marked(text, [word for n, word in enumerate(WORDS) if n % 500 == 250], ["other"] * 12)
    assert len(text.inner_text()) < 12_000
    text.get_by_role("button", name="the same").first.click()
    expect(text).to_contain_text("word30 word31 word32")


def test_the_sides_stand_beside_each_other_and_on_a_phone_below(page: Page, stack: Stack) -> None:
    left = ended(stack, "compared-sides", input=json.dumps("one\ntwo\nthree"))
    right = ended(stack, "compared-sides", input=json.dumps("one\n2 and two\nthree"))
    text = open_both(page, left, right).first
    gone, added = text.locator(".cv-gone"), text.locator(".cv-added")

    def stand_beside_each_other() -> None:
        left, right = gone.bounding_box(), added.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] + left["width"] <= right["x"] + 1
        assert left["y"] == right["y"]

    def stand_below_each_other() -> None:
        upper, lower = gone.bounding_box(), added.bounding_box()
        assert upper is not None
        assert lower is not None
        assert upper["x"] == lower["x"]
        assert upper["y"] < lower["y"]

    eventually(page, stand_beside_each_other)
    page.set_viewport_size({"width": 360, "height": 780})
    eventually(page, stand_below_each_other)
    expect_no_wider_than(page, 360)


def test_the_same_data_in_another_order_is_said_to_be_the_same(page: Page, stack: Stack) -> None:
    left = ended(stack, "compared-order", input=json.dumps({"a": 1, "b": 2}))
    right = ended(stack, "compared-order", input=json.dumps({"b": 2, "a": 1}))
    text = open_both(page, left, right).first
    expect(text.locator("summary")).to_contain_text("the same data, written in another way")
    expect_marked(text, [], [])
