"""The rules for a name and a value that stand apart in a text: pairs in YAML, XML, forms and lists of code."""

from __future__ import annotations

from typing import Final

from spanvas.privacy import checks
from spanvas.privacy.rule import Rule

QUOTES: Final = r"[\"'`\\]{0,3}"
COLON: Final = QUOTES + r"\s{0,3}[:=]\s{0,3}" + QUOTES
VALUE: Final = r"(?:\"([^\"\n\\]{4,})[\\]{0,3}\"|'([^'\n\\]{4,})'|([^\s\"'`\\,;&<>{}()\[\]]{4,}))"

APART: Final = (
    Rule(
        "named_value",
        r"(?i)\b(?:name|key|header|field|variable|param|parameter(?:_?(?:key|name))?)"
        + COLON
        + r"([A-Za-z0-9_./-]{2,60})"
        + QUOTES
        + r"\s*[,;]?\s*"
        + QUOTES
        + r"\b(?:parameter_?)?(?:value|val)"
        + QUOTES
        + r"\s{0,3}[:=]\s{0,3}(?:\{\s{0,3}"
        + QUOTES
        + r"[a-z_]{4,12}"
        + QUOTES
        + r"\s{0,3}:\s{0,3})?[\\]{0,3}"
        + VALUE
        + r"|<(?:name|key|string)>\s*([\w.-]{2,60})\s*</(?:name|key|string)>"
        r"\s*<(?:value|string|data|val)>\s*([^<\s]{4,})"
        r"|<(?:property|string|entry|param|setting|env|variable|item|value|arg)\s+(?:name|key)=[\"']([\w.-]{2,60})[\"'][^<>]*>"
        r"\s*([^<\s]{4,})"
        r"|\bname=\"?([\w.\[\]-]{2,60})\"?\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\s]{4,})"
        r"|\(\s*b?[\"']([\w.-]{2,60})[\"'],\s*b?[\"']([^\"'\n]{4,})[\"']\s*\)",
        (
            "- name: API_TOKEN\n  value: «3f9a8b7c6d5e»\n- name: STAGE",
            "- name: DB_PASSWORD\n  value: «correcthorse»",
            '<property name="password">«correcthorse»</property>',
            '- name: API_TOKEN\n  value: "«3f9a8b7c6d5e»"',
            "[{'name': 'API_TOKEN', 'value': '«3f9a8b7c6d5e»'}]",
            "ParameterKey=DbPassword,ParameterValue=«hunter22»",
            '{\\"key\\": \\"db.password\\", \\"value\\": {\\"stringValue\\": \\"«hunter22»\\"}}',
            "<property><name>db.password</name><value>«hunter22»</value></property>",
            "<key>ApiToken</key>\n<string>«3f9a8b7c6d5e»</string>",
            'Content-Disposition: form-data; name="password"\r\n\r\n«hunter22»\r\n--x--',
            "[('x-api-key', '«3f9a8b7c6d5e»')]",
        ),
        (
            "- name: STAGE\n  value: prod1",
            "- name: API_TOKEN\n  valueFrom: {secretKeyRef: {name: db1}}",
            "- name: token_count\n  value: 4096",
            "<name>region</name><value>eu-west-1</value>",
            "<input name='password'>Forgotten?</input> <label name='password'>Password</label>",
            "- name: PASSWORD\n  value: ${PASSWORD}",
            "('token', 'name')",
        ),
        checks.is_opaque_value,
        is_keyed=True,
    ),
)
