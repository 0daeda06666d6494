"""A real Chromium in front of the stack that `make run` starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

from local.client import ApiClient
from local.project import PROJECT
from local.seed import start_workflow, wait_for_end
from local.stack import Options, Stack
from tests.browser.chromium import MISSING, executable, launch
from tests.browser.waiting import PATIENCE_SECONDS, Notices

PATIENCE_MILLISECONDS = PATIENCE_SECONDS * 1_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if executable() is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="session")
def stack(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """After the browser: without one the stack is not started in vain."""
    options = Options(
        port=0,
        parameters={"ArtifactBucketArns": "arn:aws:s3:::reports/*,arn:aws:s3:::archive/*"},
        state=tmp_path_factory.mktemp("stack"),
        latency=0.0,
    )
    with Stack(options) as running:
        yield running


@pytest.fixture(scope="session")
def executions(stack: Stack) -> dict[str, str]:
    """Every shipped workflow executed once: execution ids by workflow id."""
    with stack.api() as api:
        return {name: run_to_its_end(api, name) for name in workflow_ids(api)}


def workflow_ids(api: ApiClient) -> list[str]:
    return [workflow["workflow_id"] for workflow in api.get("/v1/workflows")["items"]]


def run_to_its_end(api: ApiClient, workflow_id: str) -> str:
    """The id of a new execution that has ended."""
    workflows = {item["workflow_id"]: item for item in api.get("/v1/workflows")["items"]}
    execution_id = start_workflow(api, workflow_id, workflows[workflow_id]["sample_input"])
    wait_for_end(api, execution_id)
    return execution_id


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    made = browser.new_context(
        base_url=stack.url,
        viewport={"width": 1440, "height": 900},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    made.set_default_timeout(PATIENCE_MILLISECONDS)
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that expects complaints takes them out."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A page that must give the browser no reason to complain, its own content policy least of all."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def on_error(error: Error) -> None:
        complaints.append(f"uncaught: {error}")

    made = context.new_page()
    made.on("console", on_console)
    made.on("pageerror", on_error)
    yield made
    assert complaints == []


@pytest.fixture
def notices(page: Page) -> Notices:
    """Of the page, from its opening on."""
    return Notices(page)


@pytest.fixture
def screenshots() -> Path:
    folder = PROJECT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
