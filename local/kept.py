"""What a stack keeps between its starts: the data of the engines, ports, credentials, the issuer's key and secrets.

A folder for each port, `build/local/state/8321`, with a folder for each engine and one document. A stack that is not to
be continued (a test, `make smoke`) has all of it in a folder that is emptied at its start.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.identity.clients import demo_clients
from local.identity.tokens import new_key
from local.state import BUILD, StackError, cannot_be_written, write_document

KEPT: Final = BUILD / "state"
DOCUMENT: Final = "state.json"
FORMAT: Final = 1
"""Raised where an engine's data, or the document, can no longer be read by what came before."""


@dataclass(slots=True)
class Kept:
    """`folder` holds a folder for each engine, and the document with the rest. `is_new`: nothing was there."""

    folder: Path
    is_new: bool = True
    ports: dict[str, int] = field(default_factory=dict)
    """By the name of what listens; taken again where they are free, so that shells and open pages find them."""
    credentials: dict[str, str] = field(default_factory=dict, repr=False)
    clients: dict[str, str] = field(default_factory=dict, repr=False)
    """The secret of each demo client."""
    key: str = field(default="", repr=False)
    """The issuer's private key, as PEM."""

    def engine(self, name: str) -> Path:
        """Returns the folder of an engine."""
        return self.folder / name

    def write(self) -> None:
        """Writes the document. Raises StackError where it cannot be written."""
        document = {
            "format": FORMAT,
            "ports": self.ports,
            "credentials": self.credentials,
            "clients": self.clients,
            "key": self.key,
        }
        write_document(self.folder / DOCUMENT, document)


def folder_of(port: int, kept: Path = KEPT) -> Path:
    """The folder of what the stack on this port keeps."""
    return kept / str(port)


def open_kept(folder: Path, *, fresh: bool = False) -> Kept:
    """What is kept in a folder, or what a first start needs; `fresh` deletes what is there.

    Raises StackError for what cannot be read, and says what to do then.
    """
    try:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = (folder / DOCUMENT).read_text(encoding="utf-8")
    except FileNotFoundError:
        if any(folder.iterdir()):
            raise unreadable(folder, f"it has no {DOCUMENT}") from None
        kept = first(folder)
        kept.write()  # before there is anything else: what a start that is killed leaves can be continued
        return kept
    except OSError as error:
        raise cannot_be_written(folder, error) from error
    return read(folder, text)


def first(folder: Path) -> Kept:
    """Returns credentials, secrets and a key that are made now."""
    credentials = {
        "AWS_ACCESS_KEY_ID": f"ASIA{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
        "AWS_SESSION_TOKEN": secrets.token_urlsafe(60),
    }
    clients = {name: client.secret for name, client in demo_clients({}).items()}
    return Kept(folder, credentials=credentials, clients=clients, key=new_key())


def read(folder: Path, text: str) -> Kept:
    """Returns what a document says; what an older one does not say is made now. Raises StackError."""
    kept = first(folder)
    kept.is_new = False
    try:
        document: Mapping[str, Any] = json.loads(text)
        written = int(document["format"])
        kept.ports = {str(name): int(port) for name, port in document.get("ports", {}).items()}
        kept.credentials |= document.get("credentials", {})
        kept.clients |= document.get("clients", {})
        kept.key = str(document.get("key") or kept.key)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise unreadable(folder, f"its {DOCUMENT} cannot be read") from None
    if written > FORMAT:
        raise unreadable(
            folder, f"a newer version of the project wrote it (format {written}, here {FORMAT})"
        )
    return kept


def unreadable(folder: Path, why: str) -> StackError:
    """Returns the error of a state that this version cannot go on with."""
    return StackError(
        f"The state in {folder} cannot be continued: {why}.\n"
        "Go on with the version that wrote it, keep it and take another port (make run PORT=8400), or delete it and "
        "start anew: make run FRESH=1"
    )
