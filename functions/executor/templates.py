"""Jinja2 in its sandbox: rendering, and what a template needs without rendering it.

Undefined names are errors, so a prompt is never sent with a hole in it. Jinja2 is imported when the first template is
met: a workflow without templates does not pay for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from executor.errors import NodeError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

Purpose = Literal["text", "html", "url_path"]


@lru_cache(maxsize=3)
def environment(purpose: Purpose) -> SandboxedEnvironment:
    """`html` escapes what is inserted, `url_path` percent-encodes it; the template's own text stays as written."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=purpose == "html",
        finalize=_percent_encoded if purpose == "url_path" else None,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fault_of(text: str) -> str | None:
    """Why a template cannot be compiled, in one line; None if it can."""
    from jinja2 import TemplateSyntaxError

    try:
        environment("text").parse(text)
    except TemplateSyntaxError as error:
        return f"is no template: line {error.lineno}: {error.message}"
    return None


def names_in(text: str) -> set[str]:
    """The names that a compiled template takes from outside."""
    from jinja2 import meta

    jinja = environment("text")
    return set(meta.find_undeclared_variables(jinja.parse(text))).difference(jinja.globals)


def render(field: str, text: str, variables: Mapping[str, Any], purpose: Purpose = "text") -> str:
    """Raises NodeError naming the field, e.g. for a name that is undefined or an operation the sandbox refuses."""
    from jinja2 import TemplateError

    try:
        return _compiled(text, purpose).render(variables)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise NodeError("TemplateError", f"{field}: cannot be rendered: {error}") from error


@lru_cache(maxsize=128)
def _compiled(text: str, purpose: Purpose) -> Template:
    return environment(purpose).from_string(text)


def _percent_encoded(value: object) -> str:
    from jinja2 import Undefined

    return str(value) if isinstance(value, Undefined) else quote(str(value), safe="")
