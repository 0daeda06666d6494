"""Regular expressions that take time linear in the text, whoever wrote them.

A caller of the search writes the expression, and Python's own matcher may take exponential time. So the expression is
turned into a machine with a bounded number of states, of which all are followed at once (Thompson's construction).
The syntax is a part of RE2's: no back references, no look-around, no word boundaries. An expression must match the
whole text, as in TraceQL.

Source: Russ Cox, "Regular Expression Matching Can Be Simple And Fast"; github.com/google/re2, "Syntax".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

MAX_STATES: Final = 2_000
MAX_REPEAT: Final = 200
MAX_DEPTH: Final = 40
MOST_REMEMBERED: Final = 5_000
"""Transitions that are kept of one expression."""

Test = Callable[[str], bool]

_CLASSES: Final[dict[str, Test]] = {
    "d": lambda character: "0" <= character <= "9",
    "w": lambda character: character.isascii() and (character.isalnum() or character == "_"),
    "s": lambda character: character in "\t\n\f\r ",
}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_QUANTIFIERS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class RegexError(Exception):
    """The expression is none, or has something that is not read here. The message says what."""


class _State(NamedTuple):
    """A state: with a `test` it reads a character and goes to the first of `to`; without, it goes to all of them."""

    test: Test | None
    to: list[int]


class Regex:
    """A compiled expression. Raises RegexError."""

    def __init__(self, text: str) -> None:
        self._states: list[_State] = []
        parser = _Parser(text)
        tree = parser.whole()
        self._end = self._add(None)
        self._start = self._build(tree, self._end)
        self._remembered: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        """Returns whether the whole text matches."""
        states = self._closed([self._start])
        for character in text:
            states = self._after(states, character)
            if not states:
                return False
        return self._end in states

    def _after(self, states: frozenset[int], character: str) -> frozenset[int]:
        known = self._remembered.get((states, character))
        if known is not None:
            return known
        reached = [
            target
            for state in states
            if (test := self._states[state].test) is not None and test(character)
            for target in self._states[state].to
        ]
        after = self._closed(reached)
        if len(self._remembered) < MOST_REMEMBERED:
            self._remembered[states, character] = after
        return after

    def _closed(self, states: list[int]) -> frozenset[int]:
        """Returns the states, and those that are reached from them without a character."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                if self._states[state].test is None:
                    waiting += self._states[state].to
        return frozenset(found)

    def _add(self, test: Test | None, *to: int) -> int:
        if len(self._states) >= MAX_STATES:
            raise RegexError("the expression is too large")
        self._states.append(_State(test, list(to)))
        return len(self._states) - 1

    def _build(self, tree: _Tree, after: int) -> int:
        """Adds the states of a part that is followed by a state; returns the first one."""
        if isinstance(tree, _One):
            return self._add(tree.test, after)
        if isinstance(tree, _Either):
            return self._add(None, *[self._build(part, after) for part in tree.parts])
        if isinstance(tree, _Repeat):
            return self._build_repeat(tree, after)
        for part in reversed(tree.parts):
            after = self._build(part, after)
        return after

    def _build_repeat(self, tree: _Repeat, after: int) -> int:
        if tree.most is None:
            loop = self._add(None, after)
            self._states[loop].to.append(self._build(tree.part, loop))
            after = loop
        else:
            end = after
            for _ in range(tree.most - tree.least):
                after = self._add(None, self._build(tree.part, after), end)
        for _ in range(tree.least):
            after = self._build(tree.part, after)
        return after


class _One(NamedTuple):
    """One character that passes a test."""

    test: Test


class _All(NamedTuple):
    """Parts one after the other."""

    parts: tuple[_Tree, ...]


class _Either(NamedTuple):
    """One of several parts."""

    parts: tuple[_Tree, ...]


class _Repeat(NamedTuple):
    """A part several times; `most` is None where there is no limit."""

    part: _Tree
    least: int
    most: int | None


_Tree = _One | _All | _Either | _Repeat
_EMPTY: Final = _All(())
"""Nothing, however it is written. Other parts leave it out, and alternatives have it once: so each part adds a state,
and the bound of states is one of the work, too."""


class _Parser:
    def __init__(self, text: str) -> None:
        self._is_folded = text.startswith("(?i)")
        self._text = text.removeprefix("(?i)").removeprefix("^")
        if self._text.endswith("$") and not _is_escaped(self._text):
            self._text = self._text[:-1]
        self._at = 0
        self._depth = 0

    def whole(self) -> _Tree:
        tree = self._either()
        if self._at < len(self._text):
            raise RegexError("unexpected )")
        return tree

    @property
    def _next(self) -> str:
        """The character that comes, "" at the end."""
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._next
        if not character:
            raise RegexError("the expression ends too early")
        self._at += 1
        return character

    def _either(self) -> _Tree:
        parts = [self._all()]
        while self._next == "|":
            self._at += 1
            part = self._all()
            if part is not _EMPTY or _EMPTY not in parts:
                parts.append(part)
        return parts[0] if len(parts) == 1 else _Either(tuple(parts))

    def _all(self) -> _Tree:
        parts: list[_Tree] = []
        while self._next not in ("", "|", ")"):
            part = self._repeated(self._atom())
            if part is not _EMPTY:
                parts.append(part)
        if not parts:
            return _EMPTY
        return parts[0] if len(parts) == 1 else _All(tuple(parts))

    def _repeated(self, part: _Tree) -> _Tree:
        bounds = self._bounds()
        if bounds is None:
            return part
        if self._next == "?":  # lazy: which repetition is tried first does not matter here
            self._at += 1
        if self._next in ("*", "+", "?") or self._is_counted():
            raise RegexError("a repetition is repeated")
        return _EMPTY if part is _EMPTY or bounds[1] == 0 else _Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        if self._next in _QUANTIFIERS:
            return _QUANTIFIERS[self._take()]
        if not self._is_counted():
            return None
        end = self._text.index("}", self._at)
        least, comma, most = self._text[self._at + 1 : end].partition(",")
        self._at = end + 1
        low = int(least)
        high = (int(most) if most else None) if comma else low
        if low > MAX_REPEAT or (high is not None and not low <= high <= MAX_REPEAT):
            raise RegexError("a repetition has a bad count")
        return low, high

    def _is_counted(self) -> bool:
        """Returns whether a count in braces comes; any other brace is a character."""
        if self._next != "{":
            return False
        least, comma, most = self._text[self._at + 1 :].partition("}")[0].partition(",")
        is_closed = "}" in self._text[self._at :]
        is_number = least.isascii() and least.isdigit() and len(least) < 5
        is_most = (not most) or (most.isascii() and most.isdigit() and len(most) < 5)
        return is_closed and is_number and is_most and (bool(comma) or not most)

    def _atom(self) -> _Tree:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return _One(self._set())
        if character == ".":
            return _One(lambda _: True)
        if character == "\\":
            return _One(self._escape())
        if character in _QUANTIFIERS:
            raise RegexError(f"nothing stands before {character}")
        if character in "^$":
            raise RegexError(f"{character} stands within the expression")
        return _One(self._literal(character))

    def _group(self) -> _Tree:
        if self._next == "?":
            self._at += 1
            if self._take() != ":":
                raise RegexError("groups may begin with (?: alone")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RegexError("groups are nested too deep")
        tree = self._either()
        if self._next != ")":
            raise RegexError("a group is not closed")
        self._at += 1
        self._depth -= 1
        return tree

    def _escape(self) -> Test:
        character = self._take()
        known = _CLASSES.get(character.lower())
        if known is not None:
            return known if character.islower() else lambda given: not known(given)
        return self._literal(self._escaped(character))

    @staticmethod
    def _escaped(character: str) -> str:
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character.isalnum() and character.isascii():
            raise RegexError(f"\\{character} is not read here")
        return character

    def _literal(self, character: str) -> Test:
        if self._is_folded:
            folded = character.casefold()
            return lambda given: given.casefold() == folded
        return lambda given: given == character

    def _set(self) -> Test:
        """Returns the test of what follows `[`."""
        is_negated = self._next == "^"
        self._at += is_negated
        tests: list[Test] = []
        while not tests or self._next != "]":
            tests.append(self._range())
        self._at += 1
        if is_negated:
            return lambda given: not any(test(given) for test in tests)
        return lambda given: any(test(given) for test in tests)

    def _range(self) -> Test:
        first = self._take()
        if first == "[" and self._next == ":":
            raise RegexError("[: is not read here")
        if first == "\\":
            if self._next.lower() in _CLASSES:
                return self._escape()
            first = self._escaped(self._take())
        if self._next != "-" or self._text[self._at + 1 : self._at + 2] in ("", "]"):
            return self._literal(first)
        self._at += 1
        last = self._take()
        if last == "\\":
            last = self._escaped(self._take())
        if last < first:
            raise RegexError(f"{first}-{last} is no range")
        if self._is_folded:
            return lambda given: any(
                first <= form <= last for form in (given, given.lower(), given.upper())
            )
        return lambda given: first <= given <= last


def _is_escaped(text: str) -> bool:
    """Returns whether the last character stands behind an odd number of backslashes."""
    before = text[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
