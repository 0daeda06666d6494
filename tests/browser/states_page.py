"""The page that shows the pictures of the tab's states, written from the list of states."""

from __future__ import annotations

from local.project import PROJECT
from tests.browser.tab_states import ALL_STATES, State

PAGE = PROJECT / "docs" / "reference" / "tab-states.md"
HEAD = """# The Trace tab's states

Every state that an operator meets, in a wide window and on a phone, light or dark as your system is. Each of them is
held to WCAG 2.2 AA by axe in the tests. `make screenshots` takes the pictures and writes this page; what is to be seen,
and the keys, are in [the Trace tab](trace-tab.md).
"""


def write_states_page() -> None:
    PAGE.write_text(states_page(), "utf-8")


def states_page() -> str:
    return HEAD + "".join(section(state) for state in ALL_STATES)


def section(state: State) -> str:
    title = state.name.replace("-", " ").capitalize()
    pictures = "\n".join(picture(state, size) for size in ("wide", "narrow"))
    return f"\n## {title}\n\n{state.words}\n\n{pictures}\n"


def picture(state: State, size: str) -> str:
    """By the width of the page: the wide picture fills it, the narrow one is as large as a phone."""
    width = {"wide": "72%", "narrow": "24%"}[size]
    address = f"../images/states/{state.name}"
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{address}-dark-{size}.png">'
        f'<img src="{address}-light-{size}.png" width="{width}" alt="{state.words}"></picture>'
    )
