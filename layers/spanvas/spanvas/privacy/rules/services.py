"""The curated rules for keys and tokens that are known by their own form, as the services that issue them have it."""

from __future__ import annotations

from typing import Final

from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.pattern import loosened
from spanvas.privacy.rules.rule import Rule

_CLOUD: Final = (
    r"\bdo[opr]_v1_[a-f0-9]{64}|\bdapi[a-f0-9]{32}(?:-\d)?|\bhv[sbr]\.[A-Za-z0-9_-]{24,}"
    r"|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9.]{40,}|\bpul-[a-f0-9]{40}|\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
    r"|\bAGE-SECRET-KEY-1[0-9A-Z]{58}|\b[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?:[^A-Za-z0-9_~.-]|$)"
    r"|\bLTAI[A-Za-z0-9]{20}\b|\bpscale_(?:pw|tkn|oauth)_[A-Za-z0-9_=.-]{32,}|\bHRKU-AA[A-Za-z0-9_-]{58}"
    r"|\bfo1_[A-Za-z0-9_-]{43}|\bfm[12][ar]?_[A-Za-z0-9+/]{100,}={0,3}|\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}"
    r"|\btk-us-[A-Za-z0-9_-]{40,}|\bAQVN[A-Za-z0-9_-]{35,}|\bsha256~[A-Za-z0-9_-]{43}|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"
)

_CHAT: Final = (
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}|(?:\b|bot)\d{6,12}:A[A-Za-z0-9_-]{34}"
    r"|discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{60,}"
    r"|\bwebhook\.office\.com/webhookb2/[A-Za-z0-9@/_-]{60,}|\bEAA[MC][A-Za-z0-9]{90,}"
    r"|\b\d{15,16}(?:\||%7C)[A-Za-z0-9_-]{27,40}"
)
_MAIL: Final = (
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_=-]{16,}|\b[0-9a-f]{32}-us\d{1,2}\b|\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"
    r"|\bkey-[0-9a-f]{32}\b"
)


_DEVELOPER: Final = (
    r"\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|\bglc_[A-Za-z0-9+/=]{32,}|\bAT[AC]TT3[A-Za-z0-9_=-]{60,}"
    r"|\blin_api_[A-Za-z0-9]{40}|\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}|\bsntr[yu]s_[A-Za-z0-9+/=_]{40,}"
    r"|\bNR(?:AK|AA|II|IQ|RA)-[A-Za-z0-9_-]{27,42}|\b[a-z0-9]{36}NRAL\b|\bfigd_[A-Za-z0-9_-]{40,}|\bsecret_[A-Za-z0-9]{43}\b|\bntn_[A-Za-z0-9]{40,}"
    r"|\bops_eyJ[A-Za-z0-9+/=_-]{100,}|\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b"
    r"|\bsgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}|\bsq[apu]_[a-f0-9]{40}|\bp8e-[a-z0-9]{32}|\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}"
    r"|\b[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}|\bdt0c01\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}"
    r"|\bpnu_[A-Za-z0-9]{36}|\brdme_[a-z0-9]{70}|\btfp_[A-Za-z0-9_.=-]{59}|\bsm_[aps]at_[A-Za-z0-9]{16}"
    r"|\bfio-u-[A-Za-z0-9_=-]{64}|\bdnkey-[A-Za-z0-9_=-]{26}-[A-Za-z0-9_=-]{52}|\beyJrIjoi[A-Za-z0-9]{70,}={0,3}"
    r"|\bs-s4t2(?:ud|af)-[a-f0-9]{64}|\bAPI-[A-Z0-9]{26}\b|\baio_[A-Za-z0-9]{28}\b|\bodt_[A-Za-z0-9]{32,}"
    r"|\blive_\d{8,12}_[A-Za-z0-9]{30,36}\b"
)


def _from(pattern: str, *parts: str) -> str:
    """Returns a loosened pattern whose alternatives begin with these parts: what is before a part in its alternative,
    and counts characters in any word, is left out."""
    alternatives = pattern.split(r"|\b")
    for part in parts:
        (place,) = (at for at, one in enumerate(alternatives) if part in one)
        alternatives[place] = alternatives[place][alternatives[place].index(part) :]
    return loosened(
        "|".join(
            one if one.startswith(parts) or not at else r"\b" + one
            for at, one in enumerate(alternatives)
        )
    )


SERVICES: Final = (
    Rule(
        "aws_access_key",
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}|A3T[A-Z0-9]{17})\b",
        ("id «AKIAIOSFODNN7EXAMPLE» is AWS's own example", "«A3T0ABCDEFGHIJKLMNOP»"),
        ("AKIASHORT", "arn:aws:iam::123456789012:role/AKIA"),
    ),
    Rule(
        "aws_secret_key",
        r"(?i)(?:aws|amazon)[a-z0-9 _.-]{0,24}(?:secret|key)[a-z0-9 _.-]{0,24}[\"'\s:=>]{1,6}"
        r"([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
        (
            "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
            "aws_secret_access_key => «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        ),
        ("aws key 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",),
    ),
    Rule(
        "bedrock_key",
        r"\bABSK[A-Za-z0-9+/]{60,}={0,2}|\bbedrock-api-key-[A-Za-z0-9+/=_-]{20,}",
        (
            "«ABSK" + "QmVkcm9ja0FQSUtleS0" * 6 + "»",
            "«bedrock-api-key-" + "YmVkcm9jay5hbWF6b25hd3MuY29t" + "»",
        ),
        ("ABSKIP", "bedrock-api-key-name"),
    ),
    Rule(
        "anthropic_key",
        r"sk-ant-[A-Za-z0-9_-]{20,}",
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
        r"\b(?:(?:hf_|api_org_)[A-Za-z0-9]{34,}|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{36,}|xai-[A-Za-z0-9]{60,}"
        r"|pplx-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{40,}|tvly-[A-Za-z0-9-]{20,}|pcsk_[A-Za-z0-9_]{40,}"
        r"|lsv2_(?:pt|sk)_[a-f0-9_]{32,}|(?:pk|sk)-lf-[a-f0-9-]{36})",
        ("«hf_" + "AbCdEfGhIj" * 4 + "»", "«gsk_" + "A1b2C3d4E5" * 5 + "»"),
        ("hf_transfer", "gsk_small"),
    ),
    Rule(
        "google_key",
        r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\b1//0[A-Za-z0-9_-]{30,}",
        (
            "«AIza" + "SyA1b2C3d" * 3 + "SyA1b2C3" + "»",
            "«ya29." + "a0AfH6SMBx" * 3 + "»",
            "«GOCSPX-" + "A1b2C3d4E5" * 2 + "»",
            "«1//0" + "A1b2C3d4E5" * 3 + "»",
        ),
        ("AIzawa is a town",),
    ),
    Rule(
        "github_token",
        r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,})",
        ("«ghp_" + "A1b2C3d4E5f6" * 3 + "»", "«github_pat_" + "11ABCDEFG0_" * 4 + "»"),
        ("ghp_short", "github_path"),
    ),
    Rule(
        "gitlab_token",
        r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|imt|oas|ffct|wt|kas)-[A-Za-z0-9_.=-]{20,}|\bGR1348941[A-Za-z0-9_-]{20}",
        ("«glpat-" + "A1b2C3d4E5" * 2 + "»", "«GR1348941" + "A1b2C3d4E5" * 2 + "»"),
        ("glpat-short",),
    ),
    Rule(
        "slack_token",
        r"xox[abeprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|\bxoxo-\d[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+"
        r"|hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
        (
            "«xoxb-" + "123456789012-abcdef" + "»",
            "https://«hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXX" + "»",
            "«xoxo-" + "1A1b2C3d4E5" + "»",
            "«xapp-" + "1-A1B2C3-123456-0a1b2c3d" + "»",
        ),
        ("https://hooks.slack.com/help", "https://example.org/2018-xoxo-gathering-1.jpg"),
    ),
    Rule(
        "chat_bot_token",
        _CHAT,
        (
            "«123456789:AA" + "H1b2C3d4E5f" * 3 + "»",
            "https://api.telegram.org/«bot123456789:AA" + "H1b2C3d4E5f" * 3 + "»/getMe",
            "https://acme.«webhook.office.com/webhookb2/" + "0a1b2c3d-4e5f" * 6 + "»",
            "«EAAC" + "A1b2C3d4E5" * 12 + "»",
            "«1234567890123456|" + "A1b2C3d4E" * 3 + "»",
            "«M" + "A1b2C3d4" * 3 + ".A1b2C3." + "A1b2C3d4E" * 3 + "»",
            "https://«discord.com/api/webhooks/" + "123456789/" + "A1b2C3d4E5" * 6 + "»",
        ),
        ("at 123456789:AA", "robot123456789:AA", "1234567890123456|east"),
        sign=_from(_CHAT, r"\.[A-Za-z0-9_-]{6}\.", r"(?:\||%7C)"),
    ),
    Rule(
        "payment_key",
        r"\b(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{20,}"
        r"|\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}|\bEAAA[A-Za-z0-9_-]{22,}|\bFLW(?:SEC|PUB)K(?:_TEST)?-[A-Za-z0-9-]{12,}"
        r"|\bEZ[AT]K[A-Za-z0-9]{54}|\b(?:shippo|duffel)_(?:live|test)_[A-Za-z0-9_=-]{40,}"
        r"|\baccess-(?:sandbox|development|production)-[0-9a-f-]{36}",
        (
            "«sk_live_" + "A1b2C3d4E5f6" + "»",
            "«shippo_live_" + "0a1b2c3d4e" * 4 + "»",
            "«EZAK" + "A1b2C3d4E" * 6 + "»",
            "«access-sandbox-" + "0a1b2c3d-4e5f-4a1b-8c2d-0e3f4a5b6c7d" + "»",
            "«whsec_" + "A1b2C3d4E5" * 2 + "»",
            "«sq0atp-" + "A1b2C3d4E5f" * 2 + "»",
            "«EAAA" + "A1b2C3d4E5f" * 2 + "»",
            "«FLWSECK_TEST-" + "A1b2C3d4E5f6" + "»",
        ),
        ("pk_live_is_public", "sk_live"),
    ),
    Rule(
        "mail_service_key",
        _MAIL,
        (
            "«SG." + "A1b2C3d4E5f6G7h8.A1b2C3d4E5f6G7h8" + "»",
            "«key-" + "0123456789abcdef" * 2 + "»",
            "«" + "0123456789abcdef" * 2 + "-us12»",
            "«xkeysib-" + "0a1b2c3d" * 8 + "-" + "A1b2C3d4" * 2 + "»",
        ),
        ("SG.stock", "key-0123"),
        sign=_from(_MAIL, r"-us\d{1,2}\b"),
    ),
    Rule(
        "twilio_key",
        r"\bSK[0-9a-f]{32}\b",
        ("«SK" + "0123456789abcdef" * 2 + "»",),
        ("SK0123",),
    ),
    Rule(
        "package_registry_token",
        r"\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{50,}|\brubygems_[a-f0-9]{48}|\bdckr_pat_[A-Za-z0-9_-]{27}"
        r"|(?i)\bCLOJARS_[a-z0-9]{60}|\bAKC[A-Za-z0-9]{10,}|\bcmVmd[A-Za-z0-9]{59}\b"
        r"|(?i:jfrog|artif)[\s\S]{0,24}?\b(AP[0-9A-F][A-Za-z0-9]{8,})",
        (
            "«npm_" + "A1b2C3d4E5f6" * 3 + "»",
            "«pypi-" + "AgEIcHlwaS5vcmc" * 4 + "»",
            "«rubygems_" + "0a1b2c3d" * 6 + "»",
            "«dckr_pat_" + "A1b2C3d4E" * 3 + "»",
            "«CLOJARS_" + "0a1b2c3d4e" * 6 + "»",
            "«AKCp" + "A1b2C3d4E5f6G7h8I9j0K1l" * 3 + "»",
            "«cmVmd" + "A1b2C3d4E5" * 5 + "A1b2C3d4E»",
            "X-JFrog-Art-Api: «AP6" + "A1b2C3d4E5»",
        ),
        ("npm_config_registry", "pypi-mirror", "AKCEPTOWALNYM", "artifacts: APPLICATIONS"),
        checks.is_random_looking,
    ),
    Rule(
        "cloud_token",
        _CLOUD,
        (
            "«LTAI" + "A1b2C3d4E5" * 2 + "»",
            "«pscale_tkn_" + "A1b2C3d4" * 5 + "»",
            "«fo1_" + "A1b2C3d4E5" * 4 + "f6g»",
            "«sha256~" + "A1b2C3d4E5" * 4 + "f6g»",
            "«dapi" + "0123456789abcdef" * 2 + "»",
            "«hvs." + "CAESIJ1b2C3d" * 3 + "»",
            "«dop_v1_" + "0a1b2c3d" * 8 + "»",
            "«dp.pt." + "A1b2C3d4" * 5 + "»",
            "«pul-" + "0a1b2c3d" * 5 + "»",
            "«shpat_" + "0a1b2c3d" * 4 + "»",
            "«AGE-SECRET-KEY-1" + "A1B2C3D4E5F6G7H8I9J0K1L2M3N4P" * 2 + "»",
            "«a.b0Q~" + "A1b2C3d4" * 4 + "»",
            "«HRKU-AA" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4P" * 2 + "»",
            "«fm2_" + "A1b2C3d4E5" * 10 + "»",
            "«v1.0-"
            + "0a1b2c3d" * 3
            + "-"
            + "0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6" * 2
            + "»",
            "«tk-us-" + "A1b2C3d4E5" * 4 + "»",
            "«AQVN" + "A1b2C3d" * 5 + "»",
            "«0a1b2c3d4e5f6g.atlasv1." + "A1b2C3d4E5" * 6 + "»",
        ),
        ("dapilot", "hvs.css", "sha256~short", "a.b0Q~" + "A1b2C3d4E5" * 6),
        sign=_from(_CLOUD, r"\dQ~", r"\.atlasv1\."),
    ),
    Rule(
        "developer_token",
        _DEVELOPER,
        (
            "«ops_eyJ" + "A1b2C3d4E5" * 12 + "»",
            "«A3-" + "A1B2C3-D4E5F6-G7H8I-J9K0L-M1N2O-P3Q4R" + "»",
            "«sgp_" + "0a1b2c3d4e" * 4 + "»",
            "«patA1b2C3d4E5f6g7." + "0a1b2c3d" * 8 + "»",
            "«dt0c01." + "A1b2C3d4" * 3 + "." + "A1b2C3d4" * 8 + "»",
            "«glsa_" + "A1b2C3d4E5f6G7h8" * 2 + "_0a1b2c3d»",
            "«NRAK-" + "A1B2C3D4E" * 3 + "»",
            "«NRII-" + "A1b2C3d4" * 4 + "»",
            "license: «" + "0a1b2c3d4" * 4 + "NRAL»",
            "«glc_" + "A1b2C3d4" * 4 + "»",
            "«ATATT3" + "A1b2C3d4E5" * 6 + "»",
            "«lin_api_" + "A1b2C3d4E5" * 4 + "»",
            "«PMAK-" + "0a1b2c3d" * 3 + "-" + "0a1b2c3d4e5f6a7b8" * 2 + "»",
            "«sntrys_" + "A1b2C3d4" * 5 + "»",
            "«figd_" + "A1b2C3d4" * 5 + "»",
            "«secret_" + "A1b2C3d4E5" * 4 + "f6g»",
            "«ntn_" + "A1b2C3d4" * 5 + "»",
            "«sqp_" + "0a1b2c3d" * 5 + "»",
            "«p8e-" + "0a1b2c3d" * 4 + "»",
            "«pat." + "A1b2C3d4E5f" * 2 + "." + "A1b2C3d4" * 3 + "." + "A1b2C3d4E5" * 2 + "»",
            "«pnu_" + "A1b2C3d4E5f6" * 3 + "»",
            "«rdme_" + "0a1b2c3d4e" * 7 + "»",
            "«tfp_" + "A1b2C3d4E5" * 5 + "A1b2C3d4E»",
            "«sm_aat_" + "A1b2C3d4" * 2 + "»",
            "«fio-u-" + "A1b2C3d4" * 8 + "»",
            "«dnkey-" + "A1b2C3d4E5f6G" * 2 + "-" + "A1b2C3d4E5f6G" * 4 + "»",
            "«eyJrIjoi" + "A1b2C3d4E5" * 7 + "»",
            "«s-s4t2ud-" + "0a1b2c3d" * 8 + "»",
            "«API-" + "A1B2C3D4E5F6G" * 2 + "»",
            "«aio_" + "A1b2C3d" * 4 + "»",
            "«odt_" + "A1b2C3d4" * 4 + "»",
            "«live_123456789_" + "A1b2C3d4E5" * 3 + "»",
        ),
        ("glsa_dashboard", "secret_name_of_the_rose", "API-GATEWAY", "A3-PAPER", "pat.name.of.it"),
        sign=_from(_DEVELOPER, r"NRAL\b"),
    ),
)
