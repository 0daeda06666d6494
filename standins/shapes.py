"""Filling the JSON shape that a prompt asks for with what its text says.

A prompt shows the shape as an example whose values say what belongs there (`"date": "the date, as YYYY-MM-DD"`). Each
rule below reads such a description the way a person would; none of them knows a particular workflow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from standins.prose import (
    STOP_WORDS,
    best_sentences,
    key_phrases,
    sentences_of,
    stem_of,
    words_of,
)

_FENCE: Final = re.compile(r"```json\n(.*?)\n```", re.DOTALL)
MONTH_NAMES: Final = (
    """January February March April May June July August September October November December"""
)
_MONTHS: Final = MONTH_NAMES.split()
_WRITTEN_DATE: Final = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
_ISO_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_QUOTED: Final = re.compile(r"[\"\u201c]([^\"\u201d\n]{2,60})[\"\u201d]")
_NUMBER_WORDS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NAME: Final = r"((?:[A-ZÀ-Þ][\w'\u2019-]*)(?:\s+[A-ZÀ-Þ][\w'\u2019-]+){0,2})"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a shape is filled from: the text itself, the instructions about it, and a digest for what is free."""

    material: str
    instructions: str
    digest: str


def shape_in(instructions: str) -> Any | None:
    """The last JSON example of the instructions; None where there is none."""
    found = _FENCE.findall(instructions)
    try:
        return json.loads(found[-1]) if found else None
    except ValueError:
        return None


def fill(shape: Any, reading: Reading) -> Any:
    """Returns the shape with what the text says in the place of each description."""
    if isinstance(shape, dict):
        return {key: fill(value, reading) for key, value in shape.items()}
    if isinstance(shape, list):
        return _list(str(shape[0]) if shape else "", reading)
    return _value(shape, reading) if isinstance(shape, str) else shape


def _value(description: str, reading: Reading) -> Any:
    if " | " in description:
        return choose(description.split(" | "), reading)
    for fits, read in _RULES:
        if found := fits.search(description):
            return read(found, reading)
    return _phrase(description, reading)


def choose(options: list[str], reading: Reading) -> str:
    """The option that the text speaks of: by name first, then by the words that the instructions define it with.

    The first of equals in the text wins; an option that nothing speaks for is the last one, as lists of this kind end
    with what remains.
    """
    tokens = [stem_of(word) for word in words_of(reading.material)]
    scores: list[tuple[int, int, int]] = []
    for number, option in enumerate(options):
        name = stem_of(option.lower())
        spoken = [place for place, token in enumerate(tokens) if token == name]
        defined = re.search(rf"^- {re.escape(option)}: (.+)$", reading.instructions, re.MULTILINE)
        meaning = {stem_of(word) for word in words_of(defined[1])} if defined else set()
        shared = (meaning - {stem_of(word) for word in STOP_WORDS}).intersection(tokens)
        first = spoken[0] if spoken else len(tokens)
        if spoken or shared:
            scores.append((-(2 * bool(spoken) + len(shared)), first, number))
    return options[min(scores)[2]] if scores else options[-1]


def _date(_: re.Match[str], reading: Reading) -> str | None:
    if found := _WRITTEN_DATE.search(reading.material):
        month = _MONTHS.index(found[2]) + 1
        return f"{found[3]}-{month:02d}-{int(found[1]):02d}"
    iso = _ISO_DATE.search(reading.material)
    return iso[0] if iso else None


def _scored(found: re.Match[str], reading: Reading) -> int:
    """A judgement has no source in the text: the upper half of the range, by the digest."""
    low, high = int(found[1]), int(found[2])
    upper = (low + high + 1) // 2
    return upper + int(reading.digest[:4], 16) % (high - upper + 1)


def _counted(found: re.Match[str], reading: Reading) -> int | None:
    number = re.search(rf"\b(\d[\d,]*) {found[1]}\b", reading.material)
    return int(number[1].replace(",", "")) if number else None


def _like(found: re.Match[str], reading: Reading) -> str | None:
    pattern = re.sub(r"[A-Z]", "[A-Z]", re.sub(r"\d", r"\\d", re.escape(found[1])))
    number = re.search(rf"\b{pattern}\b", reading.material)
    return number[0] if number else None


def _after(found: re.Match[str], reading: Reading) -> str | None:
    names = "|".join(re.escape(word) for word in re.split(r",\s*|\s+or\s+", found[1]))
    name = re.search(rf"\b(?:{names})\s+{_NAME}", reading.material)
    return name[1] if name else None


def _following(found: re.Match[str], reading: Reading) -> str | None:
    """Lower-case words after a phrase, up to the next punctuation or word that begins another thought."""
    words = re.search(rf"\b{re.escape(found[1])}\s+([^,.;\n]+)", reading.material)
    if not words:
        return None
    said = re.split(r"\s(?:for|in|by|aboard|and nobody|on|at)\s", words[1])[0].split()
    return " ".join(said[:4]) or None


def _quoted(_: re.Match[str], reading: Reading) -> str | None:
    found = _QUOTED.search(reading.material)
    return found[1] if found else None


def _sentence(found: re.Match[str], reading: Reading) -> str | None:
    """The best sentence; where wishes or limits are asked for, among those that speak of one."""
    description = found.string
    for asked, spoken in _SPEAKING:
        if asked in description:
            said = [
                s for s in sentences_of(reading.material) if re.search(spoken, s, re.IGNORECASE)
            ]
            if said:
                return said[-1]
            if "or null" in description:
                return None
    best = best_sentences(reading.material, 1, reading.instructions) or _whole(reading)
    return best[0] if best else None


def _whole(reading: Reading) -> list[str]:
    """What a text of a word or two says best is itself; nothing where there is no text."""
    return sentences_of(reading.material)[:1]


_SPEAKING: Final = (
    ("asks for", r"\bplease\b|\bwould like\b|\bI want\b|\bcould you\b"),
    ("limit", r"\blimit|\bbut\b|\byet\b|\bcostly\b|\bnot cheap\b|\bfew\b"),
)


def _phrase(description: str, reading: Reading) -> str | None:
    phrases = key_phrases(reading.material, 3, 5) or _whole(reading)
    if not phrases:
        return None
    text = ", ".join(phrases) if "title" in description else phrases[0]
    return text[0].upper() + text[1:]


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reading], Any]], ...]] = (
    (re.compile(r"YYYY-MM-DD"), _date),
    (re.compile(r"number from (\d+) to (\d+)"), _scored),
    (re.compile(r"number of (\w+)"), _counted),
    (re.compile(r"\bas in ([A-Z0-9-]*\d)"), _like),
    (re.compile(r"after the words? ([\w, ]+?)(?:, or null|$)"), _after),
    (re.compile(r"words after ([\w ]+?)(?:, or null|$)"), _following),
    (re.compile(r"in quotation marks"), _quoted),
    (re.compile(r"in one sentence|one sentence"), _sentence),
)


def _list(description: str, reading: Reading) -> list[str]:
    counts = [_NUMBER_WORDS[word] for word in words_of(description) if word in _NUMBER_WORDS]
    if "phrase" in description:
        limit = re.search(r"at most (\d+)", reading.instructions)
        found = key_phrases(reading.material, int(limit[1]) if limit else 5)
    else:
        found = best_sentences(reading.material, max(counts, default=3), reading.instructions)
    return found or _whole(reading)
