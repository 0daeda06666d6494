"""The page that lists the tab's states, written from the list of states."""

from __future__ import annotations

from local.project import PROJECT
from tests.browser.tab_states import ALL_STATES, State

PAGE = PROJECT / "docs" / "reference" / "tab-states.md"
HEAD = """# The Trace tab's states

Every state that an operator meets. The tests open each of them in a wide window and on a phone, in light and dark,
check what it shows, and hold it to WCAG 2.2 AA with axe. `make screenshots` takes a picture of each, writes
`build/states/index.html`, which shows them, and writes this page. What the parts of the tab mean, and the keys, are in
[the Trace tab](trace-tab.md).

| state | what it shows |
|---|---|
"""


def write_states_page() -> None:
    PAGE.write_text(states_page(), "utf-8")


def states_page() -> str:
    """Returns the page: a row for each state."""
    return HEAD + "".join(f"| {title(state)} | {state.words} |\n" for state in ALL_STATES)


def title(state: State) -> str:
    """Returns a state's name as words."""
    return state.name.replace("-", " ").capitalize()
