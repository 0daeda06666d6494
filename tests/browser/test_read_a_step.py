"""What is in a step is read, not dumped: conversations, tools, JSON, Markdown, redactions, figures, copies."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.agent_run import agent_run
from tests.browser.stubs import Stub
from tests.browser.tab_states import state
from tests.browser.waiting import eventually, expect_copied

pytestmark = pytest.mark.browser

LATER_CALL, TOOL_CALL, FAILED = 4, 3, 5


@pytest.fixture
def run(context: BrowserContext) -> Stub:
    stub = agent_run()
    stub.serve(context)
    return stub


@pytest.fixture
def panel(page: Page) -> Locator:
    return page.get_by_role("complementary")


def test_only_what_is_new_since_the_call_before_is_shown(
    page: Page, panel: Locator, run: Stub
) -> None:
    run.open(page, LATER_CALL)
    fold = panel.get_by_role("button", name="38 earlier messages, unchanged")
    expect(fold).to_be_visible()
    expect(panel.get_by_text("Earlier remark number 3.")).to_have_count(0)
    fold.click()
    expect(panel.get_by_text("Earlier remark number 3.", exact=True)).to_be_visible()
    fold.click()
    expect(panel.get_by_text("Earlier remark number 3.")).to_have_count(0)
    panel.get_by_role("button", name="chat nova-lite").click()
    expect(panel).to_contain_text("3,120 → 188")


def test_a_tool_s_arguments_stand_beside_its_result(page: Page, panel: Locator, run: Stub) -> None:
    run.open(page, TOOL_CALL)
    call = panel.get_by_role("region", name="Call of lookup_order")
    arguments = call.get_by_role("tree", name="The arguments as a tree")
    result = call.get_by_role("tree", name="The result as a tree")
    expect(arguments).to_contain_text("id: 4711")
    expect(result).to_contain_text("status: “shipped”")
    page.set_viewport_size({"width": 2000, "height": 900})
    page.get_by_role("separator", name="Width of the details").focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")

    def check() -> None:
        left, right = arguments.bounding_box(), result.bounding_box()
        assert left and right and left["x"] + left["width"] < right["x"]

    eventually(page, check)


def test_json_is_searched_and_gives_its_paths(page: Page, panel: Locator, run: Stub) -> None:
    run.open(page, TOOL_CALL)
    tree = panel.get_by_role("tree", name="The result as a tree")
    first = tree.get_by_role("treeitem").first
    expect(first).to_have_attribute("aria-level", "1")
    expect(tree.get_by_role("treeitem", name="sku")).to_have_count(0)
    search = panel.get_by_role("searchbox", name="Search in the result")
    search.fill("SKU-017")
    search.press("Enter")
    hit = tree.get_by_role("treeitem", selected=True)
    expect(hit).to_contain_text("SKU-017")
    expect(hit).to_have_attribute("aria-level", "4")
    expect(hit).to_have_attribute("aria-setsize", "3")
    panel.get_by_role("button", name="Copy the path").click()
    expect_copied(page, "$.lines[16].sku")
    tree.focus()
    page.keyboard.press("ArrowLeft")
    expect(hit).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(hit).to_have_attribute("aria-expanded", "false")


def test_markdown_is_set_and_shown_as_it_came_on_request(
    page: Page, panel: Locator, run: Stub
) -> None:
    run.open(page, LATER_CALL)
    expect(panel.get_by_role("cell", name="Lamp")).to_be_visible()
    expect(panel.locator("strong", has_text="order 4711")).to_be_visible()
    link = panel.get_by_role("link", name="page 3")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(panel.get_by_text("(carrier.example)")).to_be_visible()
    panel.get_by_role("button", name="as it came").last.click()
    expect(panel.locator("pre", has_text="## Proposal")).to_be_visible()


def test_what_was_removed_shows_as_a_receipt(page: Page, panel: Locator, run: Stub) -> None:
    run.open(page, LATER_CALL)
    marks = panel.get_by_role("list").first
    expect(marks).to_contain_text(re.compile(r"Removed:.*email.* 2.*name.* 1", re.DOTALL))
    panel.get_by_role("button", name="38 earlier messages").click()
    unscanned = panel.locator(".sv-redaction", has_text="unscanned")
    expect(unscanned).to_have_attribute("title", re.compile("did not get through this text"))
    expect(panel.get_by_text("[REDACTED:")).to_have_count(0)


def test_attributes_events_links_and_figures_are_there(
    page: Page, panel: Locator, run: Stub
) -> None:
    run.open(page, LATER_CALL)
    expect(panel).to_contain_text(
        "in 4,120 (2,048 from the cache) · out 312 (96 reasoning) = $0.0002"
    )
    panel.get_by_role("tab", name="Tokens and cost").click()
    expect(panel.get_by_role("row", name="not from the cache")).to_contain_text("2,072")
    panel.get_by_role("tab", name="Attributes").click()
    expect(panel.get_by_role("row", name="gen_ai.request.temperature")).to_contain_text("0.2")
    expect(panel.get_by_role("table", name="Event “gen_ai.choice”, +5.00 ms")).to_be_visible()
    panel.get_by_role("button", name="of this trace").click()
    expect(panel).to_contain_text("3,120 → 188")


def test_a_long_text_says_how_long_it_is_and_opens_in_place(
    page: Page, panel: Locator, run: Stub
) -> None:
    run.open(page, FAILED)
    panel.get_by_role("button", name="Show all 200 KB").click()
    value = panel.get_by_role("treeitem", name="prompt")

    def check() -> None:
        assert value.evaluate("element => element.textContent.length") > 200_000

    eventually(page, check)
    panel.get_by_text("Stack trace").click()
    panel.get_by_role("button", name="Show all 1.").click()
    expect(panel.locator("pre").first).to_contain_text("HTTPError: 503")


def test_a_span_is_copied_as_link_json_and_curl(page: Page, panel: Locator, run: Stub) -> None:
    run.open(page, FAILED)
    panel.locator("summary", has_text="Copy").click()
    panel.get_by_role("button", name="Copy the link to this span").click()
    expect_copied(page, re.compile("&span=0000000000000005$"))
    panel.get_by_role("button", name="Copy the span as JSON").click()
    span = json.loads(expect_copied(page, re.compile(r"^\{")))
    assert span["attributes"]["http.request.method"] == "POST"
    panel.get_by_role("button", name="Copy the cURL command").click()
    command = expect_copied(page, re.compile("^curl --fail-with-body"))
    assert command.startswith('curl --fail-with-body -H "Authorization: Bearer $SPANVAS_TOKEN" ')
    assert command.endswith("/v1/executions/exec-stubbed/spans/0000000000000005'")
    panel.get_by_role("button", name="Copy the request as cURL").click()
    expect_copied(page, "curl -X POST 'https://desk.example/tickets?it'\\''s=1'")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="Copy the span as JSON")).to_be_hidden()


def test_pictures_and_files_of_a_prompt_are_named_and_shown_on_request(
    page: Page, panel: Locator
) -> None:
    state("pictures-and-files-in-a-prompt").show(page)
    expect(panel).to_contain_text("terms.pdf")
    expect(panel.get_by_role("button", name="Copy the address")).to_have_count(2)
    picture = panel.get_by_role("img", name="Picture in the message")
    assert (
        picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    )
    panel.get_by_role("tab", name="Tokens and cost").click()
    expect(panel.get_by_role("row", name="as reported with the call")).to_contain_text(
        "$0.004160000"
    )


def test_infrastructure_issues_lead_to_the_spans_that_have_them(page: Page, panel: Locator) -> None:
    state("infrastructure-issues").show(page)
    retries = panel.get_by_role("list", name="Retries inside the client library")
    expect(retries).to_contain_text("ThrottlingException, HTTP 429")
    header = page.locator(".sv-header")
    for words, name in (
        ("1 cold start", "digest-executor"),
        ("2 calls throttled", "chat nova-lite"),
        ("1 timeout", "POST /digests"),
        ("1 call retried by its library", "chat nova-lite"),
    ):
        header.get_by_role("button", name=words).click()
        expect(page.get_by_role("treeitem", selected=True)).to_contain_text(name)
    expect(page.get_by_label("Where the time went")).to_contain_text("cold start")
