"""Places where a secret is harder to see: JSON that says a thing twice or otherwise, and names that stand apart.

Each place takes a secret and gives the content that holds it: a text, or the value of an attribute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Place = Callable[[str], Any]

LONG_NUMBER = "9" * 5_000
"""More digits than Python makes a number of."""


def escaped(secret: str) -> str:
    """As a JSON string in which every character is an escape."""
    return '"' + "".join(f"\\u{ord(character):04x}" for character in secret) + '"'


def nested(secret: str, levels: int) -> str:
    """JSON in a string of JSON, so many times."""
    text = '{"note": %s}' % escaped(secret)  # noqa: UP031 - the text has braces
    for _ in range(levels):
        text = json.dumps([text])
    return text


def readable(text: str) -> str:
    """A text with the escapes of JSON taken out, however often they were put in."""
    text = re.sub(r"\\+u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\+([\"/])", r"\1", text)


HIDDEN: dict[str, Place] = {
    "name twice": lambda secret: f'{{"note": {json.dumps(secret)}, "note": "ok"}}',
    "name twice, in a list": lambda secret: (
        f'[{{"a": 1}}, {{"b": {{"note": [{json.dumps(secret)}], "note": 7}}}}]'
    ),
    "name twice, once escaped": lambda secret: (
        f'{{"note": {json.dumps(secret)}, "n\\u006fte": "ok"}}'
    ),
    "name twice, JSON in JSON": lambda secret: json.dumps(
        {"body": f'{{"note": {json.dumps(secret)}, "note": "ok"}}'}
    ),
    "escapes in JSON lines": lambda secret: f'{{"n": 1}}\n{{"note": {escaped(secret)}}}\n',
    "escapes, then a text": lambda secret: f'{{"note": {escaped(secret)}}} was the answer',
    "escapes in JSON that was cut": lambda secret: f'{{"note": {escaped(secret)}, "cut": "of',
    "escapes within a log line": lambda secret: f'INFO payload={{"note": {escaped(secret)}}} sent',
    "escapes behind a byte order mark": lambda secret: f'\ufeff{{"note": {escaped(secret)}}}',
    "escapes behind blanks": lambda secret: " " * 70 + f'{{"note": {escaped(secret)}}}',
    "escapes beside a long number": lambda secret: (
        f'{{"n": {LONG_NUMBER}, "m": {escaped(secret)}}}'
    ),
    "escapes beside what is no number": lambda secret: f'{{"n": NaN, "m": {escaped(secret)}}}',
    "escapes beside a lone surrogate": lambda secret: f'{{"n": "\\ud800", "m": {escaped(secret)}}}',
    "escapes in endless brackets": lambda secret: "[" * 2_000 + escaped(secret) + "]" * 2_000,
    "escapes nine levels deep": lambda secret: nested(secret, 8),
    "escapes in bytes": lambda secret: f'{{"note": {escaped(secret)}}}'.encode(),
}
"""What is kept must be what was scanned."""


def table(*rows: tuple[str, ...], mark: str = ",") -> str:
    return "\n".join(mark.join(row) for row in rows) + "\n"


APART: dict[str, Place] = {
    "name and value": lambda secret: json.dumps({"name": "API_TOKEN", "value": secret}),
    "value and name": lambda secret: json.dumps({"value": secret, "name": "DB_PASSWORD"}),
    "list of keys and values": lambda secret: json.dumps(
        [{"key": "user", "value": "ada"}, {"key": "password", "value": secret}]
    ),
    "keys and values, decoded": lambda secret: {"env": [{"name": "API_TOKEN", "value": secret}]},
    "typed values of OTLP": lambda secret: json.dumps(
        {"attributes": [{"key": "db.password", "value": {"stringValue": secret}}]}
    ),
    "CloudFormation's parameters": lambda secret: json.dumps(
        [{"ParameterKey": "DbPassword", "ParameterValue": secret}]
    ),
    "header pairs": lambda secret: json.dumps(
        {"headers": [["accept", "*/*"], ["x-api-key", secret]]}
    ),
    "header pairs, decoded": lambda secret: [("accept", "*/*"), ("authorization", secret)],
    "headers in one list": lambda secret: json.dumps(
        {"rawHeaders": ["Accept", "*/*", "X-Api-Key", secret]}
    ),
    "like a schema": lambda secret: json.dumps(
        {"secretValue": {"type": "string", "value": secret}}
    ),
    "default of a schema": lambda secret: json.dumps(
        {"properties": {"password": {"type": "string", "default": secret}}}
    ),
    "name above": lambda secret: json.dumps({"API_TOKEN": {"from": "vault", "value": secret}}),
    "said to be sensitive": lambda secret: json.dumps(
        {"outputs": {"db": {"sensitive": True, "value": secret}}}
    ),
    "columns and rows": lambda secret: json.dumps(
        {"columns": ["user", "password"], "rows": [["ada", "x"], ["bob", secret]]}
    ),
    "described columns and records": lambda secret: json.dumps(
        {
            "columnMetadata": [{"name": "id"}, {"name": "api_key"}],
            "records": [[{"longValue": 1}, {"stringValue": secret}]],
        }
    ),
    "rows under a first row": lambda secret: json.dumps(
        [["id", "user", "password"], [1, "ada", secret]]
    ),
    "names and values side by side": lambda secret: json.dumps(
        {"names": ["user", "api_key"], "values": ["ada", secret]}
    ),
    "name and value, JSON in JSON": lambda secret: json.dumps(
        {"body": json.dumps([{"name": "API_TOKEN", "value": secret}])}
    ),
    "option": lambda secret: f"deploy --user ada --password {secret} --force",
    "option with a sign": lambda secret: f"deploy --api-key={secret} --user ada",
    "option in quotes": lambda secret: f"deploy --client-secret '{secret}' now",
    "options in a list": lambda secret: json.dumps(["deploy", "--password", secret, "--force"]),
    "option of mysql": lambda secret: f"mysql -h db -u root -p{secret} orders",
    "option of sshpass": lambda secret: f"sshpass -p {secret} ssh ada@bastion",
    "option of docker": lambda secret: f"docker login -u ada -p {secret} registry.internal",
    "option of redis-cli": lambda secret: f"redis-cli -h cache -a {secret} ping",
    "option of sshpass, in a list": lambda secret: json.dumps(["sshpass", "-p", secret, "ssh"]),
    "CSV": lambda secret: table(
        ("id", "user", "password"), ("1", "ada", secret), ("2", "bob", "x")
    ),
    "CSV in quotes": lambda secret: table(
        ('"user"', '"api_key"'), ('"Lovelace, Ada"', f'"{secret}"')
    ),
    "CSV with semicolons": lambda secret: table(
        ("user", "password", "role"), ("ada", secret, "admin"), mark=";"
    ),
    "columns with tabs": lambda secret: table(("user", "secret"), ("ada", secret), mark="\t"),
    "Markdown table": lambda secret: (
        f"Users:\n\n| user | password |\n|------|:--------:|\n| bob | x |\n| ada | {secret} |\n"
    ),
    "Markdown table of settings": lambda secret: (
        f"| setting | value |\n|---|---|\n| region | eu |\n| API_TOKEN | {secret} |\n"
    ),
    "table of psql": lambda secret: (
        f" user | password \n------+------\n ada  | {secret}\n(1 row)\n"
    ),
    "SQL, with password": lambda secret: f"CREATE ROLE app LOGIN WITH PASSWORD '{secret}';",
    "SQL, identified by": lambda secret: f"CREATE USER 'app'@'%' IDENTIFIED BY '{secret}';",
    "SQL, identified with": lambda secret: (
        f"ALTER USER app IDENTIFIED WITH mysql_native_password BY '{secret}'"
    ),
    "YAML, name apart": lambda secret: (
        f"env:\n  - name: API_TOKEN\n    value: {secret}\n  - name: STAGE\n"
    ),
    "XML, name apart": lambda secret: (
        f"<property><name>db.password</name><value>{secret}</value></property>"
    ),
    "property list": lambda secret: f"<key>ApiToken</key>\n<string>{secret}</string>",
    "form": lambda secret: (
        f'Content-Disposition: form-data; name="password"\r\n\r\n{secret}\r\n--x--\r\n'
    ),
    "Python's repr": lambda secret: f"env=[{{'name': 'API_TOKEN', 'value': '{secret}'}}]",
    "tuples": lambda secret: f"headers: [('accept', '*/*'), ('x-api-key', '{secret}')]",
}
"""Nothing tells but a name, which does not stand right before the value."""
