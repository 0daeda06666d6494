"""Counts, durations and amounts are the same wherever they stand, and nothing is 0 that nobody has reported."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from local.identity.clients import DEMO_TENANT
from local.lambdas.invocation import Invocation
from local.lambdas.layers import prepare_opt
from local.project import PROJECT
from local.stack import Stack
from local.state import BUILD
from spanvas.model.execution import Cause
from tests.browser.stored_traces import StoredRun

pytestmark = pytest.mark.browser

CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "tiny-model"}
ERROR = {"status": "error", "status_message": "slow down"}
HANDLER = """
import spanvas

def handler(event, context):
    with spanvas.workflow("reported"), spanvas.node("draft"):
        pass
"""


def figure(page: Page, name: str) -> Locator:
    return page.locator(".sv-figure", has=page.get_by_text(name, exact=True)).locator("dd")


def open_run(page: Page, run: StoredRun) -> None:
    page.goto(run.url)
    expect(page.get_by_role("treeitem").first).to_be_visible()


def history_cells(page: Page, run: StoredRun) -> list[str]:
    page.goto(f"/?workflow={run.workflow_id}&tab=history")
    row = page.get_by_role("row").filter(has=page.locator("td")).first
    expect(row).to_be_visible()
    heads = page.locator(".cv-history thead th").all_inner_texts()
    cells = row.locator("td").all_inner_texts()
    return [f"{head}: {cell}" for head, cell in zip(heads, cells, strict=True)]


def test_header_toolbar_tree_and_history_tell_one_count_and_one_duration(
    page: Page, stack: Stack
) -> None:
    run = StoredRun(stack)
    run.write(
        run.span("first try", "draft", 10, 300, kind="attempt", **ERROR),
        run.span("second try", "draft", 320, 800, kind="attempt", **ERROR),
        run.span("plan", "run", 0, 9),
    )
    run.write(run.span("draft", "run", 10, 870.4, **ERROR))
    run.write(run.span("run", None, 0, 878.6, kind="workflow", **ERROR))
    run.write(run.span("left open", "run", 20, None, status="unset"))
    run.end("failed", 878.6, Cause("Throttled", "slow down"))

    open_run(page, run)
    expect(figure(page, "Duration")).to_have_text("879 ms")
    expect(figure(page, "Spans")).to_have_text("6")
    expect(page.locator(".sv-failures")).to_contain_text("5")
    root = page.get_by_role("treeitem", name=re.compile("^run"))
    expect(root.locator(".sv-column-duration")).to_have_text("879 ms")
    page.get_by_role("button", name="Errors", exact=True).click()
    expect(page.locator(".sv-line.sv-failed")).to_have_count(5)
    cells = history_cells(page, run)
    assert "Duration: 879 ms" in cells
    assert "Errors: 5" in cells


def test_a_run_that_goes_on_counts_the_rows_that_it_shows(page: Page, stack: Stack) -> None:
    run = StoredRun(stack)
    run.write(
        run.span("run", None, 0, None, kind="workflow", status="unset"),
        run.span("draft", "run", 5, None, status="unset"),
        run.span("plan", "run", 0, 4),
    )
    open_run(page, run)
    expect(page.get_by_role("treeitem")).to_have_count(3)
    expect(figure(page, "Spans")).to_have_text("3")


def test_what_no_call_has_reported_is_said_not_to_be_reported(page: Page, stack: Stack) -> None:
    run = StoredRun(stack)
    run.write(
        run.span("run", None, 0, 100, kind="workflow"),
        run.span("silent call", "run", 1, 50, kind="model", attributes=CALL),
    )
    run.end("succeeded", 100)
    open_run(page, run)

    expect(figure(page, "Tokens")).to_have_text("not reported")
    expect(figure(page, "Cost")).to_have_text("not known")
    call = page.get_by_role("treeitem", name=re.compile("^silent call"))
    call.click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name="silent call")).to_be_visible()
    everything = page.locator(".sv-tab").evaluate("tab => tab.outerHTML")
    for nothing in ("0 input", "$0", "≥", ">0 → 0<", "0 µs"):
        assert nothing not in re.sub(r"\+0 µs", "", everything), nothing
    with stack.api() as api:
        counters = api.get(f"/v1/executions/{run.id}")["counters"]
    assert {"input_tokens", "output_tokens", "cost_nano_usd"}.isdisjoint(counters)
    cells = history_cells(page, run)
    assert "Tokens: " in cells
    assert "Cost: " in cells
    assert "0 input" not in page.locator(".cv-history").evaluate("table => table.outerHTML")


def test_a_run_without_model_calls_has_no_figures_of_them(page: Page, stack: Stack) -> None:
    run = StoredRun(stack)
    run.write(run.span("run", None, 0, 100, kind="workflow"))
    run.end("succeeded", 100)
    open_run(page, run)
    expect(figure(page, "Spans")).to_have_text("1")
    expect(figure(page, "Tokens")).to_have_count(0)
    expect(figure(page, "Cost")).to_have_count(0)


def test_a_reported_0_is_0_and_a_side_that_is_missing_is_a_dash(page: Page, stack: Stack) -> None:
    run = StoredRun(stack)
    free = {**CALL, "gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}
    run.write(
        run.span("run", None, 0, 100, kind="workflow"),
        run.span("free call", "run", 1, 50, kind="model", attributes={**free, "gen_ai.usage.cost": 0}),
        run.span("embedding", "run", 51, 60, kind="model", attributes={**CALL, "gen_ai.usage.input_tokens": 12}),
    )  # fmt: skip
    run.end("succeeded", 100)
    open_run(page, run)
    expect(figure(page, "Tokens")).to_have_text("12 → 0")
    expect(figure(page, "Cost")).to_have_text("not known")
    tokens = page.get_by_role("treeitem", name=re.compile("^embedding")).locator(
        ".sv-column-tokens"
    )
    expect(tokens).to_have_text("12 → \u2013")
    expect(tokens).to_have_attribute("title", "12 input tokens, output tokens not reported")
    free_tokens = page.get_by_role("treeitem", name=re.compile("^free")).locator(
        ".sv-column-tokens"
    )
    expect(free_tokens).to_have_text("0 → 0")


@pytest.fixture(scope="module")
def reported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The execution of a real function whose OTLP endpoint takes no connections."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{held.getsockname()[1]}"
        task: Path = tmp_path_factory.mktemp("task")
        (task / "reporting.py").write_text(HANDLER, encoding="utf-8")
        executor = stack.function("ExecutorFunction")
        function = replace(
            executor,
            logical_id="Report",
            name="report",
            handler="reporting.handler",
            code_path=str(task),
            environment={**executor.environment, "SPANVAS_OTLP_ENDPOINT": dead},
        )
        stack.add_function(function, prepare_opt(executor.layers, PROJECT, BUILD))
        event = json.dumps({"execution_id": "exec_exporters", "tenant": DEMO_TENANT}).encode()
        outcome = stack.lambdas.invoke("report", Invocation(event))
        assert not outcome.failed, outcome.payload
    return "/?workflow=reported&execution=exec_exporters"


def test_an_exporter_that_fails_is_told_with_since_when_and_why(page: Page, reported: str) -> None:
    page.goto(reported)
    note = page.get_by_role("button", name=re.compile(r"^OTLP endpoint: failing since \d"))
    note.focus()
    page.keyboard.press("Enter")
    details = page.get_by_role("dialog", name="Exporters")
    expect(details).to_be_focused()
    expect(details).to_contain_text("ConnectionRefusedError")
    expect(details).to_contain_text("Trace storeok")
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(note).to_be_focused()
    panel = page.get_by_role("complementary")
    expect(panel.locator(".sv-exporter-list")).to_contain_text("failing since")


def test_where_all_is_well_the_header_is_quiet_and_the_workflow_span_says_so(
    page: Page, executions: dict[str, str]
) -> None:
    page.goto(f"/?workflow=support-triage&execution={executions['support-triage']}")
    root = page.get_by_role("treeitem").first
    root.click()
    panel = page.get_by_role("complementary")
    expect(panel.locator(".sv-exporter-list")).to_have_text(
        re.compile("Trace storeok.*OTLP endpointok")
    )
    expect(page.locator(".sv-exporters")).to_have_count(0)


def test_an_endpoint_that_dropped_spans_and_one_that_is_not_configured(
    page: Page, stack: Stack
) -> None:
    run = StoredRun(stack)
    run.write(run.span("run", None, 0, 100, kind="workflow"))
    run.end(
        "succeeded",
        100,
        store="ok",
        otlp="open",
        otlp_since=str(run.start),
        otlp_reason="status 401",
        otlp_dropped="12",
    )
    open_run(page, run)
    page.get_by_role("button", name=re.compile("^OTLP endpoint: failing since")).click()
    expect(page.get_by_role("dialog", name="Exporters")).to_contain_text(
        "status 401. After failures in a row, nothing is sent to it for a while."
        " It will not get 12 spans of this execution."
    )
    quiet = StoredRun(stack)
    quiet.write(quiet.span("run", None, 0, 100, kind="workflow"))
    quiet.end("succeeded", 100, store="ok")
    open_run(page, quiet)
    expect(page.locator(".sv-exporter-list")).to_contain_text("not used")
    expect(page.locator(".sv-exporters")).to_have_count(0)
