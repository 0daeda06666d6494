"""Texts of which it is known what in them is a secret or personal, made from formats that their issuers document.

Values are random in the alphabet and length of their format, so that none is anybody's; the same seed makes the same.
A secret counts as found when no eight characters of it in a row are left.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.support.labelled_numbers import numbers, with_check_digit
from tests.support.labelled_places import APART, HIDDEN, readable
from tests.support.labelled_services import AGENT_SERVICES, HOSTING, SERVICES

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
DIGITS = "0123456789"
HEX = "0123456789abcdef"
WORD = UPPER + LOWER + DIGITS
SURVIVES = 8

Make = Callable[[Random], str]
Put = Callable[[str], str]


class Labelled(NamedTuple):
    format: str
    place: str
    secret: str
    content: Any


def chars(chance: Random, alphabet: str, count: int) -> str:
    return "".join(chance.choices(alphabet, k=count))


def after(prefix: str, alphabet: str, count: int) -> Make:
    """Random characters behind a prefix that is part of the secret."""
    return lambda chance: prefix + chars(chance, alphabet, count)


def jwt(chance: Random) -> str:
    parts = (
        b64encode(part.encode()).decode().rstrip("=")
        for part in ('{"alg":"RS256","typ":"JWT"}', json.dumps({"sub": chars(chance, DIGITS, 12)}))
    )
    return ".".join((*parts, chars(chance, WORD + "-_", 86)))


def pem(chance: Random) -> str:
    lines = "\n".join(chars(chance, WORD + "+/", 64) for _ in range(4))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


def card(chance: Random) -> str:
    body = [int(digit) for digit in "4" + chars(chance, DIGITS, 14)]
    doubled = sum(sum(divmod(digit * 2, 10)) for digit in body[::-2]) + sum(body[-2::-2])
    return "".join(map(str, body)) + str(-doubled % 10)


def iban(chance: Random) -> str:
    account = chars(chance, DIGITS, 18)
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


KEYS: dict[str, Make] = {
    "AWS access key id": after("AKIA", UPPER + "234567", 16),
    "AWS temporary key id": after("ASIA", UPPER + "234567", 16),
    "GitHub personal token": after("ghp_", WORD, 36),
    "GitHub fine-grained token": after("github_pat_", WORD, 82),
    "GitHub app token": after("ghs_", WORD, 36),
    "GitLab personal token": after("glpat-", WORD, 20),
    "Slack bot token": lambda chance: (
        f"xoxb-{chars(chance, DIGITS, 12)}-{chars(chance, DIGITS, 12)}-{chars(chance, WORD, 24)}"
    ),
    "Slack webhook": lambda chance: (
        "hooks.slack.com/services/"
        f"T{chars(chance, UPPER + DIGITS, 8)}/B{chars(chance, UPPER + DIGITS, 8)}/{chars(chance, WORD, 24)}"
    ),
    "OpenAI key": after("sk-proj-", WORD + "-_", 48),
    "Anthropic key": after("sk-ant-api03-", WORD + "-_", 93),
    "Google API key": after("AIza", WORD + "-_", 35),
    "Google OAuth token": after("ya29.", WORD + "-_", 60),
    "Stripe live key": after("sk_live_", WORD, 24),
    "Stripe restricted key": after("rk_live_", WORD, 24),
    "SendGrid key": lambda chance: (
        f"SG.{chars(chance, WORD + '-_', 22)}.{chars(chance, WORD + '-_', 43)}"
    ),
    "Twilio key": after("SK", HEX, 32),
    "npm token": after("npm_", WORD, 36),
    "PyPI token": after("pypi-AgEIcHlwaS5vcmc", WORD + "-_", 60),
    "Hugging Face token": after("hf_", WORD, 34),
    "DigitalOcean token": after("dop_v1_", HEX, 64),
    "Databricks token": after("dapi", HEX, 32),
    "Linear key": after("lin_api_", WORD, 40),
    "JSON web token": jwt,
    "private key": pem,
    **SERVICES,
    **AGENT_SERVICES,
    **HOSTING,
}
"""What is known by its own form, wherever it stands."""

PERSONAL: dict[str, Make] = {
    "email": lambda chance: f"{chars(chance, LOWER, 9)}@{chars(chance, LOWER, 7)}.org",
    "US social security number": lambda chance: (
        f"{chance.randint(100, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}"
    ),
    "payment card": card,
    "IBAN": iban,
    "phone": lambda chance: f"+49 30 {chars(chance, '123456789', 8)}",
}


def cpf(chance: Random) -> str:
    """Of Brazil, as it is written, with both check digits (Receita Federal)."""
    digits = [int(digit) for digit in chars(chance, DIGITS, 9)]
    for _ in range(2):
        total = sum(
            digit * weight for digit, weight in zip(reversed(digits), range(2, 12), strict=False)
        )
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


def dni(chance: Random) -> str:
    """Of Spain: eight digits and the letter of their remainder by 23."""
    number = chance.randint(30_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def birth_number(chance: Random) -> str:
    """Of Sweden: a day, three digits, Luhn's."""
    digits = with_check_digit(
        f"{chance.randint(40, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
        + chars(chance, DIGITS, 3)
    )
    return f"{digits[:6]}-{digits[6:]}"


STATES: dict[str, Make] = {
    "Brazilian CPF": cpf,
    "Spanish DNI": dni,
    "Swedish personnummer": birth_number,
}
PERSONAL |= STATES

ASSIGNED: dict[str, Make] = {
    "password": lambda chance: chars(chance, WORD, 11) + "7",
    "generic key": lambda chance: chars(chance, WORD + "-_", 31) + "7",
    "hexadecimal key": after("", HEX, 40),
}
"""What nothing tells but the name before it."""

BARE: dict[str, Put] = {
    "prose": lambda secret: f"Please use {secret} for the next call, it is new.",
    "log line": lambda secret: f"2026-03-01T12:30:45Z WARN client said [{secret}] and hung up",
    "JSON": lambda secret: json.dumps({"note": f"found {secret} here"}),
    "JSON in JSON": lambda secret: json.dumps([json.dumps({"note": f"found {secret} here"})]),
    "JSON in JSON in JSON": lambda secret: json.dumps(
        {"a": json.dumps([json.dumps({"note": f"found {secret} here"})])}
    ),
}
NAMED: dict[str, Put] = {
    "variable": lambda secret: f"export DB_PASSWORD={secret}\nexport STAGE=prod",
    "JSON": lambda secret: json.dumps({"api_key": secret}),
    "JSON in JSON": lambda secret: json.dumps([json.dumps({"client_secret": secret})]),
    "connection": lambda secret: f"postgresql://app:{quote(secret)}@db.internal:5432/orders",
    "URL": lambda secret: f"GET https://api.example.org/v1/items?page=2&token={quote(secret)}",
    "header": lambda secret: f"Authorization: Bearer {secret}",
    "configuration": lambda secret: f'password = "{secret}"',
    "token in the environment": lambda secret: f"CI=true CODECOV_TOKEN={secret} make",
    "token in YAML": lambda secret: f"deploy:\n  serviceToken: {secret}\n  region: eu-west-1\n",
    "token in Go": lambda secret: f'var serviceToken string = "{secret}"',
    "token in Java": lambda secret: f'System.setProperty("SERVICE_TOKEN", "{secret}");',
    "XML": lambda secret: f"<serviceToken>\n    {secret}\n</serviceToken>",
    "header of a command": lambda secret: f'curl -H "Api-Token: {secret}" https://example.org',
    "user of a command": lambda secret: f"curl --user app:'{secret}' https://example.org",
}


GROUPS: tuple[tuple[dict[str, Make], Mapping[str, Callable[[str], Any]], int], ...] = (
    ({**KEYS, **PERSONAL}, BARE, 4),
    (ASSIGNED, NAMED, 10),
    ({**KEYS, **PERSONAL}, HIDDEN, 1),
    (ASSIGNED, APART, 10),
)
"""Formats, places, and how many there are of each format in each place."""


def labelled(seed: int = 11) -> Iterator[Labelled]:
    chance = Random(seed)
    for formats, places, count in GROUPS:
        for name, make in formats.items():
            for place, put in places.items():
                for _ in range(count):
                    secret = make(chance)
                    yield Labelled(name, place, secret, put(secret))
    for family, number in numbers(chance, 20):
        yield Labelled(family, number.form, number.secret, number.content)


def survives(secret: str, text: str) -> bool:
    """Whether enough of it is left to be of use. Of a key in several lines, the lines count."""
    forms = {line for form in (secret, quote(secret)) for line in form.split("\n")}
    readings = (text, readable(text))
    return any(
        form[at : at + SURVIVES] in reading
        for reading in readings
        for form in forms
        if not form.startswith("-----")
        for at in range(max(len(form) - SURVIVES + 1, 1))
    )


def telemetry(seed: int = 12, count: int = 3_000) -> Iterator[str]:
    """What telemetry is full of, and what is no secret."""
    chance = Random(seed)
    makes: tuple[Callable[[], str], ...] = (
        lambda: (
            f"arn:aws:lambda:eu-central-1:{chars(chance, DIGITS, 12)}:function:brief:{chance.randint(1, 99)}"
        ),
        lambda: f"trace {chars(chance, HEX, 32)} span {chars(chance, HEX, 16)}",
        lambda: f"request id {uuid(chance)} took {chance.random() * 9_000:.2f} ms",
        lambda: f"s3://spanvas-{chars(chance, DIGITS, 12)}/acme/{uuid(chance)}/report.csv",
        lambda: json.dumps({"input_tokens": chance.randint(1, 9_999), "max_tokens": 4_096}),
        lambda: f"tool call toolu_{chars(chance, WORD, 24)} returned {chance.randint(0, 99)} rows",
        lambda: f"call_{chars(chance, WORD, 24)} finished",
        lambda: f"started at {1_772_000_000_000 + chance.randint(0, 10**9)} ms",
        lambda: f"{1_772_000_000_000_000_000 + chance.randint(0, 10**15)} ns since the epoch",
        lambda: f"sha256:{chars(chance, HEX, 64)}",
        lambda: (
            f"arn:aws:states:us-east-1:{chars(chance, DIGITS, 12)}:execution:triage:{uuid(chance)}"
        ),
        lambda: (
            f"model us.anthropic.claude-sonnet-4-5-20250929-v1:0 answered in {chance.randint(1, 99)} s"
        ),
        lambda: f"2026/03/01/[$LATEST]{chars(chance, HEX, 32)}",
        lambda: f"chatcmpl-{chars(chance, WORD, 29)} finish_reason=stop",
        lambda: f"1-{chars(chance, HEX, 8)}-{chars(chance, HEX, 24)} sampled",
    )
    for number in range(count):
        yield makes[number % len(makes)]()


def uuid(chance: Random) -> str:
    return "-".join(chars(chance, HEX, count) for count in (8, 4, 4, 4, 12))
