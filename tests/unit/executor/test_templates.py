"""Jinja2 in its sandbox."""

from __future__ import annotations

import pytest

from executor.errors import NodeError
from executor.templates import render


def test_text_is_inserted_as_it_is() -> None:
    assert render("t", "Dear {{ name }}.\n", {"name": "<Ann>"}) == "Dear <Ann>.\n"


def test_html_escapes_what_is_inserted_and_nothing_else() -> None:
    assert render("t", "<b>{{ name }}</b>", {"name": "<i>"}, "html") == "<b>&lt;i&gt;</b>"


def test_paths_percent_encode_what_is_inserted_and_nothing_else() -> None:
    found = render("t", "/a b/{{ x }}/{{ 7 }}", {"x": "../ä?"}, "url_path")
    assert found == "/a b/..%2F%C3%A4%3F/7"


@pytest.mark.parametrize("purpose", ["text", "html", "url_path"])
def test_an_undefined_name_is_an_error(purpose: str) -> None:
    with pytest.raises(NodeError, match="path: cannot be rendered: 'x' is undefined") as raised:
        render("path", "{{ x }}", {}, purpose)  # type: ignore[arg-type]
    assert raised.value.error_type == "TemplateError"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ items.append(1) }}",
        "{% for i in range(1000000) %}{% endfor %}",
        "{{ 1 / 0 }}",
        "{{ 1 + 'a' }}",
    ],
)
def test_what_the_sandbox_refuses_is_an_error(text: str) -> None:
    with pytest.raises(NodeError, match=r"^t: cannot be rendered: "):
        render("t", text, {"items": []})
