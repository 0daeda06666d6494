"""The curated rules: what a secret or a structured piece of personal data looks like.

At most 40, since they run as one RE2 Set in the executor's own time; the long tail of rules belongs where time does
not matter. Every rule carries texts that it must find and texts that it must leave alone: they are its tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from spanvas.privacy import checks


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is in RE2's syntax. Its first group, if it has one, is what gets replaced, else the whole match.

    `check` takes the text that would be replaced and has the last word. Of each text in `finds` the part between
    `«` and `»` must go and the rest must stay; `leaves` must stay as they are.
    """

    name: str
    pattern: str
    finds: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None


SECRETS: Final = (
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
        r"\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{2,}){1,4}",
        ("«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl»",),
        ("eyJ is how base64 of an opening brace starts",),
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
        r"(?:(?:bearer|basic|digest|token)\s+)?([^\s\"'\\,;\[\]]{8,})",
        ("authorization: token «a1b2c3d4e5f6»", "{'Authorization': '«4f3c9be1a2»'}"),
        ("authorization: required",),
        checks.has_digit,
    ),
    Rule(
        "url_password",
        r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"\[\]]+)@",
        ("postgresql://app:«hunter2»@db.internal:5432/orders", "redis://:«p4ss»@cache:6379"),
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
        r"(?i)(?:passwords?|passwd|pwd|passphrase|passcode)[\"'\\]{0,3}\s{0,3}(?::=|=>|=|:)\s{0,3}[\"'\\]{0,3}"
        r"([^\s\"'\\,;&<>{}()\[\]]{4,})",
        (
            "password: «hunter2»",
            'db_password = "«s3cr3t-w0rd»"',
            "Server=db;Uid=sa;Pwd=«Yukon900»;",
            '{\\"password\\": \\"«correcthorse»\\"}',
        ),
        (
            "password=None",
            "password: [REDACTED:password]",
            "Password=${DB_PASSWORD}",
            "password: ****",
        ),
        checks.is_secret_value,
    ),
    Rule(
        "password_in_prose",
        r"(?i)\b(?:password|passcode|passphrase|pin code|pin)\s+(?:is|was|to|:)\s{0,3}[\"'`]?"
        r"([^\s\"'`,;<>\[\]]{4,})",
        ("my password is «hunter2», do not tell", "set the passphrase to '«c0rrect-horse»'"),
        ("the password is required", "your password was changed"),
        checks.has_digit,
    ),
    Rule(
        "secret",
        r"(?i)(?:secret|api[ _-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token"
        r"|session[_-]?token|security[_-]?token|bot[_-]?token|client[_-]?secret|private[_-]?key|secret[_-]?key"
        r"|encryption[_-]?key|signing[_-]?key|key[_-]?data|credentials?|x-api-key|x-auth-token)"
        r"[\"'\\]{0,3}\s{0,3}(?::=|=>|=|:)\s{0,3}[\"'\\]{0,3}([^\s\"'\\,;&<>{}()\[\]]{6,})",
        (
            "api_key=«9f8e7d6c5b4a»",
            "X-Api-Key: «da2-abc123def456»",
            'client_secret: "«Zx81-Commodore64»"',
            "aws_session_token = «FwoGZXIvYXdzEJr2»",
        ),
        ("api_key=os.environ['KEY1']", "secret: rotation", "access_key: ${KEY_1}"),
        checks.is_opaque_value,
    ),
    Rule(
        "cookie",
        r"(?i)\b(?:set-)?cookie[\"'\\]{0,3}\s{0,3}[:=]\s{0,3}[\"'\\]{0,3}([A-Za-z0-9_.-]+=[^\r\n\"'\\\[\]]{6,})",
        ("Cookie: «sid=0a1b2c3d4e5f; theme=dark»",),
        ("cookie: chocolate chip",),
    ),
    Rule(
        "command_password",
        r"(?i)\bcurl\b[^\n]*?\s(?:-u|--user)[\s=]+[\"']?[^\s:\"']+:([^\s\"'\[\]]+)",
        ("curl -s -u admin:«t0psecret» https://example.org",),
        ("curl -u admin https://example.org",),
    ),
    Rule(
        "password_hash",
        r"\$(?:1|5|6|y|2[abxy]|argon2(?:id|i|d)|scrypt|7)\$[A-Za-z0-9./+=,$-]{20,}",
        ("root:«$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2»:19000",),
        ("costs $6 and $7 more",),
    ),
    Rule(
        "aws_access_key",
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
        ("id «AKIAIOSFODNN7EXAMPLE» is AWS's own example",),
        ("AKIASHORT", "arn:aws:iam::123456789012:role/AKIA"),
    ),
    Rule(
        "aws_secret_key",
        r"(?i)(?:aws|amazon)[a-z0-9 _.-]{0,24}(?:secret|key)[a-z0-9 _.-]{0,24}[\"'\s:=]{1,6}"
        r"([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
        ("aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",),
        ("aws key 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",),
    ),
    Rule(
        "bedrock_key",
        r"\bABSK[A-Za-z0-9+/]{60,}={0,2}",
        ("«ABSK" + "QmVkcm9ja0FQSUtleS0" * 6 + "»",),
        ("ABSKIP",),
    ),
    Rule(
        "anthropic_key",
        r"\bsk-ant-[A-Za-z0-9_-]{20,}",
        ("«sk-ant-" + "api03-A1b2C3d4E5" * 3 + "»",),
        ("sk-ant-colony",),
    ),
    Rule(
        "openai_key",
        r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}",
        ("«sk-" + "proj-a1B2c3D4e5" * 3 + "»",),
        ("sk-learn-contrib-a-long-package-name",),
        checks.has_digit,
    ),
    Rule(
        "model_service_key",
        r"\b(?:hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{36,}|xai-[A-Za-z0-9]{60,}"
        r"|pplx-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{40,}|tvly-[A-Za-z0-9-]{20,}|pcsk_[A-Za-z0-9_]{40,}"
        r"|lsv2_(?:pt|sk)_[a-f0-9_]{32,}|(?:pk|sk)-lf-[a-f0-9-]{36})",
        ("«hf_" + "AbCdEfGhIj" * 4 + "»", "«gsk_" + "A1b2C3d4E5" * 5 + "»"),
        ("hf_transfer", "gsk_small"),
    ),
    Rule(
        "google_key",
        r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\b1//0[A-Za-z0-9_-]{30,}",
        ("«AIza" + "SyA1b2C3d" * 3 + "SyA1b2C3" + "»", "«ya29." + "a0AfH6SMBx" * 3 + "»"),
        ("AIzawa is a town",),
    ),
    Rule(
        "github_token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,})",
        ("«ghp_" + "A1b2C3d4E5f6" * 3 + "»", "«github_pat_" + "11ABCDEFG0_" * 4 + "»"),
        ("ghp_short", "github_path"),
    ),
    Rule(
        "gitlab_token",
        r"\bgl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|imt|oas)-[A-Za-z0-9_.=-]{20,}",
        ("«glpat-" + "A1b2C3d4E5" * 2 + "»",),
        ("glpat-short",),
    ),
    Rule(
        "slack_token",
        r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+"
        r"|hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
        (
            "«xoxb-" + "123456789012-abcdef" + "»",
            "https://«hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXX" + "»",
        ),
        ("https://hooks.slack.com/help",),
    ),
    Rule(
        "chat_bot_token",
        r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}|\b\d{8,10}:AA[A-Za-z0-9_-]{33}"
        r"|discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{60,}",
        ("«123456789:AA" + "H1b2C3d4E5f" * 3 + "»",),
        ("at 123456789:AA",),
    ),
    Rule(
        "payment_key",
        r"\b(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{20,}"
        r"|\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}|\bEAAA[A-Za-z0-9_-]{60}",
        ("«sk_live_" + "A1b2C3d4E5f6" + "»",),
        ("pk_live_is_public", "sk_live"),
    ),
    Rule(
        "mail_service_key",
        r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\b[0-9a-f]{32}-us\d{1,2}\b|\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"
        r"|\bkey-[0-9a-f]{32}\b",
        (
            "«SG." + "A1b2C3d4E5f6G7h8.A1b2C3d4E5f6G7h8" + "»",
            "«key-" + "0123456789abcdef" * 2 + "»",
        ),
        ("SG.stock", "key-0123"),
    ),
    Rule(
        "twilio_key",
        r"\bSK[0-9a-f]{32}\b",
        ("«SK" + "0123456789abcdef" * 2 + "»",),
        ("SK0123",),
    ),
    Rule(
        "package_registry_token",
        r"\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{50,}|\brubygems_[a-f0-9]{48}|\bdckr_pat_[A-Za-z0-9_-]{27}",
        ("«npm_" + "A1b2C3d4E5f6" * 3 + "»", "«pypi-" + "AgEIcHlwaS5vcmc" * 4 + "»"),
        ("npm_config_registry", "pypi-mirror"),
    ),
    Rule(
        "azure_key",
        r"(?i)(?:AccountKey|SharedAccessKey|SharedSecret)=([A-Za-z0-9+/]{40,}={0,2})",
        ("AccountName=a;AccountKey=«" + "A1b2C3d4E5f6" * 4 + "==»;",),
        ("AccountKey=",),
    ),
    Rule(
        "cloud_token",
        r"\bdo[opr]_v1_[a-f0-9]{64}|\bdapi[a-f0-9]{32}(?:-\d)?|\bhv[sbr]\.[A-Za-z0-9_-]{24,}"
        r"|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9.]{40,}|\bpul-[a-f0-9]{40}|\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
        r"|\bAGE-SECRET-KEY-1[0-9A-Z]{58}|[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
        ("«dapi" + "0123456789abcdef" * 2 + "»", "«hvs." + "CAESIJ1b2C3d" * 3 + "»"),
        ("dapilot", "hvs.css"),
    ),
    Rule(
        "developer_token",
        r"\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|\bglc_[A-Za-z0-9+/=]{32,}|\bAT[AC]TT3[A-Za-z0-9_=-]{60,}"
        r"|\blin_api_[A-Za-z0-9]{40}|\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}|\bsntr[yu]s_[A-Za-z0-9+/=_]{40,}"
        r"|\bNRAK-[A-Z0-9]{27}|\bfigd_[A-Za-z0-9_-]{40,}|\bsecret_[A-Za-z0-9]{43}\b|\bntn_[A-Za-z0-9]{40,}",
        ("«glsa_" + "A1b2C3d4E5f6G7h8" * 2 + "_0a1b2c3d»", "«NRAK-" + "A1B2C3D4E" * 3 + "»"),
        ("glsa_dashboard", "secret_name_of_the_rose"),
    ),
)

PERSONAL: Final = (
    Rule(
        "email",
        r"\b[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}\b",
        ("write to «ada.lovelace+spam@mail.example.org».",),
        ("icon@2x.png", "git@github.com:org/repo.git", "lodash@4.17.21", "user@localhost"),
        checks.is_email,
    ),
    Rule(
        "us_ssn",
        r"\b(?:\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4})\b",
        ("SSN «078-05-1120»",),
        ("000-12-3456", "666-12-3456", "912-12-3456", "078-00-1120", "078-05-0000"),
        checks.is_us_ssn,
    ),
    Rule(
        "uk_nino",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        ("NI number «QQ 12 34 56 C»".replace("QQ", "AB"),),
        ("AB 12 34",),
    ),
    Rule(
        "payment_card",
        r"\b\d(?:[ -]?\d){11,18}\b",
        ("card «4111 1111 1111 1111» please", "«378282246310005»", "«5555-5555-5555-4444»"),
        ("1700000000000", "1700000000000000000", "4111 1111 1111 1112", "123456789012"),
        checks.is_payment_card,
    ),
    Rule(
        "iban",
        r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b",
        ("to «DE89 3704 0044 0532 0130 00» today", "«GB29NWBK60161331926819»"),
        ("DE89 3704 0044 0532 0130 01", "AB12 3456 7890"),
        checks.is_iban,
    ),
    Rule(
        "phone",
        r"(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}[-. ]\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4})\b",
        ("call «+44 20 7946 0958»", "«(555) 010-4477»", "or «555-010-4477»"),
        ("+00:00", "+15 %", "2026-01-02T03:04:05.678+0000", "span 555-010"),
        checks.is_phone,
    ),
    Rule(
        "ipv4",
        r"(?:^|[^\w.-])((?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))(?:$|[^\w.-]|\.(?:\D|$))",
        ("from «203.0.113.9»", "(«198.51.100.7»)."),
        ("127.0.0.1", "v1.2.3.4", "1.3.6.1.4.1.311", "0.0.0.0:8080", "256.1.1.1"),
        checks.is_public_ipv4,
    ),
    Rule(
        "ipv6",
        r"(?i)(?:^|[^\w:.])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:)+(?::[0-9a-f]{1,4})+"
        r"|(?:[0-9a-f]{1,4}:)+:)(?:$|[^\w:])",
        ("from «2001:db8::8a2e:370:7334»", "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»"),
        ("::1", "std::vector", "a::b", "12:30:45", "aa:bb:cc:dd:ee:ff"),
        checks.is_ipv6,
    ),
)

RULES: Final = SECRETS + PERSONAL
