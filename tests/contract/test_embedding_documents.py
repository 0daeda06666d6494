"""Code in the documents about embedding is code that the tests run: the examples', word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = ROOT / "frontend" / "examples"


def blocks(name: str, *languages: str) -> list[str]:
    text = (ROOT / "docs" / "how-to" / name).read_text("utf-8")
    return [code for language, code in BLOCK.findall(text) if language in languages]


def example_code() -> str:
    files = sorted(path for path in EXAMPLES.rglob("*") if path.suffix in {".ts", ".tsx", ".css"})
    return "\n".join(Path(path).read_text("utf-8") for path in files)


@pytest.mark.parametrize("document", ["embed-the-tab.md", "use-trace-data.md"])
def test_every_block_stands_in_an_example(document: str) -> None:
    code = example_code()
    found = blocks(document, "ts", "tsx", "css")
    assert len(found) > 2
    for block in found:
        assert block in code, block


def test_every_property_of_the_component_is_in_its_document() -> None:
    source = (ROOT / "frontend" / "src" / "components" / "TraceTab.tsx").read_text("utf-8")
    properties = source.partition("interface TabProps {")[2].partition("\n}")[0]
    names = re.findall(r"^  readonly (\w+)", properties, re.MULTILINE)
    document = (ROOT / "docs" / "how-to" / "embed-the-tab.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE) == names


def test_what_the_element_offers_is_in_its_document() -> None:
    source = (ROOT / "frontend" / "src" / "element.ts").read_text("utf-8")
    document = (ROOT / "docs" / "how-to" / "embed-anywhere.md").read_text("utf-8")
    names = set(re.findall(r'"(spanvas-[a-z]+)"', source)) | {"tokenProvider", "place", "linkTo"}
    names |= {"execution-id", "api-base-url", "span", "theme"}
    for name in names:
        assert f"`{name}`" in document, name
