"""Jars of a pinned list come from Maven's local repository, a mirror or Maven Central, and are what the list says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tools.maven_jars import JarsUnavailableError, Repository, fetch, main, repository_of

PATH = "org/example/parcels/1/parcels-1.jar"
CENTRAL = "https://repo.maven.apache.org/maven2"
SETTINGS = """<?xml version="1.0"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <localRepository>/srv/repository</localRepository>
  <mirrors>
    <mirror><id>a</id><mirrorOf>{}</mirrorOf><url>https://mirror.example/maven/</url></mirror>
  </mirrors>
</settings>
"""


def put(folder: Path, content: bytes) -> None:
    path = folder / PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def list_of(folder: Path, content: bytes) -> Path:
    listed = folder / "jars.txt"
    listed.write_text(f"# two words\n\n{hashlib.sha256(content).hexdigest()} {PATH}\n", "utf-8")
    return listed


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "remote"
    put(folder, b"jar")
    return folder


def test_a_jar_is_brought_once(tmp_path: Path, remote: Path) -> None:
    listed = list_of(tmp_path, b"jar")
    repository = Repository(tmp_path / "none", remote.as_uri())

    assert fetch(listed, tmp_path / "jars", repository) == [tmp_path / "jars" / PATH]
    (remote / PATH).unlink()
    (found,) = fetch(listed, tmp_path / "jars", repository)
    assert found.read_bytes() == b"jar"


def test_what_the_local_repository_has_is_taken_from_there(tmp_path: Path) -> None:
    put(tmp_path / "local", b"jar")
    nowhere = Repository(tmp_path / "local", (tmp_path / "nowhere").as_uri())

    (found,) = fetch(list_of(tmp_path, b"jar"), tmp_path / "jars", nowhere)

    assert found.read_bytes() == b"jar"


def test_a_file_that_is_not_the_listed_one_is_neither_taken_nor_kept(
    tmp_path: Path, remote: Path
) -> None:
    put(tmp_path / "local", b"another")
    put(tmp_path / "jars", b"half a j")
    listed = list_of(tmp_path, b"the listed one")

    with pytest.raises(JarsUnavailableError, match="is not the file that the list names"):
        fetch(listed, tmp_path / "jars", Repository(tmp_path / "local", remote.as_uri()))

    listed = list_of(tmp_path, b"jar")
    (found,) = fetch(listed, tmp_path / "jars", Repository(tmp_path / "local", remote.as_uri()))
    assert found.read_bytes() == b"jar"


def test_it_says_which_jar_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / ".m2" / "settings.xml"
    settings.parent.mkdir()
    nowhere = (tmp_path / "nowhere").as_uri()
    text = SETTINGS.format("*").replace("https://mirror.example/maven/", nowhere)
    settings.write_text(text, "utf-8")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    assert main([str(list_of(tmp_path, b"jar")), str(tmp_path / "jars")]) == 1
    assert f"{PATH} cannot be fetched from {nowhere}" in capsys.readouterr().err


def test_without_settings_it_is_maven_central_and_the_usual_folder(tmp_path: Path) -> None:
    assert repository_of(tmp_path) == Repository(tmp_path / ".m2" / "repository", CENTRAL)


@pytest.mark.parametrize(
    ("mirrored", "url"),
    [
        ("central", "https://mirror.example/maven"),
        ("*", "https://mirror.example/maven"),
        ("external:*", "https://mirror.example/maven"),
        ("*,!snapshots", "https://mirror.example/maven"),
        ("*,!central", CENTRAL),
        ("external:http:*", CENTRAL),
        ("snapshots", CENTRAL),
    ],
)
def test_a_mirror_of_central_stands_for_it(tmp_path: Path, mirrored: str, url: str) -> None:
    settings = tmp_path / ".m2" / "settings.xml"
    settings.parent.mkdir()
    settings.write_text(SETTINGS.format(mirrored), "utf-8")

    assert repository_of(tmp_path) == Repository(Path("/srv/repository"), url)
