"""Which versions of API and page are deployed, as the doctor sees it."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.version import VERSION
from spanvas_api.doctor.deployed_versions import deployed_versions

URL = "https://canvas.example.com"
BUILD = f"{URL}/api/status/buildinfo"
PAGE = f"{URL}/version.json"
CONFIG = f"{URL}/config.json"
IS_OURS = {"revision": VERSION}


def seen(answers: dict[str, Any], token: str = "t") -> dict[str, tuple[str, str]]:
    """What is found where these are the answers by URL; any other URL is 404."""

    def fetch(url: str, token: str = "", /) -> Any:
        if url not in answers or (url == BUILD and token != "t"):
            raise OSError("HTTP Error 404: Not Found")
        return answers[url]

    found = deployed_versions(f"{URL}/", token, fetch)
    return {one.what.removeprefix("version of the "): (one.state, one.seen) for one in found}


def test_api_and_page_of_this_version_are_well() -> None:
    assert seen({BUILD: IS_OURS, PAGE: {"version": VERSION}}) == {
        "API": ("ok", VERSION),
        "page": ("ok", VERSION),
    }


def test_a_page_that_was_not_uploaded_with_the_api_is_wrong() -> None:
    assert seen({BUILD: IS_OURS, PAGE: {"version": "0.0.9"}})["page"] == (
        "wrong",
        f"0.0.9; the API is {VERSION}",
    )


def test_a_page_is_held_against_the_api_that_is_deployed_not_against_this_code() -> None:
    found = seen({BUILD: {"revision": "9.0.0"}, PAGE: {"version": "9.0.0"}})

    assert found == {"API": ("wrong", f"9.0.0; this is {VERSION}"), "page": ("ok", "9.0.0")}


@pytest.mark.parametrize("answer", [{}, [], None, "html"])
def test_a_page_that_says_no_version_is_older(answer: Any) -> None:
    found = seen({BUILD: IS_OURS, CONFIG: {"api_base_url": ""}, PAGE: answer})

    assert found["page"] == ("wrong", f"it says none, so it is older; the API is {VERSION}")


def test_an_api_that_says_no_version_is_older() -> None:
    found = seen({BUILD: {"revision": ""}, PAGE: {"version": VERSION}})

    assert found["API"] == ("wrong", f"none: it is older; this is {VERSION}")


def test_without_a_token_the_page_is_looked_at() -> None:
    assert seen({BUILD: IS_OURS, PAGE: {"version": VERSION}}, token="") == {
        "API": ("left out", "it says it to a token with the scope trace:read"),
        "page": ("ok", VERSION),
    }


def test_an_api_alone_has_no_page_and_one_that_does_not_answer_is_wrong() -> None:
    assert seen({CONFIG: 1}) == {
        "API": ("wrong", f"{URL}: HTTP Error 404: Not Found"),
        "page": ("left out", f"there is no page at {URL}"),
    }
    assert seen({BUILD: IS_OURS})["page"] == ("left out", f"there is no page at {URL}")
