"""Brings the jars of a pinned list from Maven's repositories: `python -m tools.maven_jars LIST FOLDER`.

A line of the list is `SHA256 PATH`, the path as Maven's repository has it; lines that begin with `#` are left out.
Maven itself is not needed, but its settings count: a jar that its local repository has is taken from there, and a
mirror of `central` stands for Maven Central. Proxies and authorities are those of the environment (`HTTPS_PROXY`,
`SSL_CERT_FILE`).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree

CENTRAL: Final = "https://repo.maven.apache.org/maven2"
AT_ONCE: Final = 8
SECONDS: Final = 30
"""Time for one request."""


class JarsUnavailableError(Exception):
    """A jar cannot be had, or is not the one that the list names. The message says which, and why."""


class Jar(NamedTuple):
    """A file of a Maven repository. `path` is relative to the repository; `sha256` has 64 hex digits."""

    sha256: str
    path: str


class Repository(NamedTuple):
    """Where jars come from: the folder of Maven's local repository, and the URL of the remote one."""

    local: Path
    url: str


def jars_of(listed: Path) -> list[Jar]:
    """Returns the jars of a list, in its order."""
    lines = listed.read_text("utf-8").splitlines()
    return [Jar(*line.split()) for line in lines if line and not line.startswith("#")]


def repository_of(home: Path) -> Repository:
    """Returns the repository that `.m2/settings.xml` in this home directory names, or Maven's own defaults."""
    settings = home / ".m2" / "settings.xml"
    local, url = home / ".m2" / "repository", CENTRAL
    if settings.is_file():
        root = ElementTree.parse(settings).getroot()  # noqa: S314 - the person's own file
        for mirror in _named(root, "mirror"):
            if _is_of_central(_text(mirror, "mirrorOf")) and _text(mirror, "blocked") != "true":
                url = _text(mirror, "url") or url
                break
        local = Path(_text(root, "localRepository") or local)
    return Repository(local, url.rstrip("/"))


def fetch(listed: Path, folder: Path, repository: Repository) -> list[Path]:
    """Returns the jars of a list as files below `folder`, after bringing those that are not there.

    Raises JarsUnavailableError.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda jar: _fetched(jar, folder, repository), jars_of(listed)))


def _fetched(jar: Jar, folder: Path, repository: Repository) -> Path:
    target = folder / jar.path
    if _is_whole(target, jar):
        return target
    own = repository.local / jar.path
    content = own.read_bytes() if _is_whole(own, jar) else _downloaded(jar, repository.url)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(target)
    return target


def _downloaded(jar: Jar, url: str) -> bytes:
    try:
        address = f"{url}/{jar.path}"
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - Maven has file: too
            content: bytes = answer.read()
    except (OSError, ValueError) as error:
        raise JarsUnavailableError(f"{jar.path} cannot be fetched from {url}: {error}") from error
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise JarsUnavailableError(f"{jar.path} from {url} is not the file that the list names")
    return content


def _is_whole(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def _is_of_central(mirrored: str) -> bool:
    """Whether `mirrorOf` of a mirror means Maven Central: by its id, by `*`, or by `external:*`."""
    names = {name.strip() for name in mirrored.split(",")}
    return "!central" not in names and bool(names & {"central", "*", "external:*"})


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The elements of a name, whatever the namespace of the settings' version."""
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _text(parent: ElementTree.Element, name: str) -> str:
    found = next(_named(parent, name), None)
    return (found.text or "").strip() if found is not None else ""


def main(arguments: list[str]) -> int:
    """Brings the jars, and prints their paths. Returns 1 where one cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m tools.maven_jars", description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    try:
        found = fetch(given.list, given.folder, repository_of(Path.home()))
    except JarsUnavailableError as error:
        print(error, file=sys.stderr)
        return 1
    print(*found, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
