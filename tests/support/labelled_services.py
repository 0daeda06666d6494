"""Formats of keys and tokens of services, beyond those of `labelled_texts`: random in alphabet and length."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from random import Random

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
DIGITS = "0123456789"
HEX = "0123456789abcdef"
WORD = UPPER + LOWER + DIGITS

Make = Callable[[Random], str]


def parts(*pieces: str | tuple[str, int]) -> Make:
    """Fixed text, and random characters of an alphabet."""
    return lambda chance: "".join(
        piece if isinstance(piece, str) else "".join(chance.choices(piece[0], k=piece[1]))
        for piece in pieces
    )


def encoded_jwt(chance: Random) -> str:
    subject = "".join(chance.choices(DIGITS, k=24))
    inner = b64encode(f'{{"alg":"HS256","sub":"{subject}"}}'.encode()).decode().rstrip("=")
    return b64encode(f"{inner}.{inner}.{subject}".encode()).decode()


SERVICES: dict[str, Make] = {
    "1Password service account": parts("ops_eyJ", (WORD + "+/", 260)),
    "1Password secret key": parts(
        "A3-", (UPPER, 6), "-", (UPPER, 11), *("-", (UPPER + DIGITS, 5)) * 3
    ),
    "Adobe client secret": parts("p8e-", (LOWER + DIGITS, 32)),
    "Airtable token": parts("pat", (WORD, 14), ".", (HEX, 64)),
    "Alibaba access key id": parts("LTAI", (WORD, 20)),
    "Artifactory key": parts("AKCp", (WORD, 69)),
    "Artifactory reference token": parts("cmVmd", (WORD, 59)),
    "Azure client secret": parts((WORD, 3), "8Q~", (WORD + "_-", 34)),
    "Bedrock short-lived key": parts("bedrock-api-key-", (WORD, 60)),
    "Clojars token": parts("CLOJARS_", (LOWER + DIGITS, 60)),
    "Cloudflare origin key": parts("v1.0-", (HEX, 24), "-", (HEX, 146)),
    "Defined Networking key": parts("dnkey-", (WORD, 26), "-", (WORD, 52)),
    "Duffel token": parts("duffel_live_", (WORD + "_-", 43)),
    "Dynatrace token": parts("dt0c01.", (UPPER + DIGITS, 24), ".", (UPPER + DIGITS, 64)),
    "EasyPost key": parts("EZAK", (WORD, 54)),
    "Facebook page token": parts("EAAC", (WORD, 120)),
    "Facebook app token": parts((DIGITS, 16), "|", (WORD + "_-", 27)),
    "Flutterwave key": parts("FLWSECK_TEST-", (HEX, 32), "-X"),
    "Fly.io token": parts("fo1_", (WORD + "_-", 43)),
    "Frame.io token": parts("fio-u-", (WORD + "_-", 64)),
    "GitLab runner registration token": parts("GR1348941", (WORD + "_-", 20)),
    "Grafana API key": parts("eyJrIjoi", (WORD, 80)),
    "Harness token": parts("pat.", (WORD, 22), ".", (WORD, 24), ".", (WORD, 20)),
    "Heroku key": parts("HRKU-AA", (WORD, 58)),
    "Hugging Face organization token": parts("api_org_", (WORD, 34)),
    "Octopus Deploy key": parts("API-", (UPPER + DIGITS, 26)),
    "OpenShift token": parts("sha256~", (WORD + "_-", 43)),
    "Plaid token": parts(
        "access-production-", (HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12)
    ),
    "PlanetScale password": parts("pscale_pw_", (WORD, 43)),
    "Prefect key": parts("pnu_", (LOWER + DIGITS, 36)),
    "ReadMe key": parts("rdme_", (LOWER + DIGITS, 70)),
    "Scalingo token": parts("tk-us-", (WORD + "_-", 48)),
    "SettleMint token": parts("sm_aat_", (WORD, 16)),
    "Shippo token": parts("shippo_live_", (HEX, 40)),
    "SonarQube token": parts("squ_", (HEX, 40)),
    "Sourcegraph token": parts("sgp_", (HEX, 40)),
    "Teams webhook": parts("webhook.office.com/webhookb2/", (HEX, 32), "@", (HEX, 32)),
    "Telegram bot token": parts((DIGITS, 9), ":A", (WORD + "_-", 34)),
    "Terraform Cloud token": parts((LOWER + DIGITS, 14), ".atlasv1.", (WORD, 67)),
    "Typeform token": parts("tfp_", (WORD + "_", 59)),
    "Yandex key": parts("AQVN", (WORD, 36)),
    "JSON web token in base64": encoded_jwt,
    "42 client secret": parts("s-s4t2ud-", (HEX, 64)),
}
