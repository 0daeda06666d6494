"""Reading English without a model: sentences, key phrases and the sentences that say most."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_STOP_WORDS: Final = """a about above after again against all also although always am among an and another any are as
    at away be because been before began being below between both brought but by came can could did do does during each
    either end every few first for from further get give given go had has have having he her here hers him his how i if
    in into is it its itself just last least less like made make many may me might more most much must my near neither
    never next no nor not nothing now of off on once one only or other others our out over own per put rather same shall
    she should since so some still such take than that the their them then there these they this those though three
    through to together too took two under until up upon us used using very was we were what when where which while who
    whom whose why will with within without would yet you your"""
# Verbs and fillers that questions are made of, not what they are about.
_QUESTION_WORDS: Final = """become came change changed changes compare describe explain improve improved limited limits
    matter tell"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
QUESTION_WORDS: Final = frozenset(_QUESTION_WORDS.split())
_SENTENCE_END: Final = re.compile(
    r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(A-ZÀ-Þ\[])"
)
_ABBREVIATION: Final = re.compile(r"\b(?:Mr|Mrs|Messrs|Dr|St|No)\.$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def words_of(text: str) -> list[str]:
    """Returns the words of a text, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def stem_of(word: str) -> str:
    """A crude stem: enough for "arrived" to be "arrives" and "lamps" to be "lamp"."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def sentences_of(text: str) -> list[str]:
    """Sentences in order, whitespace made single. A blank line ends one too."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        begun = ""
        for part in _SENTENCE_END.split(" ".join(paragraph.split())):
            begun = f"{begun} {part}".strip()
            if not _ABBREVIATION.search(begun):
                found.append(begun)
                begun = ""
        if begun:
            found.append(begun)
    return [sentence for sentence in found if sentence]


def best_sentences(text: str, count: int, about: str = "") -> list[str]:
    """The sentences whose words are most frequent in the text, those of `about` counting thrice; in text order."""
    frequency = Counter(stem_of(word) for word in words_of(text) if word not in STOP_WORDS)
    for word in set(words_of(about)) - STOP_WORDS:
        frequency[stem_of(word)] *= 3
    scored = []
    for position, sentence in enumerate(sentences_of(text)):
        stems = [stem_of(word) for word in words_of(sentence) if word not in STOP_WORDS]
        if len(stems) >= 3:
            weight = sum(frequency[stem] for stem in stems) / (len(stems) + 4)
            scored.append((-weight, position, sentence))
    chosen = sorted(scored)[:count]
    return [sentence for _, _, sentence in sorted(chosen, key=lambda item: item[1])]


def key_phrases(text: str, count: int, longest: int = 3) -> list[str]:
    """Runs of words between stop words and punctuation, in order of appearance, each once (after RAKE, 2010)."""
    skipped = STOP_WORDS | QUESTION_WORDS
    found: list[str] = []
    for clause in re.split(r"[,.;:!?()\n\"\u201c\u201d]", text):
        run: list[str] = []
        for word in [*words_of(clause), ""]:
            if word and word not in skipped:
                run.append(word)
            else:
                phrase = " ".join(run[:longest])
                if phrase and phrase not in found:
                    found.append(phrase)
                run = []
    return found[:count]
