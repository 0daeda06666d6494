"""Identity numbers of states, dates of birth and telephone numbers as they are dialled at home.

A number of its own form and with its check digit is found wherever it stands. One that has no form of its own is found
behind a word that says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules import check_digits as check
from spanvas.privacy.rules.context import is_counted
from spanvas.privacy.rules.rule import Rule

MARKS: Final = LazyPattern(r"[ .\-/+()\u00a0]")

FORMS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", check.is_cpf),
    (r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", check.is_codice_fiscale),
    (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", check.is_dni),
    (r"[1-478] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-4]\d) ?\d{2} ?\d{3} ?\d{3} ?\d{2}", check.is_nir),
    (r"(?:19|20)?\d{6}[-+]\d{4}", check.is_personnummer),
    (r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", check.is_belgian),
    (r"756\.\d{4}\.\d{4}\.\d{2}", check.is_ahv),
    (r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d", check.is_curp),
    (r"(?:20|23|24|27)-\d{8}-\d", check.is_cuil),
    (r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", check.is_rut),
    (r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", check.is_chinese),
    (r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}", check.is_rrn),
    (r"[STFGM]\d{7}[A-Z]", check.is_nric),
    (r"[2-9]\d{3} \d{4} \d{4}", check.is_aadhaar),
    (r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", lambda _text: True),
    (r"\d{3}-\d{3}-\d{3}", check.luhn_holds),
)  # fmt: skip
"""Brazil, Italy, Spain, France, Sweden, Belgium, Switzerland, Mexico, Argentina, Chile, China, Korea, Singapore, India
(Aadhaar and PAN), Canada."""
FINNISH: Final = r"\d{6}[-+A-F]\d{3}[\dA-FHJ-NPR-Y]"
COMPILED: Final = [(LazyPattern(pattern), is_one) for pattern, is_one in FORMS]
FINNISH_FORM: Final = LazyPattern(FINNISH)
GROUPED: Final = LazyPattern(r"[\d ]+")
DAY: Final = LazyPattern(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

LABELS: Final = (
    r"(?i:\bcpf|\baadh?aa?r|\bdni|\bnie|\bnif|\bpesel|\bbsn|\bburgerservicenummer"
    r"|\bcurp|\brfc del|\bc[ée]dula|\bcuil|\bcuit"
    r"|\bsteuer-?(?:id|identifikations?-?nummer)|\bidnr|\bsozialversicherungsnummer|\bcodice fiscale|\bpersonnummer"
    r"|\bcpr(?:-nummer)?|\bf[øo]dselsnummer|\bhenkil[öo]tunnus|\brodn[ée] [čc][íi]slo"
    r"|\bnum[ée]ro de s[ée]curit[ée] sociale"
    r"|\bnational (?:id|identity|insurance)|\bsocial (?:security|insurance)|\bssn|\bpassport|\breisepass"
    r"|\bpersonalausweis"
    r"|\bdriver'?s? li[cs]en[cs]e|\bdriving li[cs]en[cs]e|\btax (?:id|identification|file)|\bnhs|\bmedicare|\btfn"
    r"|\bid card"
    r"|\bidentity card|\bpan card|\bmy number|\bahv|\btckn|\bt\.?c\.? kimlik|\bteudat zehut|\bvoter id)|\bSIN|\bPAN"
    r"|\bNIR|\bNINO"
)
NUMBER_WORD: Final = (
    r"(?i:[ _-]{0,2}(?:number|no\.?|nr\.?|num|card|code|id|#|n°|nummer|n[úu]mero))?"
)
LABELLED_VALUE: Final = (
    r"[\"'`]{0,2}(?i:\s{0,2}(?:[:=#]|is|ist|es|est|è|é))?[\s\"'`(]{0,3}"
    r"((?:[A-Z]{1,6}[ -]?)?\d[\dA-Z]{0,17}(?:[ .\-/][\dA-Z]{1,8}){0,6})\b"
)
FEWEST: Final = 7
"""Characters without marks."""
FEWEST_DIGITS: Final = 4

BIRTH: Final = (
    r"(?i)\b(?:dob|d\.o\.b\.?|date[ _-]of[ _-]birth|birth[ _-]?date|birthday|born(?: on)?|geburtsdatum|geboren(?: am)?"
    r"|geb\.|date de naissance|n[ée]\(?e?\)? le|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il"
    r"|data de nascimento|nascid[oa] em|geboortedatum|f[öo]delsedatum|syntym[äa]aika|data urodzenia)[\"'`]{0,2}"
    r"(?:\s{0,2}(?::|=|is|was|ist|->))?[\s\"'`]{0,3}"
    r"(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}(?:[-./ ]\d{1,2}[-./ ]|(?:st|nd|rd|th"
    r"|\.)? (?:of )?[A-Za-z\x{c0}-\x{24f}]{3,9}\.?,? )(?:\d{4}|\d{2})"
    r"|[A-Za-z\x{c0}-\x{24f}]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b"
)

HOME_PHONES: Final = (
    r"\b0[1-9](?:[ .]\d{2}){4}\b"
    r"|\b0(?:20 [378]\d{3} \d{4}|1\d{3} \d{6}|1\d1 \d{3} \d{4}|11\d \d{3} \d{4}|7\d{3} ?\d{3} ?\d{3}"
    r"|[38]00 \d{3} \d{4})\b"
    r"|\b0[1-9]\d{0,2}-\d{3,4}-\d{4}\b"
    r"|\(\d{2}\) ?9?\d{4}-\d{4}\b"
    r"|\b0(?:1[5-7]\d|[2-9]\d{1,3})[ /-]\d{3,4}[ -]?\d{3,5}\b"
    r"|\(0\d{1,4}\) ?\d{3,4}[ -]?\d{3,5}\b"
    r"|\b0[2-478] \d{4} \d{4}\b|\b04\d{2} \d{3} \d{3}\b|\b06[ -]\d{8}\b|\b06-?\d{2} \d{2} \d{2} \d{2}\b"
)
"""France, United Kingdom, Japan and Korea, Brazil, Germany and Austria, Australia, the Netherlands."""


def ids_in(text: bytes, start: int, end: int, _name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of a match if it is an identity number by the rules of one of the states."""
    found = text[start:end].decode("utf-8", "replace")
    if _touches(text, start, end):
        return
    if FINNISH_FORM.fullmatch(found) and check.is_finnish(found):
        yield start, end
        return
    plain = MARKS.sub("", found)
    if GROUPED.fullmatch(found) and _is_of_a_series(text, start, end):
        return
    if any(pattern.fullmatch(found) and is_one(plain) for pattern, is_one in COMPILED) and not (
        plain.isdigit()
        and GROUPED.fullmatch(found)
        and is_counted(text, start, end, "", is_series=" " in found)
    ):
        yield start, end


def _touches(text: bytes, start: int, end: int) -> bool:
    """Whether letters, digits or marks between them touch it: then it is a part of something longer."""
    left, right = text[max(start - 2, 0) : start], text[end : end + 2]
    return (left[-1:] in {b"-", b".", b"_", b"/", b"+"} and left[:1].isalnum()) or (
        right[:1] in {b"-", b".", b"_", b"/"} and right[1:].isalnum()
    )


def _is_of_a_series(text: bytes, start: int, end: int) -> bool:
    """Whether another group of digits stands right before or behind it."""
    return text[max(start - 2, 0) : start - 1].isdigit() or (
        text[end : end + 1] == b" " and text[end + 1 : end + 2].isdigit()
    )


def is_labelled_number(text: str) -> bool:
    """Returns whether what stands behind the name of an identity number is one: years and counts are shorter."""
    return sum(map(str.isalnum, text)) >= FEWEST and sum(map(str.isdigit, text)) >= FEWEST_DIGITS


def home_phones_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of a match unless the text around it says that it is an id, a date or a count."""
    if not _touches(text, start, end) and not is_counted(text, start, end, name):
        yield start, end


NATIONAL_IDS: Final = (
    Rule(
        "national_id",
        r"\b(?:" + "|".join([*(pattern for pattern, _ in FORMS), FINNISH]) + r")\b",
        (
            "CPF is «529.982.247-25»",
            "«RSSMRA85T10A562S»",
            "«12345678Z»",
            "«X1234567L»",
            "«2 55 08 14 168 025 38»",
            "«811228-9874»",
            "«85.07.30-033.28»",
            "«756.9217.0769.85»",
            "«BOXW310820HNERXN09»",
            "«20-12345678-6»",
            "«12.345.678-5»",
            "«11010519491231002X»",
            "«900101-1234567»",
            "«S1234567D»",
            "«2341 2341 2346»",
            "«ABCPE1234F»",
            "«046-454-286»",
            "«131052-308T»",
        ),
        (
            "529.982.247-26",
            "RSSMRA85T10A562T",
            "12345678A",
            "811228-9875",
            "123-456-789",
            "sizes 2341 2341 2346",
            "1234567890123456-811228-9874-1",
            "ABCDE1234F",
        ),
        places=ids_in,
    ),
    Rule(
        "labelled_national_id",
        r"(?:" + LABELS + r")" + NUMBER_WORD + LABELLED_VALUE,
        (
            "CPF «52998224725»",
            "Aadhaar: «234123412346»",
            "Steuer-ID «86095742719»",
            "SSN «078051120»",
            "SIN: «046 454 286»",
            "passport no. «C01X00T47»",
            "NHS number «943 476 5919»",
            "personnummer «198112289874»",
            "PESEL «44051401359»",
            "PAN: «ABCDE1234F»",
        ),
        (
            "PAN of 12",
            "sin(12345678)",
            "passport control",
            "SSN is required",
            "passport-jwt@4.0.1",
            "nhs 12",
        ),
        is_labelled_number,
    ),
    Rule(
        "date_of_birth",
        BIRTH,
        (
            "DOB: «1990-05-17»",
            "date of birth «17/05/1990»",
            "born on «17 May 1990»",
            "born «May 17, 1990»",
            "Geburtsdatum: «17.05.1990»",
            "née le «17 mai 1990»",
        ),
        ("born in 1990", "built 1990-05-17", "birthday party"),
    ),
    Rule(
        "home_phone",
        HOME_PHONES,
        (
            "«01 23 45 67 89»",
            "«020 7946 0958»",
            "«07700 900123»",
            "«090-1234-5678»",
            "«(11) 91234-5678»",
            "«0171/1234567»",
            "«(030) 1234567»",
            "«02 9876 5432»",
            "«0412 345 678»",
            "«06-12345678»",
            "«06-12 34 56 78»",
        ),
        ("order 020 7946 0958", "0012-3456-7890", "0-2026-1234", "1-0171/1234567"),
        places=home_phones_in,
    ),
)
