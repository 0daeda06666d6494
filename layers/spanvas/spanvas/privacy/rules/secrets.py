"""The curated rules for secrets in general: keys, tokens and passwords by their form and by the names before them.

`APART` are those for a name and a value that stand apart in a text: pairs in YAML, XML, forms and lists of code.
"""

from __future__ import annotations

from typing import Final

from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

ASSIGNED: Final = (
    r"(?:[\"'`\\\]]{0,3}(?:[ \t]*:?[ \t]*string\b)?(?:[ \t]*(?::{0,3}=|[?.]=|=>)[ \t]*|\s{0,3}:(?:\s{0,3}|[ \t]*))"
    r"|>\s*|[\"']\s+value=)"
)
"""What stands between a name and its value in environment files, YAML, JSON that was quoted again, XML and code. At the
end of a line an equals sign assigns nothing, but a colon does."""

VALUE: Final = (
    r"@?(?:\"([^\"\s\\]{%d,})\"|'([^'\s\\]{%d,})'|[\"'`\\]{0,3}([^\s\"'`\\,;&<>{}()\[\]]{%d,})%s)"
)
END: Final = r"(?:[\s\"'`\\,;&<>)}\]]|$)"
"""`token = read_utf8(path)` and `token = tokens2[0]` are code."""


def value(shortest: int, end: str = "") -> str:
    """Returns a pattern of a value: anything but blanks between quotes, or a word and what has to stand behind it."""
    return VALUE % (shortest, shortest, shortest, end)


GENERAL: Final = (
    Rule(
        "private_key",
        r"-----BEGIN[A-Z0-9 ]{1,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?s:.*?)-----END[A-Z0-9 ]{1,40}PRIVATE KEY(?: BLOCK)?-----|(?s:.*))",
        (
            "key: «-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----» ok",
            "cut «-----BEGIN EC PRIVATE KEY-----\nMHcCAQ»",
        ),
        ("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",),
    ),
    Rule(
        "jwt",
        r"\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{2,}){1,4}|\bZXlK[A-Za-z0-9+/_-]{40,}={0,2}",
        (
            "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl»",
            "in base64 again: «ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUl4SW4wLmMybG5i»",
        ),
        ("eyJ is how base64 of an opening brace starts", "ZXlK is how that starts in base64"),
    ),
    Rule(
        "authorization",
        r"(?i)\b(?:bearer|basic|negotiate|digest|apikey)\s+([A-Za-z0-9+/_.~=-]{16,})",
        ("Authorization: Bearer «abcdef0123456789abcdef»", "basic «dXNlcjpodW50ZXIyMjI=»"),
        ("a bearer authentication-scheme", "Basic understanding of things"),
        checks.is_random_looking,
    ),
    Rule(
        "authorization_header",
        r"(?i)\bauthorization[\"'\\]{0,3}\s{0,3}[:=]\s{0,3}[\"'\\]{0,3}"
        r"(?:[a-z][a-z-]{2,20}\s+)?([^\s\"'\\,;\[\]]{8,})",
        (
            "authorization: token «a1b2c3d4e5f6»",
            "{'Authorization': '«4f3c9be1a2»'}",
            "Authorization: Api-Token «22cb987851bc»",
        ),
        ("authorization: required",),
        checks.has_digit,
    ),
    Rule(
        "url_password",
        r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"\[\]]+(?:@[^\s/@?#'\"\[\]]+)*)@",
        (
            "postgresql://app:«hunter2»@db.internal:5432/orders",
            "redis://:«p4ss»@cache:6379",
            "postgresql://u:«pa@ss»@h/db",
        ),
        ("https://example.org:8443/path@home", "postgresql://app@db.internal/orders"),
        checks.is_secret_value,
    ),
    Rule(
        "url_parameter",
        r"(?i)[?&;](?:access_token|refresh_token|id_token|auth_token|token|sig|signature|api[_-]?key|key|password"
        r"|secret|client_secret|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature)"
        r"=([^&;\s\"'#<>\\\[\]]{6,})",
        (
            "GET https://api.example.org/v1?token=«abc123def456»&page=2",
            "https://b.s3.amazonaws.com/k?X-Amz-Expires=120&X-Amz-Signature=«0a1b2c3d4e5f»",
        ),
        ("https://api.example.org/v1?page_token_size=100000", "?key=short"),
    ),
    Rule(
        "password",
        r"(?i)(?:passwords?|passwd|pwd|passphrase|passcode|(?:db|admin|root|smtp|mail|ftp|ssh|redis|mysql|pg)_?pass)"
        + ASSIGNED
        + value(4),
        (
            "password: «hunter2»",
            'db_password = "«s3cr3t-w0rd»"',
            "Server=db;Uid=sa;Pwd=«Yukon900»;",
            '{\\"password\\": \\"«correcthorse»\\"}',
            'password       = "«x{2}(y)#z!»"',
            "<Password>«correcthorse»</Password>",
            '<add key="ClearTextPassword" value="«correcthorse»" />',
            "SMTP_PASS=«correcthorse»",
            "params['password'] = '«correcthorse»'",
        ),
        (
            "password=None",
            "password: [REDACTED:password]",
            'password: "[REDACTED:password]"',
            "Password=${DB_PASSWORD}",
            'password = "{password}"',
            "login_password = var.db_password",
            "password: ****",
            "jdbc.password=\njdbc.url=jdbc:postgresql://db/orders",
            '["password", "username"]',
        ),
        checks.is_secret_value,
    ),
    Rule(
        "password_in_prose",
        r"(?i)\b(?:password|passcode|passphrase|pin code|pin)\s+(?:for\s+(?:the\s+)?"
        r"(?:user(?:name)?\s+)?[\"'][^\"'\n]{2,40}[\"']\s+)?"
        r"(?:is|was|to|:|è|é|est|ist|es)\s{0,3}(?:([\"'`][^\s\"'`]{4,40}[\"'`])|[\"'`]?([^\s\"'`,;<>\[\]]{4,}))",
        (
            "my password is «hunter2», do not tell",
            "set the passphrase to «'c0rrect-horse'»",
            'the default password is «"centipede"» here',
            "the password for user 'postgres' is «'admin'»",
            "la password è «estate9»",
        ),
        (
            "the password is required",
            "your password was changed",
            'password is "required"',
            "password was 'changed'",
        ),
        checks.is_said_password,
    ),
    Rule(
        "secret",
        r"(?i)([A-Z0-9_-]*(?:token|secret|api[ _-]?key|(?:access|auth|private|secret|encryption|signing|master|account"
        r"|shared)[ _-]?key|key[_-]?data|cred|[_-]p(?:w|ass))[A-Z0-9_-]*)"
        r"(?:" + ASSIGNED + r"|[\"'][ \t]?,[ \t]?)" + value(6, END),
        (
            "api_key=«9f8e7d6c5b4a»",
            "X-Api-Key: «da2-abc123def456»",
            'client_secret: "«Zx81-Commodore64»"',
            "aws_session_token = «FwoGZXIvYXdzEJr2»",
            "export CODECOV_TOKEN=«3f9a8b7c6d5e»",
            "serviceToken: '«3f9a8b7c6d5e»'",
            'var serviceToken string = "«3f9a8b7c6d5e»"',
            "service_token := `«3f9a8b7c6d5e»`",
            'System.setProperty("SERVICE_TOKEN", "«3f9a8b7c6d5e»")',
            "<serviceToken>\n    «3f9a8b7c6d5e»\n</serviceToken>",
            '"serviceToken" => "«3f9a8b7c6d5e»"',
            'curl -H "Api-Token: «3f9a8b7c6d5e»"',
            "iamapikey=«3f9a8b7c6d5e»",
            "PresharedKey = «3f9a8b7c6d5e»",
            "secret key:«3f9a8b7c6d5e»",
            "apiKey:             '«3f9a8b7c6d5e»'",
            "field 'String' , 'API_KEY' , '«3f9a8b7c6d5e»'",
            'mail_pw = "«3f9a8b7c6d5e»"',
            'mail_pass = "«3f9a8b7c6d5e»"',
        ),
        (
            "api_key=os.environ['KEY1']",
            "secret: rotation",
            "access_key: ${KEY_1}",
            "next_token=AAEXAMPLE0123456789",
            "max_token: 100000",
            "input_tokens: 123456, token_count=654321",
            "tokenizer = cl100k_base",
            "token = tokens2[0]",
            "token = read_utf8(path)",
            "first_pass = run12345",
        ),
        checks.is_opaque_value,
        is_keyed=True,
    ),
    Rule(
        "scrambled_secret",
        r"(?i)([A-Z0-9_-]*(?:token|secret|api[ _-]?key|(?:access|auth|private)[_-]?key|password|passwd|pwd)[A-Z0-9_-]*)"
        r"(?:(?:\[\])?" + ASSIGNED + r"@?[\"'`]?|[ \t]{0,3}[\"'])([^\s\"'`\\,;]{12,})",
        (
            'api_key = "«q(w]e#r$tyuiop»"',
            "password: «q(w]e#r$tyuiop»",
            "secret '«q(w]e#r$tyuiop»';",
            "token[]=«q(w]e#r$tyuiop»",
        ),
        (
            "token = get(names[0]?first:second)",
            "password: {{user.password}}|${default}",
            "secret=config[name](first[0]||second+third,",
        ),
        checks.is_scrambled,
        is_keyed=True,
    ),
    Rule(
        "cookie",
        r"(?i)\b(?:set-)?cookie[\"'\\]{0,3}\s{0,3}[:=]\s{0,3}[\"'\\]{0,3}([A-Za-z0-9_.-]+=[^\r\n\"'\\\[\]]{6,})",
        ("Cookie: «sid=0a1b2c3d4e5f; theme=dark»",),
        ("cookie: chocolate chip",),
    ),
    Rule(
        "command_password",
        r"(?i)\bcurl\b(?:[^\n]|\\\r?\n)*?\s(?:-u[\s=]*|(?:--(?:proxy-)?user)[\s=]+)[\"']?"
        r"(?:[^\s:\"']*[\"']?:[\"']?([^\s\"'\[\]]{3,})|([^\s:\"']{8,}):(?:[\s\"']|$))",
        (
            "curl -s -u admin:«t0psecret» https://example.org",
            "curl -k https://example.org \\\n  -u admin:«t0psecret»",
            "curl --user admin:'«t0psecret»' https://example.org",
            'curl -u "«0a1b2c3d4e»:" https://example.org',
            "curl -uadmin:«t0psecret» https://example.org",
            "curl --proxy-user admin:«t0psecret» http://example.org",
        ),
        (
            "curl -u admin https://example.org",
            'curl --user "$NAME:$WORD" https://example.org',
            "curl -u ${name}:${word} https://example.org",
        ),
        checks.is_secret_value,
    ),
    Rule(
        "password_hash",
        r"\$(?:apr1|1|5|6|7|8|9|y|2[abxy]|argon2(?:id|i|d)|scrypt)\$[A-Za-z0-9./+=,$-]{20,}",
        ("root:«$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2»:19000",),
        ("costs $6 and $7 more",),
    ),
)

QUOTES: Final = r"[\"'`\\]{0,3}"
COLON: Final = QUOTES + r"\s{0,3}[:=]\s{0,3}" + QUOTES
NAMED_VALUE: Final = (
    r"(?:\"([^\"\n\\]{4,})[\\]{0,3}\"|'([^'\n\\]{4,})'|([^\s\"'`\\,;&<>{}()\[\]]{4,}))"
)

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
        + NAMED_VALUE
        + r"|<(?:name|key|string)>\s*([\w.-]{2,60})\s*</(?:name|key|string)>"
        r"\s*<(?:value|string|data|val)>\s*([^<\s]{4,})"
        r"|<(?:property|string|entry|param|setting|env|variable|item|value|arg)\s+(?:name|key)=[\"']([\w.-]{2,60})[\"'][^<>]*>"
        r"\s*([^<\s]{4,})"
        r"|\bname=\"?([\w.\[\]-]{2,60})\"?\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\s]{4,})"
        r"|\bvariable\s+\"([\w.-]{2,60})\"\s*\{[^{}]{0,200}?\bdefault\s*=\s*\"([^\"\n]{4,})\""
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
            'variable "api_token" {\n  default = "«3f9a8b7c6d5e»"\n}',
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
