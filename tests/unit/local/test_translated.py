"""A template is translated once, whatever the addresses of this machine are."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import translated as module
from local.project import PROJECT
from local.resolve import Resolver, StackIdentity
from local.resources import read_functions
from local.translate import Template, translate
from local.translated import translated

SOURCE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Address: {Type: String, Default: "http://nowhere"}
  Memory: {Type: Number, Default: 128}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: functions/
      MemorySize: !Ref Memory
      AutoPublishAlias: live
      VersionDescription: !Ref Address
      Environment: {Variables: {ADDRESS: !Ref Address}}
"""


@pytest.fixture
def translations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The regions that SAM's translator was called for."""
    calls: list[str] = []

    def noted(*arguments: object) -> Template:
        calls.append(str(arguments[2]))
        return translate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "translate", noted)
    return calls


def read(folder: Path, region: str = "us-east-1", **given: str) -> Template:
    source = folder / "template.yaml"
    if not source.exists():
        source.write_text(SOURCE, encoding="utf-8")
    return translated(source, given, frozenset({"Address"}), region, folder / "kept")


def test_a_second_start_does_not_translate_again(tmp_path: Path, translations: list[str]) -> None:
    first = read(tmp_path)
    assert read(tmp_path) == first
    assert translations == ["us-east-1"]


def test_another_template_value_or_region_is_translated(
    tmp_path: Path, translations: list[str]
) -> None:
    read(tmp_path)
    read(tmp_path, Memory="256")
    read(tmp_path, region="eu-west-1")
    (tmp_path / "template.yaml").write_text(SOURCE.replace("app.", "other."), encoding="utf-8")
    changed = read(tmp_path)
    assert len(translations) == 4
    assert changed.resources["Worker"]["Properties"]["Handler"] == "other.handler"


def test_what_is_given_later_is_resolved_and_not_its_default(tmp_path: Path) -> None:
    template = read(tmp_path)
    resolver = Resolver(
        template, {"Address": "http://here"}, StackIdentity(), lambda *_: "arn:aws:iam::1:role/r"
    )
    [function] = read_functions(resolver, template)
    assert function.environment == {"ADDRESS": "http://here"}
    assert "http://nowhere" not in str(template.document)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"template": {}}'])
def test_a_kept_translation_that_cannot_be_read_is_made_anew(
    tmp_path: Path, translations: list[str], text: str
) -> None:
    first = read(tmp_path)
    [kept] = (tmp_path / "kept").iterdir()
    kept.write_text(text, encoding="utf-8")
    assert read(tmp_path) == first
    assert read(tmp_path) == first
    assert len(translations) == 2


def test_only_the_newest_translations_are_kept(tmp_path: Path) -> None:
    for memory in range(200, 210):
        read(tmp_path, Memory=str(memory))
    assert len(list((tmp_path / "kept").glob("*.json"))) == 8


def test_where_nothing_can_be_written_it_is_translated_each_time(
    tmp_path: Path, translations: list[str]
) -> None:
    (tmp_path / "kept").write_text("a file", encoding="utf-8")
    assert read(tmp_path) == read(tmp_path)
    assert len(translations) == 2


def test_the_project_s_template_is_kept_whole(tmp_path: Path, translations: list[str]) -> None:
    def read_own() -> Template:
        later = frozenset({"JwtIssuer"})
        return translated(PROJECT / "template.yaml", {}, later, "us-east-1", tmp_path)

    assert read_own() == read_own()
    assert len(translations) == 1
