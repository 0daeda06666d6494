"""Lines that look like personal data or secrets and are none: user agents, versions, access logs, ids, dates, schemas.

The same seed makes the same lines. Whoever redacts one of them destroys what people need to find a fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.support.labelled_texts import DIGITS, HEX, chars, uuid

USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/{v} Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} Safari/537.36 Edg/{v}",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} Safari/537.36 OPR/{v}",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{v} Chrome/{v}"
    " Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/{v}"
    " Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
    " Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/{v} Mobile/15E148",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/{v} Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
    " Chrome/{v} Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v} YaBrowser/{v}"
    " Yowser/2.5 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Vivaldi/{v}",
    "Mozilla/5.0 (Linux; Android 12; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{v} Mobile"
    " Safari/537.36 [FB_IAB/FB4A;FBAV/{v};]",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 2.0.50727; .NET4.0C)",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Electron/{v} Chrome/{v}",
    "okhttp/4.12.0", "Dalvik/2.1.0 (Linux; U; Android 14)", "curl/8.7.1", "python-requests/2.32.3",
    "aws-sdk-java/2.25.{n} Linux/5.10.{n}.{n} OpenJDK/{v}", "Amazon CloudFront", "MyApp.Client/{v} (build {n})",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.{n}.{n}; Pro)", "kube-probe/1.29+",
    "Boto3/1.34.{n} md/Botocore#1.34.{n} ua/2.0 os/linux#5.10.{n}.{n} md/arch#x86_64 lang/python#3.12.4",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "PostmanRuntime/7.39.0", "Go-http-client/2.0",
)  # fmt: skip
VERSIONS = (
    "version {v}", "Version: {v}", "AssemblyVersion={v}", "upgraded from {v} to {v}", "release {v} is out",
    "driver {v} loaded", "libfoo=={v}", "needs lib>={v}, other~={v}", "package@{v}", "firmware {v}", "build {v}",
    "System.Data, Version={v}, Culture=neutral", "chrome {v} started", "v{v}", "app-{v}.tar.gz", "Edge {v}",
    "GET /static/lib/{v}/app.js 304", "see section {s}", "§ {s} of the standard", "CIS control {s}", "{v}-rc1",
    "| driver | version {v} |", "ChromeDriver {v} (b5e3)", "https://cdn.example.org/pkg/{v}/index.js", "Table {s}",
)  # fmt: skip
LOGS = (
    '- - - [01/Mar/2026:12:30:45 +0000] "GET /v1/items HTTP/1.1" {status} {size} "-" "curl/8.7.1"',
    "GET /v1/items {status} {two} {four}", "{status} {two} {four}", "status={status} ms={two} bytes={four}",
    "POST /orders {status} {two} {four} -", '"PUT /x HTTP/2" {status} {two} {four} {two}',
    "{status} {four} {two} {status}",
    "latency samples {four} {four} {four} {four} us", "sizes: {four} {four} {four} {four} {four} {four} {four} {four}",
    "upstream took {status} {two} {four} ms", "ports {four} {four} {four} {four}", "rows {four}-{four}-{four}-{four}",
    "[{status}] {four}ms {size}B", "bytes 0-{four}/{size}", "{four} {four} {four} {four} total",
    "0.{big} {status} {two}", "score 0.{big}", "+0.{big} change", "delta +{one}.{big}", "offset +{big}, length {four}",
    "loss 1.{big}e-05", "cell {big}: ok", "mobile {date}", "tel {hms}",
)  # fmt: skip
IDS = (
    "order {big} shipped", "user_id={big}", "id: {big}", "message {long} read", "dd.trace_id={long} dd.span_id={long}",
    "event #{big}", "exec-{big}-a", "order_{big}", "{hex16}", "span {hex16}", "{hex32}", "trace_id={hex32}",
    "0x{hex16}",
    "commit {hex40}", "ETag: \"{hex32}\"", "sha1:{hex40}", "req {hex8}", "job {date8}-{big}", "run-{ms}-{six}", "{ms}",
    "{date8}{six}{three}", "ord_{date8}_{six}", "at {ms} ms", "{ns} ns", "tweet {long}", "EAN {ean}", "offset {long}",
    "{uuid}", "request {uuid} done", "{uuid}/{uuid}", "urn:uuid:{uuid}", "blob {UUID}", "{uuid}:{big}",
    "s3://b/{date8}/{big}.json", "snapshot {date8}T{six}Z", "2026-03-{two}T12:30:45.{six}+0{one}00", "{date} {hms}",
    "from {date} to {date}", "{date}_{date}", "{hms} +0{one}30 {date}", "{dmy}", "week 2026-W{two}", "day 2026-{three}",
    "partition={date}/hour={two}", "msg-id <{date8}{six}.{hex8}@mail>", "seq {nine}", "{nine}",
    "ref 00{two}-{four}-{four}",
    "block 0012-{four}-{four}", "serial 001 {four} {four}", "{three}-{two}-{four}-{six}",
    "part {four}-{three}-{two}-{four}",
)  # fmt: skip


def date(chance: Random, mark: str = "-") -> str:
    return f"{chance.randint(1990, 2035)}{mark}{chance.randint(1, 12):02d}{mark}{chance.randint(1, 28):02d}"


def version(chance: Random) -> str:
    """As Chrome's or .NET's, with parts that could be those of an address as often as not."""
    return chance.choice(
        (
            f"{chance.randint(90, 131)}.0.0.0",
            f"{chance.randint(90, 131)}.0.{chance.randint(1000, 6999)}.{chance.randint(1, 250)}",
            ".".join(str(chance.randint(0, 40)) for _ in range(4)),
            ".".join(str(chance.randint(1, 250)) for _ in range(4)),
        )
    )


def filled(chance: Random, template: str) -> str:
    """The template, each of its fields made anew."""
    makes: dict[str, Callable[[], str]] = {
        "v": lambda: version(chance),
        "s": lambda: ".".join(str(chance.randint(1, 19)) for _ in range(4)),
        "n": lambda: str(chance.randint(1, 250)),
        "one": lambda: str(chance.randint(1, 9)),
        "two": lambda: str(chance.randint(10, 99)),
        "three": lambda: str(chance.randint(100, 365)),
        "four": lambda: str(chance.randint(1000, 9999)),
        "six": lambda: chars(chance, DIGITS, 6),
        "nine": lambda: str(chance.randint(10**8, 10**9 - 1)),
        "size": lambda: str(chance.randint(0, 10**7)),
        "status": lambda: chance.choice(("200", "201", "204", "301", "304", "404", "429", "503")),
        "big": lambda: str(chance.randint(10**14, 10**16 - 1)),
        "long": lambda: str(chance.randint(10**17, 2**63 - 1)),
        "ean": lambda: "4" + chars(chance, DIGITS, 12),
        "ms": lambda: str(1_772_000_000_000 + chance.randint(0, 10**9)),
        "ns": lambda: str(1_772_000_000_000_000_000 + chance.randint(0, 10**15)),
        "date": lambda: date(chance),
        "date8": lambda: date(chance, ""),
        "dmy": lambda: ".".join(reversed(date(chance).split("-"))),
        "hms": lambda: f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:45",
        "hex8": lambda: chars(chance, HEX, 8),
        "hex16": lambda: chars(chance, HEX, 16),
        "hex32": lambda: chars(chance, HEX, 32),
        "hex40": lambda: chars(chance, HEX, 40),
        "uuid": lambda: uuid(chance),
        "UUID": lambda: uuid(chance).upper(),
    }
    pieces = template.split("{")
    return pieces[0] + "".join(
        makes[field]() + rest for field, _, rest in (piece.partition("}") for piece in pieces[1:])
    )


def schema(chance: Random) -> dict[str, Any]:
    """Of a tool that takes a secret, with and without types."""
    name = chance.choice(
        ("password", "api_key", "token", "secret", "credentials", "authorization", "clientSecret")
    )
    about: dict[str, Any] = chance.choice(
        (
            {"description": "what the user signs in with"},
            {"type": "string", "description": "kept safe", "minLength": 8},
            {"type": ["string", "null"]},
            {"title": "Password", "anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            {"$ref": "#/$defs/Secret"},
            {"enum": ["none", "basic"], "description": "which"},
            {},
            {
                "type": "object",
                "properties": {name: {"description": "of whom"}},
                "required": [name],
            },
        )
    )
    return {
        "name": chance.choice(("sign_in", "reset_password", "create_token")),
        "parameters": {"properties": {name: about}, "required": [name, "user"]},
    }


def values(chance: Random) -> dict[str, Any]:
    """Structures whose keys sound like secrets, or whose numbers look like cards."""
    long, big = chance.randint(10**17, 2**63 - 1), chance.randint(10**14, 10**16 - 1)
    word = chance.choice((" the", "ing", "Ġpass", "4"))
    return chance.choice(
        (
            {"token": word, "logprob": -chance.random(), "top_logprobs": [{"token": word, "logprob": -1.5}]},
            {"eos_token": "</s>", "bos_token": "<s>", "pad_token": "<pad>", "unk_token": "<unk>"},
            {"requires_auth": "yes", "authorization_status": "granted", "auth_method": "oidc"},
            {"page_token": chars(chance, HEX, 24), "next_token": chars(chance, HEX, 24), "nextPageToken": "CAUQAA"},
            {"pass_rate": "97.5 %", "pass@1": 0.4, "pass": chance.randint(0, 999), "fail": 3, "first_pass": "done"},
            {"id": big, "order_id": str(big), "message_id": long, "trace_id": str(long)},
            {"version": version(chance), "appVersion": version(chance), "versions": [version(chance)]},
            {"timestamp": 1_772_000_000_000 + big % 10**9, "start_time_unix_nano": 1_772_000_000_000_000_000 + big},
            {"user_agent": filled(chance, chance.choice(USER_AGENTS))},
            {"columns": ["id", "status", "bytes"], "rows": [[big, 200, 4539], [long, 404, 1234]]},
            {"name": "token_count", "value": big % 10**5, "unit": "tokens"},
            {"score": chance.random(), "embedding": [chance.uniform(-1, 1) for _ in range(8)]},
            {"password_policy": "strong", "token_type": "bearer", "secret_name": "orders/db", "tokenizer": "o200k"},
        )
    )  # fmt: skip


def harmless(seed: int = 13, count: int = 3_000) -> Iterator[str]:
    """Lines of each kind in turn."""
    chance = Random(seed)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: filled(chance, chance.choice(USER_AGENTS)),
        lambda: filled(chance, chance.choice(VERSIONS)),
        lambda: filled(chance, chance.choice(LOGS)),
        lambda: filled(chance, chance.choice(IDS)),
        lambda: filled(chance, chance.choice(IDS)),
        lambda: json.dumps(schema(chance)),
        lambda: json.dumps(values(chance)),
    )
    for number in range(count):
        yield kinds[number % len(kinds)]()
