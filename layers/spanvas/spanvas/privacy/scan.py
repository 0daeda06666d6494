"""The rules as one RE2 Set: a single linear pass says which rules hit, and only those are run to find where."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.encoded import DEEPEST, START, Run, runs_in
from spanvas.privacy.keys import is_secret_key, is_secret_number_key
from spanvas.privacy.readings import may_be_disguised, reading_of
from spanvas.privacy.rule_set import CURATED, RuleSet
from spanvas.privacy.rules.pattern import loosened
from spanvas.privacy.rules.rule import is_opaque_value, is_secret_value
from spanvas.privacy.wrapped import SIGN, Wrapped, wrapped_in

SET_MEMORY_BYTES: Final = 24 << 20
CANARY: Final = b"\0\x01spanvas-canary\x01"
CANARY_PATTERN: Final = r"\x01spanvas-canary\x01"
SEPARATOR: Final = b"\0"
"""Between texts that are scanned together. A rule that reaches across it costs a second look at each text, no more."""

SURROGATE: Final = LazyPattern(rb"\xed[\xa0-\xbf][\x80-\xbf]")
REPLACEMENT: Final = "\ufffd".encode()

BETWEEN_LOOKS: Final = 64


class Hit(NamedTuple):
    """A place in a UTF-8 text, in bytes, and the rule that found it."""

    start: int
    end: int
    rule: str


class Scanner:
    """Finds secrets and personal data in UTF-8 bytes. Raises ImportError where google-re2 is not installed.

    A Set answers "no match" also when its automaton runs out of memory (re2/set.h), so every scanned text carries a
    canary: where that is not found, each rule is run by itself.
    """

    def __init__(self, rule_set: RuleSet = CURATED) -> None:
        import re2

        self.rule_set = rule_set
        self._rules = rule_set.rules
        self._of_secrets = len(rule_set.secrets)

        options = re2.Options()
        options.max_mem = SET_MEMORY_BYTES
        options.log_errors = False
        self._patterns: list[Any] = [None] * len(self._rules)
        self._compile: Callable[[str], Any] = re2.compile
        self._encoded: Any = None
        self._broken: Any = None
        self._set = re2.Set.SearchSet(options)
        for rule in self._rules:
            self._set.Add(rule.sign or loosened(rule.pattern))
        self._start = self._set.Add(START)
        self._wrapped = self._set.Add(loosened(SIGN))
        self._canary = self._set.Add(CANARY_PATTERN)
        self._set.Compile()

    def for_child(self) -> Scanner:
        """Returns a scanner for a forked process, with patterns of its own: google-re2 keeps compiled ones."""
        import re2

        re2.purge()
        return Scanner(self.rule_set)

    def rules_in(self, texts: Sequence[bytes]) -> tuple[int, ...]:
        """Returns the numbers of the rules that may hit somewhere in these texts."""
        joined_texts = SEPARATOR.join((*texts, CANARY))
        if may_be_disguised(joined_texts):
            readings = [reading.text for reading in map(reading_of, texts) if reading]
            joined_texts = SEPARATOR.join((*readings, joined_texts))
        found: list[int] = self._set.Match(joined_texts) or []
        if found == [self._canary]:
            return ()
        if self._start in found or self._wrapped in found:
            more = (
                *self._decoded_in(joined_texts),
                *(one.text for one in self._wrapped_in(joined_texts)),
            )
            found = self._set.Match(SEPARATOR.join((*more, joined_texts))) or []
        if self._canary not in found:
            return tuple(range(len(self._rules)))
        return tuple(sorted(number for number in found if number < self._start))

    def hits(
        self,
        text: bytes,
        numbers: Sequence[int],
        look: Callable[[], None] | None = None,
        name: str = "",
        depth: int = 0,
    ) -> list[Hit]:
        """Where the given rules hit in one text, in order; overlapping hits are joined under the first one's name.

        Where they hit in a text in base64, all of that is a hit; `depth` says in how many such texts this one is.

        A secret wins over personal data: in `user:word@host` the word goes, although `word@host` is an address too.
        `name` is what the text stands under: it may say that a number is an id or a version, and nothing else.
        `look` is called now and then, and may raise: a text can hold as many hits as it has characters.
        """
        look = look or _go_on
        hits = self._hits_in(text, numbers, look, name)
        encoded = self._encoded_hits(text, numbers, look, depth)
        encoded += self._wrapped_hits(text, numbers, look, hits)
        reading = reading_of(text)
        if reading is None:
            return joined(encoded + hits) if encoded else hits
        at = reading.positions
        return joined(
            encoded
            + hits
            + [
                Hit(at[hit.start], at[hit.end], hit.rule)
                for hit in (
                    *self._hits_in(reading.text, numbers, look, name),
                    *self._encoded_hits(reading.text, numbers, look, depth),
                )
            ]
        )

    def _encoded_hits(
        self, text: bytes, numbers: Sequence[int], look: Callable[[], None], depth: int
    ) -> list[Hit]:
        """Returns the runs of base64 in which the rules hit, each under the name of the first."""
        hits = []
        for run in self._runs_in(text, depth):
            look()
            inner = self.hits(run.text, numbers, look, "", depth + 1)
            hits += [Hit(run.start, run.end, inner[0].rule)] if inner else []
        return hits

    def _wrapped_hits(
        self, text: bytes, numbers: Sequence[int], look: Callable[[], None], found: Sequence[Hit]
    ) -> list[Hit]:
        """Returns tokens over several lines of which the first line alone was not found."""
        hits: list[Hit] = []
        for one in self._wrapped_in(text) if b"\n" in text else ():
            (start, end), *_ = one.parts
            if any(hit.start < end and hit.end > start for hit in (*found, *hits)):
                continue
            inner = self._hits_in(one.text, numbers, look, "")
            if inner and inner[0].start == 0 and inner[0].end > end - start:
                hits.append(Hit(start, one.place(inner[0].end), inner[0].rule))
        return hits

    def _wrapped_in(self, text: bytes) -> Iterator[Wrapped]:
        if self._broken is None:
            self._broken = self._compile(SIGN)
        return wrapped_in(text, self._broken.finditer(text))

    def _decoded_in(self, text: bytes, depth: int = 0) -> Iterator[bytes]:
        """Yields what is in base64 in a text, as it stands and as it reads, and what is in that in turn."""
        for run in self._runs_in(text, depth):
            reading = reading_of(run.text)
            for one in (run.text, reading.text) if reading else (run.text,):
                yield one
                yield from self._decoded_in(one, depth + 1)

    def _runs_in(self, text: bytes, depth: int) -> Iterator[Run]:
        if depth >= DEEPEST or not self._is_encoded(text):
            return iter(())
        return runs_in(text, self._encoded.finditer(text))

    def _is_encoded(self, text: bytes) -> bool:
        if self._encoded is None:
            self._encoded = self._compile(START)
        return self._encoded.search(text) is not None

    def _hits_in(
        self, text: bytes, numbers: Sequence[int], look: Callable[[], None], name: str
    ) -> list[Hit]:
        secrets = [
            hit
            for n in numbers
            if n < self._of_secrets
            for hit in self._hits_of(n, text, look, name)
        ]
        secrets = joined(secrets)
        starts = [hit.start for hit in secrets]
        personal = [
            hit
            for n in numbers
            if n >= self._of_secrets
            for hit in self._hits_of(n, text, look, name)
            if not _overlaps(hit, secrets, starts)
        ]
        return joined(secrets + personal) if personal else secrets

    def _hits_of(self, number: int, text: bytes, look: Callable[[], None], name: str) -> list[Hit]:
        rule, pattern = self._rules[number], self._patterns[number]
        if pattern is None:
            pattern = self._patterns[number] = self._compile(rule.pattern)
        groups, is_keyed, places = pattern.groups, rule.is_keyed, rule.places
        hits: list[Hit] = []
        for count, match in enumerate(pattern.finditer(text)):
            if count % BETWEEN_LOOKS == 0:
                look()
            check = rule.check
            if groups < 2:
                start, end = match.span(groups)
                if start < 0:
                    start, end = match.span()
            else:
                taking_part = (
                    place for place in map(match.span, range(1, groups + 1)) if place[0] >= 0
                )
                start, end = next(taking_part, match.span())
                if is_keyed:
                    key = text[start:end].decode("utf-8", "replace")
                    if not is_secret_key(key):
                        continue
                    start, end = next(taking_part)
                    if check is is_opaque_value and is_secret_number_key(key):
                        check = is_secret_value  # passwords need no digit
            if places is not None:
                look()  # each may read the lines below
                hits += [Hit(*place, rule.name) for place in places(text, start, end, name)]
            elif check is None or check(text[start:end].decode("utf-8", "replace")):
                hits.append(Hit(start, end, rule.name))
        return hits


def scannable(text: str) -> bytes:
    """Returns a text in UTF-8.

    Lone surrogates, which RE2 does not know, are replaced by a character of the same length.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        replaced: bytes = SURROGATE.sub(REPLACEMENT, text.encode("utf-8", "surrogatepass"))
        return replaced


def joined(hits: list[Hit]) -> list[Hit]:
    """Returns hits in order, those that overlap as one under the first one's name."""
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    disjoint: list[Hit] = []
    for hit in hits:
        if disjoint and hit.start < disjoint[-1].end:
            disjoint[-1] = disjoint[-1]._replace(end=max(hit.end, disjoint[-1].end))
        else:
            disjoint.append(hit)
    return disjoint


def _overlaps(hit: Hit, others: Sequence[Hit], starts: Sequence[int]) -> bool:
    """Whether it meets one of others that do not overlap each other and begin at `starts`."""
    after = bisect_left(starts, hit.end)
    return after > 0 and others[after - 1].end > hit.start


def _go_on() -> None:
    """Nobody is in a hurry."""
