"""What came out of a run: every kind of file in place, the gallery, digests, links that expire."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.files_run import FILES, files_run
from tests.browser.stubs import FileServer, Stub
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def run(context: BrowserContext) -> Stub:
    stub = files_run()
    stub.serve(context)
    return stub


@pytest.fixture
def gallery(page: Page, run: Stub) -> Locator:
    run.open(page)
    page.keyboard.press("a")
    return page.get_by_role("dialog", name="Artifacts of the run")


def preview(gallery: Locator, name: str) -> Locator:
    entry = gallery.get_by_role("group", name=name, exact=True)
    entry.get_by_role("button", name="Preview").click()
    return entry


def test_the_gallery_lists_every_file_and_reads_none(gallery: Locator, run: Stub) -> None:
    expect(gallery.get_by_role("group")).to_have_count(len(FILES))
    expect(gallery).to_contain_text(f"{len(FILES)} files")
    expect(gallery).to_contain_text("application/pdf")
    assert [call for call in run.asked if "link" in call or "file" in call] == []


def test_pictures_and_drawings_are_images(gallery: Locator) -> None:
    for name in ("chart.png", "logo.svg"):
        image = preview(gallery, name).get_by_role("img", name=name)
        expect(image).to_be_visible()
        assert (
            image.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
        )


def test_a_pdf_is_drawn_page_by_page(gallery: Locator) -> None:
    paper = preview(gallery, "report.pdf")
    expect(paper.get_by_role("img", name="Page 1")).to_be_visible()
    expect(paper.get_by_text("The second page")).to_be_attached()
    expect(paper).to_contain_text("5 pages")
    ink = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, 500).data
        .reduce((dark, value, at) => dark + (at % 4 === 0 && value < 80 ? 1 : 0), 0)"""

    def check() -> None:
        assert paper.get_by_role("img", name="Page 1").evaluate(ink) > 500

    eventually(paper.page, check)
    paper.get_by_role("button", name="Show more than the first 3").click()
    expect(paper.get_by_role("img", name="Page 5")).to_be_attached()


def test_sound_plays_and_what_does_not_play_says_so(gallery: Locator) -> None:
    sound = preview(gallery, "call.wav").locator("audio")
    sound.evaluate(
        "audio => audio.readyState > 0 || new Promise(done => audio.onloadedmetadata = done)"
    )
    assert sound.evaluate("audio => audio.duration") == pytest.approx(0.1)
    expect(preview(gallery, "screen.mp4")).to_contain_text("The browser cannot play it")


def test_tables_texts_and_trees(gallery: Locator) -> None:
    table = preview(gallery, "orders.csv")
    expect(table.get_by_role("cell", name="Customer, 7", exact=True)).to_be_visible()
    expect(table).to_contain_text("The first 200 rows")
    table.get_by_role("button", name="Show up to 5,000").click()
    expect(table).to_contain_text("The first 5,000 rows · download it for the rest")
    expect(preview(gallery, "orders.tsv").get_by_role("cell", name="2.50")).to_be_visible()
    expect(preview(gallery, "plan.json").get_by_role("treeitem", name="draft")).to_have_count(0)
    expect(gallery.get_by_role("tree", name="The file as a tree")).to_contain_text("steps")
    expect(preview(gallery, "summary.md").locator("strong")).to_have_text("one")
    expect(preview(gallery, "build.log")).to_contain_text("started")
    notes = preview(gallery, "notes.txt")
    notes.get_by_role("button", name="Show all 2.00 KB").click()
    expect(notes.get_by_role("button", name="Show less")).to_be_visible()
    expect(
        gallery.get_by_role("group", name="all.zip").get_by_role("button", name="Preview")
    ).to_have_count(0)


def test_html_is_inert(gallery: Locator, complaints: list[str]) -> None:
    frame = preview(gallery, "page.html").locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.get_by_role("heading")).to_have_text("A page")

    def check() -> None:
        assert any("Blocked script execution" in text or "script" in text for text in complaints)

    eventually(gallery.page, check)
    complaints.clear()


def test_the_digest_is_held_against_the_bytes(page: Page, gallery: Locator, run: Stub) -> None:
    expect(preview(gallery, "plan.json")).to_contain_text("as recorded")
    changed = run.files[9]
    listed = run._item(changed)
    run.files[9] = type(changed)(changed.artifact_id, changed.name, changed.media_type, b"other")
    original = run._item
    run._item = lambda file: listed if file.artifact_id == "notes" else original(file)  # type: ignore[method-assign]
    expect(preview(gallery, "notes.txt")).to_contain_text("is not what came")


def test_a_link_that_expired_is_made_anew(
    gallery: Locator, run: Stub, complaints: list[str]
) -> None:
    run.expired_links = 1
    expect(preview(gallery, "summary.md").locator("strong")).to_have_text("one")
    assert [call for call in run.asked if "words" in call] == [
        "POST artifacts/words/link", "file words", "POST artifacts/words/link", "file words"
    ]  # fmt: skip
    complaints.clear()


def test_a_file_is_downloaded_and_leads_to_its_span(
    page: Page, gallery: Locator, run: Stub
) -> None:
    entry = gallery.get_by_role("group", name="plan.json")
    with FileServer(run.files) as server, page.expect_download() as download:
        run.downloads = server.url
        entry.get_by_role("button", name="Download").click()
        downloaded = Path(download.value.path()).read_bytes()
    assert downloaded == FILES[8].body
    entry.get_by_role("button", name="write plan.json").click()
    expect(gallery).to_be_hidden()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("write plan.json")
