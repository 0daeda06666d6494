"""Lines that look like personal data or secrets and are neither: versions, identifiers, times, logs, schemas.

The same seed makes the same lines. Decimal identifiers and groups of a UUID that are a valid card number are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID

from spanvas.privacy.rules.payment import is_payment_card
from tests.support.labelled_texts import DIGITS, HEX, UPPER, WORD, chars

OFFSETS = (
    "+0000",
    "+0100",
    "+0530",
    "+1000",
    "+1030",
    "+1100",
    "+1200",
    "+1245",
    "+1300",
    "+1400",
    "-0800",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECRET_NAMES = (
    "password",
    "token",
    "ssn",
    "api_key",
    "secret",
    "access_token",
    "credentials",
    "authorization",
    "iban",
)
PLACES = ("cached", "retry 3", "worker-7", "GET /v1/orders", "HTTP/1.1", "done", "status")

LONG_NUMBER = re.compile(r"\b\d(?:-?\d){11,18}\b")

Line = Callable[[Random], str]


def version(chance: Random, parts: int = 4) -> str:
    """Of any size: a third has small parts only, a third fits an address, the rest does not."""
    most = chance.choice((49, 255, 9_999))
    return ".".join(str(chance.randint(0 if place else 1, most)) for place in range(parts))


def four(chance: Random) -> str:
    return version(chance)


def user_agent(chance: Random) -> str:
    """As browsers, libraries and crawlers name themselves."""
    four, three = version(chance), version(chance, 3)
    system = chance.choice(
        (
            "Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7",
            "Linux; Android 14; SM-S918B", "iPhone; CPU iPhone OS 17_4_1 like Mac OS X", "X11; CrOS x86_64 14541.0.0",
        )
    )  # fmt: skip
    webkit = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko)"
    agents = (
        f"{webkit} Chrome/{four} Safari/537.36",
        f"{webkit} Chrome/{four} Mobile Safari/537.36",
        f"{webkit} Chrome/{four} Safari/537.36 Edg/{version(chance)}",
        f"{webkit} Chrome/{four} Safari/537.36 OPR/{version(chance)}",
        f"{webkit} SamsungBrowser/{four} Chrome/{version(chance)} Mobile Safari/537.36",
        f"{webkit} HeadlessChrome/{four} Safari/537.36",
        f"{webkit} Version/{three} Mobile/15E148 Safari/604.1",
        f"{webkit} CriOS/{four} Mobile/15E148 Safari/604.1",
        f"{webkit} Electron/{three} Chrome/{four} Safari/537.36",
        f"Mozilla/5.0 ({system}; rv:{four}) Gecko/20100101 Firefox/{four}",
        f"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; .NET CLR {four};"
        f" .NET CLR {version(chance)}; Media Center PC {version(chance)})",
        f"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/{four} Safari/537.36",
        f"Mozilla/5.0 (compatible; bingbot/{four}; +http://www.bing.com/bingbot.htm)",
        f"Opera/9.80 ({system}) Presto/2.12.388 Version/{four}",
        f"curl/{three} (x86_64-pc-linux-gnu) libcurl/{four} OpenSSL/3.0.2 zlib/1.2.11",
        f"Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP1A.240405.002) app/{four}",
        f"PostmanRuntime/{three}", f"okhttp/{four}", f"aws-sdk-go-v2/{four} os/linux lang/go#1.22.2 md/GOARCH#arm64",
        f"Boto3/{three} md/Botocore#{three} ua/2.0 os/linux#5.10.{chance.randint(1, 255)}-x86_64 lang/python#3.14.0",
        f"Java/17.0.{chance.randint(1, 99)} Apache-HttpClient/{four}",
    )  # fmt: skip
    return chance.choice(agents)


def in_agent_places(chance: Random) -> str:
    agent = user_agent(chance)
    return chance.choice(
        (
            agent,
            json.dumps({"user_agent": agent}),
            f"User-Agent: {agent}",
            f'"GET / HTTP/1.1" 200 512 "-" "{agent}"',
        )
    )


VERSIONS: tuple[Line, ...] = (
    lambda c: f"upgraded from {four(c)} to {four(c)}",
    lambda c: f"INFO service upgraded from {four(c)} to {four(c)} in {c.randint(1, 900)} ms",
    lambda c: f"downgraded to version {four(c)} after two failures",
    lambda c: f"The driver version is {four(c)}, which needs firmware {four(c)} or newer.",
    lambda c: f"Release {four(c)} fixes the crash of build {four(c)}.",
    lambda c: f"see section {c.randint(1, 9)}.{c.randint(1, 9)}.{c.randint(1, 9)}.{c.randint(1, 9)} of the manual",
    lambda c: f"library=={four(c)}",
    lambda c: f"package>={four(c)},<{four(c)}",
    lambda c: f"Chrome {four(c)} on Windows",
    lambda c: f"lib/commons-codec-{four(c)}.jar",
    lambda c: f"loaded jackson-core-{four(c)}.jar and slf4j {four(c)}.jar",
    lambda c: f"org/example/app/{four(c)}/app-{four(c)}.jar",
    lambda c: f"v{four(c)} is out, bump from v{four(c)}",
    lambda c: f"bump app version: {four(c)} -> {four(c)}",
    lambda c: f"assembly Example.Core, Version={four(c)}, Culture=neutral",
    lambda c: json.dumps({"text": f"plugin version {four(c)} was loaded"}),
    lambda c: json.dumps({"note": f"agent {c.choice(('chrome', 'firefox'))}/{four(c)}", "ok": True}),
)  # fmt: skip
LOGS: tuple[Line, ...] = (
    lambda c: " ".join(
        c.sample((str(c.choice((200, 201, 304, 404, 500))), str(c.randint(10, 99)), str(c.randint(1000, 9999))), 3)
    ),
    lambda c: f"{c.choice(PLACES)} {c.randint(100, 599)} {c.randint(10, 99)} {c.randint(1000, 9999)}",
    lambda c: f'"GET /v1/orders HTTP/1.1" {c.randint(100, 599)} {c.randint(10, 99)} {c.randint(1000, 9999)} "-"',
    lambda c: f'- - [{day(c)}:10:20:30 {c.choice(OFFSETS)}] "POST /a HTTP/2" 200'
    f" {c.randint(1, 99999)} {c.randint(1, 9999)}",
    lambda c: f"status=200 bytes={c.randint(1, 10**9)} ms={c.randint(1, 10**6)} +{c.randint(1, 10**9)} ns",
    lambda c: f"{c.randint(100, 999)} {c.randint(10, 99)} {c.randint(1000, 9999)} {c.randint(100, 999)}",
)  # fmt: skip
IDENTIFIERS: tuple[Line, ...] = (
    lambda c: f"span {chars(c, HEX, c.randint(4, 72))} ended",
    lambda c: f"id {chars(c, HEX.upper(), c.randint(4, 72))}",
    lambda c: f"record {decimal(c)} stored",
    lambda c: json.dumps({"id": decimal(c), "parent": decimal(c)}),
    lambda c: f"order-{decimal(c)}-{c.randint(1, 9)}",
    lambda c: f"uuid {UUID(int=c.getrandbits(128))}",
    lambda c: f"uuid {digits_uuid(c)}",
    lambda c: f"{digits_uuid(c)}",
    lambda c: json.dumps({"request": digits_uuid(c)}),
    lambda c: f"exec_{chars(c, UPPER + DIGITS, 26)} {day(c)}",
    lambda c: f"run-20261129-{c.randint(100000, 999999)}-{chars(c, HEX, 8)}",
    lambda c: f"job_{1_772_000_000_000 + c.randint(0, 10**9)}_{c.randint(1, 9999)}",
    lambda c: f"sha1 {chars(c, HEX, 40)} md5 {chars(c, HEX, 32)}",
    lambda c: f"fingerprint {':'.join(chars(c, HEX, 2) for _ in range(c.choice((6, 8, 16, 20))))}",
    lambda c: f"data {chars(c, WORD + '+/', 20)}+{chars(c, DIGITS, 9)}/{chars(c, WORD, 11)}==",
)  # fmt: skip
TIMES: tuple[Line, ...] = (
    lambda c: f"{clock(c)} {c.choice(OFFSETS)} {iso(c)}",
    lambda c: f"{c.choice(OFFSETS)} {iso(c)} {clock(c)}",
    lambda c: f"{iso(c)}T{clock(c)}.{chars(c, DIGITS, 3)}{c.choice(OFFSETS)} started",
    lambda c: f"{iso(c)} {clock(c)},{chars(c, DIGITS, 3)} {c.choice(OFFSETS)} {c.randint(1, 99999)} started",
    lambda c: f"{day(c)}:{clock(c)} {c.choice(OFFSETS)}",
    lambda c: f"Sun, {c.randint(1, 28)} {c.choice(MONTHS)} 2026 {clock(c)} {c.choice(OFFSETS)} (UTC)",
    lambda c: f"GMT{c.choice(OFFSETS)} {iso(c)}",
    lambda c: f"{c.randint(1, 28):02}.{c.randint(1, 12):02}.2026 {clock(c)} {c.choice(OFFSETS)} {iso(c)}",
    lambda c: f"{c.choice(OFFSETS)} {1_772_000_000 + c.randint(0, 10**8)}",
    lambda c: f"{iso(c).replace('-', '')}T{clock(c).replace(':', '')}Z to {iso(c).replace('-', '')}",
    lambda c: f"from {iso(c)} to {iso(c)}, {c.randint(1, 999)} days",
    lambda c: f"date {iso(c).replace('-', '/')} {clock(c)} +{c.randint(10, 14)}:00",
)  # fmt: skip
FIELDS: tuple[Line, ...] = (
    lambda c: json.dumps({"pass_rate": f"{c.randint(0, 100)} %", "passRate": f"{c.random():.3f}"}),
    lambda c: json.dumps({"eos_token": "</s>", "bos_token": "<s>", "pad_token": "<|pad|>", "unk_token": "<unk>"}),
    lambda c: json.dumps({"requires_auth": c.choice(("yes", "no", "oauth2")), "path": "/v1"}),
    lambda c: json.dumps({"authorization_status": c.choice(("approved", "denied", "pending"))}),
    lambda c: json.dumps({"page_token": chars(c, WORD, 20), "nextPageToken": chars(c, WORD, 24)}),
    lambda c: json.dumps({"pass_count": "12", "pass_fail": "fail", "passes": "3"}),
    lambda c: json.dumps({"type": "object", "properties": properties(c), "required": c.sample(SECRET_NAMES, 2)}),
    lambda c: json.dumps({"name": "login", "parameters": {"properties": {"user": {"properties": properties(c)}}}}),
    lambda c: json.dumps({"auth_type": "oauth2", "auth_method": "basic", "token_usage": "12 of 40"}),
)  # fmt: skip


def properties(chance: Random) -> dict[str, object]:
    """Of a JSON schema, called as secrets are, with and without `type`."""
    texts = {"description": "What the user has entered.", "minLength": 8}
    schemas: tuple[object, ...] = (
        {"type": "string"}, {"type": "string", **texts}, texts, {}, True, {"enum": ["basic", "oauth2"]},
        {"$ref": "#/$defs/Secret"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["string", "null"]},
        {"properties": {"value": {"description": "It."}}, "required": ["value"]}, {"items": {"type": "string"}},
    )  # fmt: skip
    return {name: chance.choice(schemas) for name in chance.sample(SECRET_NAMES, 4)}


def decimal(chance: Random) -> str:
    while True:
        digits = chars(chance, DIGITS, chance.randint(1, 40))
        if not is_payment_card(digits.rjust(13, "0")):
            return digits


def digits_uuid(chance: Random) -> str:
    """A UUID with groups of digits alone, some of which begin as an international number does."""
    while True:
        text = "-".join(uuid_groups(chance))
        if not any(is_payment_card(run.replace("-", "")) for run in LONG_NUMBER.findall(text)):
            return text


def uuid_groups(chance: Random) -> list[str]:
    groups = [chars(chance, chance.choice((HEX, DIGITS)), length) for length in (8, 4, 4, 4, 12)]
    groups[1] = chance.choice(("0045", "0012", groups[1]))
    groups[2] = f"4{chars(chance, DIGITS, 3)}"
    return groups


def iso(chance: Random) -> str:
    return f"20{chance.randint(10, 29)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def day(chance: Random) -> str:
    return f"{chance.randint(1, 28):02}/{chance.choice(MONTHS)}/2026"


def clock(chance: Random) -> str:
    return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"


def harmless_lines(seed: int = 13, count: int = 3_000) -> Iterator[str]:
    """Every kind equally often, so that a rule that grows too eager shows."""
    chance = Random(seed)
    kinds: tuple[tuple[Line, ...], ...] = (
        (in_agent_places,),
        VERSIONS,
        LOGS,
        IDENTIFIERS,
        TIMES,
        FIELDS,
    )
    for number in range(count):
        makes = kinds[number % len(kinds)]
        yield makes[number // len(kinds) % len(makes)](chance)
