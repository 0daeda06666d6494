"""What the network, the API or the identity provider did not give comes by itself when they are back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from local.stack import Stack
from tests.browser.navigation import go_to, open_trace
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

OFFLINE = "The server cannot be reached"


EXPECTED = re.compile("ERR_INTERNET_DISCONNECTED|Failed to load resource")


@pytest.fixture(autouse=True)
def _only_the_network_complained(page: Page, complaints: list[str]) -> Iterator[None]:
    yield
    complaints[:] = [text for text in complaints if not EXPECTED.search(text)]


def panel(page: Page) -> Locator:
    page.get_by_role("treeitem", name="Look up the order").click()
    return page.get_by_role("complementary")


def history(page: Page) -> Locator:
    page.get_by_role("link", name="History").click()
    return page.locator("main")


def home(page: Page) -> Locator:
    page.get_by_role("link", name="Canvas").click()
    return page.locator(".cv-home section", has=page.get_by_role("heading", name="executions"))


def search(page: Page) -> Locator:
    page.keyboard.press("/")
    page.keyboard.type("nordpost")
    return page.locator(".sv-left")


@pytest.mark.parametrize("ask", [panel, history, home, search])
def test_it_comes_by_itself_when_the_network_is_back(
    page: Page,
    context: BrowserContext,
    executions: dict[str, str],
    ask: Callable[[Page], Locator],
) -> None:
    open_trace(page, executions, "shipping-notice")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    told = ask(page).get_by_role("alert")
    expect(told).to_contain_text(OFFLINE)
    expect(told.get_by_role("button", name="Retry")).to_be_visible()
    context.set_offline(False)
    expect(told).to_have_count(0)
    if ask is search:
        expect(page.locator(".sv-search output")).to_have_attribute("title", re.compile("content"))
    elif ask is panel:
        expect(page.get_by_role("tabpanel")).to_contain_text("Input")
    else:
        expect(page.get_by_role("table")).to_be_visible()


def test_parts_of_the_page_that_were_not_loaded_yet_come_by_themselves(
    page: Page, context: BrowserContext, executions: dict[str, str]
) -> None:
    """The gallery and its previews are read when they are first opened; nothing else goes away meanwhile."""
    open_trace(page, executions, "document-table")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.keyboard.press("a")
    gallery = page.get_by_role("dialog", name="Artifacts of the run")
    expect(gallery.get_by_role("alert")).to_contain_text(OFFLINE)
    context.set_offline(False)
    expect(gallery.get_by_role("group").first).to_be_visible()
    context.set_offline(True)
    table = gallery.get_by_role("group", name=re.compile("csv$")).first
    table.get_by_role("button", name="Preview").click()
    expect(table.get_by_role("alert")).to_contain_text(OFFLINE)
    table.get_by_role("button", name="Download").click()
    expect(table.get_by_role("alert").filter(has=page.locator(".sv-link"))).to_contain_text(OFFLINE)
    context.set_offline(False)
    expect(table.get_by_role("columnheader").first).to_be_visible()


def test_a_comparison_comes_by_itself(
    page: Page, context: BrowserContext, executions: dict[str, str]
) -> None:
    failed, good = executions["shipping-notice"], executions["support-triage"]
    open_trace(page, executions, "shipping-notice")
    context.set_offline(True)
    page.evaluate(
        """query => {
          history.pushState(null, "", query);
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        f"/?execution={failed}&with={good}",
    )
    expect(page.get_by_role("alert").first).to_contain_text(OFFLINE)
    context.set_offline(False)
    expect(page.get_by_role("row", name="Whole run")).to_be_visible()


def test_the_panel_comes_back_when_the_trace_can_be_read_again(
    page: Page, context: BrowserContext, executions: dict[str, str]
) -> None:
    """The network was there all the time: the server was not, and no event tells of it."""
    open_trace(page, executions, "shipping-notice")

    def away(route: Route) -> None:
        route.abort("connectionrefused")

    context.route("**/v1/**", away)
    told = panel(page).get_by_role("alert")
    expect(told).to_contain_text(OFFLINE)
    context.unroute("**/v1/**", away)
    expect(told).to_have_count(0)
    expect(page.get_by_role("tabpanel")).to_contain_text("Input")


def test_what_the_server_says_of_a_refusal_is_shown(
    page: Page, stack: Stack, executions: dict[str, str]
) -> None:
    """A token that may read traces but no files, as the gateway and its scopes refuse it."""
    viewer = stack.token("demo-viewer")
    page.context.route(
        "**/artifacts/*/link",
        lambda route: route.continue_(
            headers={**route.request.headers, "authorization": f"Bearer {viewer}"}
        ),
    )
    open_trace(page, executions, "document-table")
    go_to(page, "Write the table")
    page.get_by_role("complementary").get_by_role("button", name="Download").click()
    expect(page.get_by_role("complementary").get_by_role("alert")).to_contain_text(
        "Your role may not open this artifact. Your sign-in lacks the permission trace:artifact."
    )


def test_a_provider_that_is_down_does_not_end_the_session(
    page: Page, executions: dict[str, str]
) -> None:
    """The tokens are real; the answer says that one can be renewed, and the renewal answers 503, then works."""
    refusing = {"status": 503, "asked": 0}

    def token(route: Route) -> None:
        form = route.request.post_data or ""
        if "grant_type=refresh_token" not in form:
            first = route.fetch()
            granted.update(first.json())
            extra = {"refresh_token": "renew-me", "expires_in": 600}
            route.fulfill(response=first, json={**granted, **extra})
            return
        refusing["asked"] += 1
        if refusing["status"] != 200:
            route.fulfill(status=refusing["status"], body="down", headers=open_to_all)
        else:
            route.fulfill(json={**granted, "expires_in": 3_600}, headers=open_to_all)

    granted: dict[str, object] = {}
    open_to_all = {"access-control-allow-origin": "*"}
    page.context.route("**/token", token)
    page.clock.install()
    open_trace(page, executions, "shipping-notice")
    page.clock.fast_forward(545_000)
    page.get_by_role("treeitem", name="Look up the order").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Input")

    def renewal_was_asked_for() -> None:
        assert refusing["asked"] >= 1

    eventually(page, renewal_was_asked_for)
    page.clock.fast_forward(60_000)
    page.get_by_role("treeitem", name="Fill in the notice").or_(
        page.get_by_role("treeitem", name="Book the parcel")
    ).first.click()
    told = page.get_by_role("complementary").get_by_role("alert")
    expect(told).to_contain_text("The identity provider answered 503.")
    expect(told.get_by_role("button", name="Sign in again")).to_have_count(0)
    refusing["status"] = 200
    page.clock.fast_forward(60_000)
    expect(told).to_have_count(0)
    expect(page.get_by_role("tabpanel")).to_contain_text("Input")


def test_the_id_token_of_the_real_provider_is_taken_and_one_of_another_is_not(
    page: Page, stack: Stack, executions: dict[str, str]
) -> None:
    """The local page asks for no id token; here it does, as deployed pages do."""

    def config(route: Route) -> None:
        answer = route.fetch()
        settings = answer.json()
        scopes = ["openid", "profile", *settings["scopes"]]
        route.fulfill(response=answer, json={**settings, "scopes": scopes, **other})

    other: dict[str, str] = {}
    page.context.route("**/config.json", config)
    open_trace(page, executions, "shipping-notice")
    expect(page.locator(".cv-user")).to_contain_text("Demo Operator")

    stack.issuer.signer._issuer, real = "https://evil.example", stack.issuer.signer._issuer
    try:
        page.reload()
        told = page.get_by_role("alert")
        expect(told).to_contain_text("You are not signed in")
        expect(told).to_contain_text("The id token was issued by https://evil.example")
    finally:
        stack.issuer.signer._issuer = real
    page.get_by_role("button", name="Sign in again").click()
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()


@pytest.mark.parametrize("path", ["//evil.test/x", "/.//evil.test/x"])
def test_a_path_that_names_another_origin_does_not_break_the_sign_in(
    page: Page, stack: Stack, path: str
) -> None:
    page.goto(f"{stack.url}{path}")
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    expect(page).to_have_url(f"{stack.url}/")
