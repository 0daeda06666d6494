"""The curated rules: what a secret or a structured piece of personal data looks like.

At most 40, since they run as one RE2 Set in the executor's own time; the long tail of rules belongs where time does
not matter. Every rule carries texts that it must find and texts that it must leave alone: they are its tests.
"""

from __future__ import annotations

from typing import Final

from spanvas.privacy import checks
from spanvas.privacy.personal import PERSONAL
from spanvas.privacy.rule import Rule

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

RULES: Final = SECRETS + PERSONAL
