"""What a start finds of the one before, and what it says of what it cannot read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from local.identity.clients import OPERATOR
from local.identity.issuer import Issuer
from local.kept import Kept, folder_of, open_kept
from local.state import StackError


def change(folder: Path, **changes: object) -> None:
    path = folder / "state.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, **changes}), encoding="utf-8")


def values(kept: Kept) -> tuple[object, ...]:
    return kept.ports, kept.credentials, kept.clients, kept.key


def test_a_second_start_finds_ports_secrets_and_the_key_of_the_first(tmp_path: Path) -> None:
    first = open_kept(tmp_path / "8321")
    assert first.is_new
    first.ports["dynamodb"] = 4567
    first.write()
    second = open_kept(tmp_path / "8321")
    assert not second.is_new
    assert values(second) == values(first)
    assert second.ports == {"dynamodb": 4567}


def test_a_start_that_was_killed_at_once_is_continued(tmp_path: Path) -> None:
    first = open_kept(tmp_path)
    first.engine("dynamodb").mkdir()
    assert values(open_kept(tmp_path)) == values(first)


def test_a_fresh_start_finds_nothing(tmp_path: Path) -> None:
    first = open_kept(tmp_path)
    first.engine("dynamodb").mkdir()
    second = open_kept(tmp_path, fresh=True)
    assert second.is_new
    assert second.key != first.key
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_secrets_are_for_the_owner_alone(tmp_path: Path) -> None:
    folder = folder_of(8321, tmp_path)
    open_kept(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "state.json").stat().st_mode) == 0o600


def test_the_state_of_a_newer_version_is_refused_with_the_ways_on(tmp_path: Path) -> None:
    open_kept(tmp_path)
    change(tmp_path, format=2)
    with pytest.raises(StackError) as caught:
        open_kept(tmp_path)
    assert str(caught.value) == (
        f"The state in {tmp_path} cannot be continued: a newer version of the project wrote it (format 2, here 1).\n"
        "Go on with the version that wrote it, keep it and take another port (make run PORT=8400), or delete it and "
        "start anew: make run FRESH=1"
    )
    assert open_kept(tmp_path, fresh=True).is_new


@pytest.mark.parametrize("text", ["", "{half", "null", "[]", "{}", '{"format": "x"}'])
def test_a_state_that_cannot_be_read_is_refused_and_left_as_it_is(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "state.json").write_text(text, encoding="utf-8")
    with pytest.raises(StackError, match=r"its state\.json cannot be read"):
        open_kept(tmp_path)
    assert (tmp_path / "state.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["ports", "credentials", "clients"])
def test_a_member_of_another_kind_is_a_state_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    open_kept(tmp_path)
    change(tmp_path, **{name: 7})
    with pytest.raises(StackError, match=r"its state\.json cannot be read"):
        open_kept(tmp_path)


def test_data_without_a_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dynamodb").mkdir()
    with pytest.raises(StackError, match=r"it has no state\.json"):
        open_kept(tmp_path)


def test_what_a_later_version_adds_is_no_hindrance_and_what_it_lacks_is_made(
    tmp_path: Path,
) -> None:
    first = open_kept(tmp_path)
    known = dict(list(first.clients.items())[:1])
    change(tmp_path, clients=known, unknown={"a": 1}, key=None)
    second = open_kept(tmp_path)
    assert second.clients.keys() == first.clients.keys()
    assert second.clients["demo-operator"] == first.clients["demo-operator"]
    assert second.key.startswith("-----BEGIN PRIVATE KEY-----")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=r"file/8321 cannot be written: .*Free some disk space"):
        open_kept(tmp_path / "file" / "8321")


def issuer_of(kept: Kept) -> Issuer:
    return Issuer(
        "http://127.0.0.1:9000",
        audience="spanvas",
        redirect_uris=frozenset(),
        origins=frozenset(),
        secrets_of_clients=kept.clients,
        key=kept.key,
    )


def test_a_token_of_the_start_before_is_still_signed_by_the_issuer_s_key(tmp_path: Path) -> None:
    import jwt

    token = issuer_of(open_kept(tmp_path)).signer.access_token(OPERATOR, "page", ["trace:read"])
    keys = issuer_of(open_kept(tmp_path)).signer.public_keys()
    (key,) = jwt.PyJWKSet.from_dict(keys).keys
    assert key.key_id == jwt.get_unverified_header(token)["kid"]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="spanvas")
    assert claims["sub"] == "demo-operator"
