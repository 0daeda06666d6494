"""Files that stay in buckets of somebody else's, attached as `docs/how-to/attach-files.md` has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from local.identity.clients import DEMO_TENANT
from local.lambdas.invocation import Invocation
from local.lambdas.layers import prepare_opt
from local.project import PROJECT
from local.stack import Stack
from local.state import BUILD
from tests.browser.files_run import pdf, png
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

PAGE = (PROJECT / "docs" / "how-to" / "attach-files.md").read_text("utf-8")
EXECUTION_ID = "exec_linked_files"
CSV = b"region,total\nNorth,17\n"


def as_typed() -> str:
    """The page's own line."""
    (line,) = re.findall(r"^ *(spanvas\.attach_artifact\(.+ s3=.+)$", PAGE, re.MULTILINE)
    return str(line)


def cors_rules(page_origin: str) -> dict[str, Any]:
    """The page's own rules, for the origin that the stack's page has."""
    (text,) = re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL)
    found: dict[str, Any] = json.loads(text.replace("https://canvas.example.com", page_origin))
    return found


HANDLER = f"""
import spanvas

def handler(event, context):
    with spanvas.workflow("quarterly-report"), spanvas.node("publish", name="Publish the report"):
        {as_typed()}
        spanvas.attach_artifact("chart.png", s3="s3://reports/2026/chart")
        spanvas.attach_artifact("q3.pdf", s3="s3://reports/2026/q3.pdf", media_type="application/pdf")
        spanvas.attach_artifact("q2.csv", s3="s3://archive/q2.csv")
"""


@pytest.fixture(scope="module")
def linked(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An execution with four files, of which one has been overwritten since."""
    s3 = stack.boto3_client("s3")
    for bucket in ("reports", "archive"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_cors(Bucket="reports", CORSConfiguration=cors_rules(stack.url))
    s3.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    put = s3.put_object
    put(Bucket="reports", Key="2026/q3.csv", Body=CSV, ContentType="text/csv")
    put(Bucket="reports", Key="2026/chart", Body=png(), ContentType="image/png")
    put(Bucket="reports", Key="2026/q3.pdf", Body=pdf("Totals"), ContentDisposition="attachment")
    put(Bucket="archive", Key="q2.csv", Body=CSV, ContentType="text/csv")

    task = tmp_path_factory.mktemp("task")
    (task / "linking.py").write_text(HANDLER, encoding="utf-8")
    executor = stack.function("ExecutorFunction")
    function = replace(
        executor,
        logical_id="LinkFiles",
        name="link-files",
        handler="linking.handler",
        code_path=str(task),
        role="",  # of its own, which may read both buckets: the reference executor's may not
    )
    stack.add_function(function, prepare_opt(executor.layers, PROJECT, BUILD))
    event = {"execution_id": EXECUTION_ID, "tenant": DEMO_TENANT}
    outcome = stack.lambdas.invoke("link-files", Invocation(json.dumps(event).encode()))
    assert not outcome.failed, outcome.payload
    put(Bucket="reports", Key="2026/q3.csv", Body=b"region\nnowhere\n", ContentType="text/csv")


@pytest.fixture
def gallery(page: Page, linked: None) -> Iterator[Locator]:
    page.goto(f"/?workflow=quarterly-report&execution={EXECUTION_ID}")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("a")
    yield page.get_by_role("dialog", name="Artifacts of the run")


def preview(gallery: Locator, name: str) -> Locator:
    entry = gallery.get_by_role("group", name=name, exact=True)
    entry.get_by_role("button", name="Preview").click()
    return entry


def test_a_table_is_read_as_it_was_when_it_was_attached(gallery: Locator) -> None:
    table = preview(gallery, "q3.csv")
    expect(table.get_by_role("cell", name="North")).to_be_visible()
    expect(table).not_to_contain_text("nowhere")


def test_pictures_and_papers_are_shown_whatever_the_objects_say_of_themselves(
    gallery: Locator,
) -> None:
    image = preview(gallery, "chart.png").get_by_role("img", name="chart.png")
    assert image.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    expect(preview(gallery, "q3.pdf").get_by_role("img", name="Page 1")).to_be_visible()


def test_a_file_is_downloaded_under_its_name(page: Page, gallery: Locator) -> None:
    with page.expect_download() as download:
        gallery.get_by_role("group", name="q3.csv").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "q3.csv"
    assert Path(download.value.path()).read_bytes() == CSV


def test_without_a_rule_for_the_page_a_file_is_a_download_alone(
    page: Page, gallery: Locator, complaints: list[str]
) -> None:
    entry = preview(gallery, "q2.csv")
    expect(entry).to_contain_text("the bucket that it is in does not let this page read it")

    def check() -> None:
        assert any("CORS policy" in text for text in complaints)

    eventually(page, check)
    with page.expect_download() as download:
        entry.get_by_role("button", name="Download").click()
    assert Path(download.value.path()).read_bytes() == CSV
    complaints.clear()


def test_every_link_was_recorded_first(stack: Stack, linked: None) -> None:
    with stack.api() as api:
        found = api.get(f"/v1/executions/{EXECUTION_ID}/artifacts")["items"]
        assert sorted(item["source"] for item in found) == [
            "s3://archive/q2.csv",
            "s3://reports/2026/chart",
            "s3://reports/2026/q3.csv",
            "s3://reports/2026/q3.pdf",
        ]
        link = f"/v1/executions/{EXECUTION_ID}/artifacts/{found[0]['artifact_id']}/link"
        assert api.call("POST", link, {"disposition": "inline"}).status == 200
        accesses = api.get(f"/v1/executions/{EXECUTION_ID}/accesses")["items"]
    assert accesses[0]["target"] == found[0]["artifact_id"]
