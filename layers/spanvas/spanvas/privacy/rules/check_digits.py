"""The check digits of cards and of national identity numbers, as those who issue them define them.

Each function takes the digits, or digits and capital letters, without marks between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LUHN_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")
"""Twice each digit, of two digits the sum."""
DNI_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
NIE_DIGITS: Final = str.maketrans("XYZ", "012")
NRIC_LETTERS: Final = {
    "S": "JZIHGFEDCBA",
    "T": "GFEDCBAJZIH",
    "F": "XWUTRQPNMLK",
    "G": "RQPNMLKXWUT",
    "M": "XWUTRQPNJLK",
}
NRIC_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2)
FINNISH: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
ODD_VALUES: Final = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)
CURP_LETTERS: Final = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
CHINESE: Final = "10X98765432"
CHINESE_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MULTIPLIED: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043",
    "8765932104", "9876543210",
)  # fmt: skip
PERMUTED: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Returns the sum of the first digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn_holds(digits: str) -> bool:
    """Returns whether the last digit is the check digit of the others (ISO/IEC 7812-1, Annex B: Luhn)."""
    codes = digits.encode()
    total = sum(codes[-1::-2]) + sum(codes[-2::-2].translate(LUHN_DOUBLED))
    return (total - ord("0") * len(codes)) % 10 == 0


def is_verhoeff(digits: str) -> bool:
    """Returns whether the last digit is Verhoeff's (India's Aadhaar)."""
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = int(MULTIPLIED[check][int(PERMUTED[position % 8][int(digit)])])
    return check == 0


def is_date(year: int, month: int, day: int) -> bool:
    """Returns whether there is such a day."""
    from datetime import date

    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_cpf(digits: str) -> bool:
    """Returns whether eleven digits are a Brazilian CPF."""
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(
        weighted(digits, range(end + 1, 1, -1)) * 10 % 11 % 10 == int(digits[end])
        for end in (9, 10)
    )


def is_dni(text: str) -> bool:
    """Returns whether a text is a Spanish DNI or NIE: eight digits, or a letter and seven, and a letter of control."""
    digits = text[:-1].translate(NIE_DIGITS)
    return digits.isdigit() and DNI_LETTERS[int(digits) % 23] == text[-1]


def is_codice_fiscale(text: str) -> bool:
    """Returns whether sixteen characters are an Italian codice fiscale."""
    total = 0
    for position, character in enumerate(text[:15]):
        value = int(character) if character.isdigit() else ord(character) - 65
        total += value if position % 2 else ODD_VALUES[value]
    return chr(65 + total % 26) == text[15]


def is_nir(digits: str) -> bool:
    """Returns whether fifteen digits are a French NIR with its key."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:]) and 1 <= int(digits[3:5]) <= 42


def is_steuer_id(digits: str) -> bool:
    """Returns whether eleven digits are a German tax id: of the first ten one stands there twice or three times."""
    if len(digits) != 11 or digits[0] == "0" or len(set(digits[:10])) not in {8, 9}:
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_personnummer(digits: str) -> bool:
    """Returns whether ten or twelve digits are a Swedish personnummer: a day, perhaps plus 60, and Luhn's digit."""
    short = digits[-10:]
    day = int(short[4:6])
    return luhn_holds(short) and is_date(2000, int(short[2:4]), day - 60 if day > 60 else day)


def is_belgian(digits: str) -> bool:
    """Returns whether eleven digits are a Belgian national number."""
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def is_finnish(text: str) -> bool:
    """Returns whether `ddmmyyCnnnX` is a Finnish identity code."""
    return FINNISH[int(text[:6] + text[7:10]) % 31] == text[10] and is_date(
        2000, int(text[2:4]), int(text[:2])
    )


def is_ahv(digits: str) -> bool:
    """Returns whether thirteen digits are a Swiss AHV number."""
    return weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def is_pesel(digits: str) -> bool:
    """Returns whether eleven digits are a Polish PESEL."""
    month = int(digits[2:4]) % 20
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and is_date(
        2000, month or 13, int(digits[4:6])
    )


def is_curp(text: str) -> bool:
    """Returns whether eighteen characters are a Mexican CURP."""
    total = sum(
        CURP_LETTERS.index(character) * (18 - place) for place, character in enumerate(text[:17])
    )
    return str(-total % 10) == text[17]


def is_cuil(digits: str) -> bool:
    """Returns whether eleven digits are an Argentine CUIL."""
    return -weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 % 10 == int(digits[10])


def is_rut(text: str) -> bool:
    """Returns whether digits and a last digit or K are a Chilean RUT."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(text[:-1])))
    return "0123456789K0"[-total % 11] == text[-1]


def is_chinese(text: str) -> bool:
    """Returns whether eighteen characters are a Chinese resident's number."""
    return CHINESE[weighted(text[:17], CHINESE_WEIGHTS) % 11] == text[17] and is_date(
        int(text[6:10]), int(text[10:12]), int(text[12:14])
    )


def is_rrn(digits: str) -> bool:
    """Returns whether thirteen digits begin with a day, as Korean numbers do; newer ones have no check digit."""
    return is_date(2000, int(digits[2:4]), int(digits[4:6]))


def is_nric(text: str) -> bool:
    """Returns whether nine characters are a number of Singapore: NRIC or FIN."""
    total = weighted(text[1:8], NRIC_WEIGHTS) + (3 if text[0] == "M" else 0)
    place = 10 - total % 11 if text[0] == "M" else total % 11
    return NRIC_LETTERS[text[0]][place] == text[8]


def is_aadhaar(digits: str) -> bool:
    """Returns whether twelve digits are an Aadhaar number."""
    return digits[0] not in "01" and is_verhoeff(digits)


def is_bsn(digits: str) -> bool:
    """Returns whether nine digits are a Dutch BSN."""
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def is_nhs(digits: str) -> bool:
    """Returns whether ten digits are a number of the United Kingdom's health service."""
    return (11 - weighted(digits, range(10, 1, -1)) % 11) % 11 == int(digits[9])
