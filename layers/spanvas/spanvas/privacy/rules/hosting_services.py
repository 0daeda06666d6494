"""The curated rules for keys of hosting, data, build and messaging services, by the form that each gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

UUID: Final = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
A_UUID: Final = "0a1b2c3d-4e5f-4a1b-8c2d-0e3f4a5b6c7d"


def is_hosting_token(text: str) -> bool:
    """Returns whether a match is a token: old ones of Vault have the form of a name in code but for their digits."""
    return checks.has_digit(text) if text.startswith("s.") else checks.is_random_looking(text)


AZURE_KEY: Final = 56
"""Characters of the shortest key with a mark of Azure inside."""
WORD: Final = LazyPattern(rb"[A-Za-z0-9]+")


def azure_keys_in(text: bytes, _start: int, end: int, _name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of a key of Azure around a mark that such keys have inside.

    A pattern for what stands before the mark would make the set of all rules many times as large.
    """
    reach = text[max(end - 120, 0) : end]
    word = WORD.match(reach[::-1])
    if word and len(word[0]) >= AZURE_KEY:
        yield end - len(word[0]), end


NOT_SECRET: Final = LazyPattern(rb"(?i)sha512[-=:]$|public[^\n]{0,30}$")
"""Before 64 bytes in base64: they are a digest, or the public half of a key."""


def storage_keys_in(
    text: bytes, start: int, end: int, _name: str = ""
) -> Iterator[tuple[int, int]]:
    """Yields the bounds of 64 bytes in base64 unless the words before them say that they are no secret."""
    if not NOT_SECRET.search(text[max(start - 40, 0) : start]):
        yield start, end


HOSTING_SERVICES: Final = (
    Rule(
        "hosting_token",
        r"\bsbp_(?:v0_)?[a-f0-9]{40}\b|\bsb_secret_[A-Za-z0-9_-]{20,}|\bvc[apkrpi]_[A-Za-z0-9]{24,}"
        r"|\bnapi_[a-z0-9]{24,}|\bnpg_[A-Za-z0-9]{12,}\b|\brnd_[A-Za-z0-9]{24,}|\bnfp_[A-Za-z0-9]{24,}"
        r"|\bxau_[A-Za-z0-9]{24,}|\btskey-[a-z]+-[A-Za-z0-9]{10,}-[A-Za-z0-9]{20,}|\bdckr_oat_[A-Za-z0-9_-]{24,}"
        r"|\bst\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}|\bs\.[A-Za-z0-9]{24}\b",
        (
            "«sbp_" + "0a1b2c3d" * 5 + "»",
            "«sb_secret_" + "A1b2C3d4E5f6_A1b2C3d4E5f6" + "»",
            "«vcp_" + "A1b2C3d4" * 7 + "»",
            "«napi_" + "0a1b2c3d" * 8 + "»",
            "postgresql://app:«npg_" + "A1b2C3d4E5f6" + "»@db.internal",
            "«rnd_" + "A1b2C3d4E5f6G7" * 2 + "»",
            "«nfp_" + "A1b2C3d4" * 5 + "»",
            "«xau_" + "A1b2C3d4" * 5 + "A1b»",
            "«tskey-auth-" + "A1b2C3d4E5f6-" + "A1b2C3d4" * 4 + "»",
            "«dckr_oat_" + "A1b2C3d4" * 4 + "»",
            "«st." + "0a1b2c3d" * 3 + "." + "0a1b2c3d" * 4 + "." + "0a1b2c3d" * 4 + "»",
            "«s." + "A1b2C3d4" * 3 + "»",
        ),
        ("sbp_version", "rnd_number", "s.getConfigurationManagers", "st.0a1b", "npg_config"),
        is_hosting_token,
    ),
    Rule(
        "data_service_token",
        r"\bph[xs]_[A-Za-z0-9]{24,}|\bdbt[uc]_[A-Za-z0-9_-]{24,}|\bCFPAT-[A-Za-z0-9_-]{43}|\bsk[A-Za-z0-9]{24,}\b"
        r"|\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{24,}|\bhc[abx]ik_[a-z0-9]{24,}"
        r"|\bxa[ap]t-"
        + UUID
        + r"|\bsgp_[A-Za-z0-9]{64}\b|\bsl\.(?:u\.)?[A-Za-z0-9_-]{24,}|\bsecret-[A-Za-z0-9]{24,}",
        (
            "«phx_" + "A1b2C3d4" * 5 + "A1b»",
            "«dbtu_" + "A1b2C3d4E5f6" * 3 + "»",
            "«CFPAT-" + "A1b2C3d4" * 5 + "A1b»",
            "«sk" + "A1b2C3d4" * 10 + "»",
            "«00DA1b2C3d4E5f6!" + "A1b2C3d4" * 11 + "»",
            "«hcaik_" + "0a1b2c3d" * 7 + "»",
            "«xaat-" + A_UUID + "»",
            "«sgp_" + "A1b2C3d4" * 8 + "»",
            "«sl." + "A1b2C3d4" * 16 + "»",
            "«secret-" + "A1b2C3d4" * 5 + "»",
        ),
        ("phx_router", "secret-santa", "sl.no", "00D is a prefix"),
        checks.is_random_looking,
    ),
    Rule(
        "build_service_token",
        r"(?i:sonar[._]?login)[\"']?[\s=:,]{1,4}[\"']?([a-f0-9]{40})\b|"
        r"\bbk[ucap]a?_[a-f0-9]{40}\b|\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}|\bsnyk_(?:uat|sat)\.[a-f0-9]{8}\.[A-Za-z0-9_-]{24,}"
        r"|\bATBB[A-Za-z0-9]{24,}|\bcio[A-Za-z0-9]{32}\b"
        r"|\boy2[a-z0-9]{43}\b|\b(?:sdk|api)-" + UUID + r"\b",
        (
            "-Dsonar.login=«" + "0a1b2c3d" * 5 + "»",
            "«bkua_" + "0a1b2c3d" * 5 + "»",
            "«CCIPAT_" + "A1b2C3d4E5f" * 2 + "_" + "0a1b2c3d" * 5 + "»",
            "«snyk_uat.0a1b2c3d." + "A1b2C3d4" * 6 + "»",
            "«ATBB" + "A1b2C3d4" * 4 + "»",
            "«cio" + "A1b2C3d4" * 4 + "»",
            "«oy2" + "0a1b2c3d" * 5 + "a1b»",
            "«sdk-" + A_UUID + "»",
        ),
        ("bk_0a1b", "oy2short", "cio-meeting", "sdk-0a1b2c3d", "sha512 " + "0a1b2c3d" * 16),
        checks.is_random_looking,
    ),
    Rule(
        "azure_key",
        r"(?i:(?:AccountKey|SharedAccessKey|SharedSecret)=)([A-Za-z0-9+/]{40,}={0,2})"
        r"|(?i:azure)[\s\S]{0,200}?\b([A-Za-z0-9+/]{86}==)|\b([A-Za-z0-9+/]{86}==)[\s\S]{0,200}?(?i:azure)",
        (
            "AccountName=a;AccountKey=«" + "A1b2C3d4E5f6" * 4 + "==»;",
            "azure storage: «" + "A1b2C3d4E5" * 8 + "A1b2C3==»",
            "«" + "A1b2C3d4E5" * 8 + "A1b2C3==»\nin core.windows.net, of Azure",
        ),
        (
            "AccountKey=",
            "digest: " + "A1b2C3d4E5" * 8 + "A1b2C3==",
            "{integrity: sha512-" + "A1b2C3d4E5" * 8 + "A1b2C3==}\n'@azure/identity': '*'",
            "azure: public key " + "A1b2C3d4E5" * 8 + "A1b2C3==",
        ),
        places=storage_keys_in,
        sign=r"(?i)azure|(?:AccountKey|SharedAccessKey|SharedSecret)=",
    ),
    Rule(
        "azure_service_key",
        r"(?:JQQJ99|AZDO|ACAAAB|AACAAA)[A-Za-z0-9]{4,30}",
        (
            "«" + "A1b2" * 19 + "JQQJ99ABCDEFAZDOA1b2»",
            "api-key: «" + "0a1b" * 13 + "AZDOA1b2»",
        ),
        ("AZDOrganisation", "JQQJ99ABCDEF"),
        places=azure_keys_in,
    ),
    Rule(
        "office_service_token",
        r"\bpat-(?:na|eu|ap)\d-"
        + UUID
        + r"|\bSSWS\s+(00[A-Za-z0-9_-]{40})\b|\b[0-2]/(?:\d{13,20}/)?\d{13,20}:[a-f0-9]{32}\b"
        r"|\b0/[a-f0-9]{32}\b|\bpk_\d{5,12}_[A-Z0-9]{32}\b|(?i:\bgeniekey\s+(" + UUID + r"))"
        r"|\bdG9rO[A-Za-z0-9+/]{24,}={0,2}|\bmlsn\.[a-f0-9]{64}\b|\bre_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,28}\b"
        r"|\bAAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{24,}|(?i:\btoken token=)([A-Za-z0-9+_-]{18,24})\b",
        (
            "«pat-na1-" + A_UUID + "»",
            "Authorization: SSWS «00" + "A1b2C3d4" * 5 + "»",
            "«2/1234567890123456/1234567890123456:" + "0a1b2c3d" * 4 + "»",
            "«1/1234567890123456:" + "0a1b2c3d" * 4 + "»",
            "«0/" + "0a1b2c3d" * 4 + "»",
            "«pk_12345678_" + "A1B2C3D4" * 4 + "»",
            "GenieKey «" + A_UUID + "»",
            "«dG9rO" + "A1b2C3d4" * 7 + "=»",
            "«mlsn." + "0a1b2c3d" * 8 + "»",
            "«re_A1b2C3d4_" + "A1b2C3d4" * 3 + "»",
            "«AAAAa1B2c3D:APA91b" + "A1b2C3d4" * 16 + "»",
            "Token token=«u+" + "A1b2C3d4E5f6G7h8I9" + "»",
        ),
        ("re_try_count_2", "pk_1_A", "1/2 of 1234567890123", "0/0a1b", "the genie in the bottle"),
        checks.is_random_looking,
    ),
    Rule(
        "payment_service_key",
        r"\baccess_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}\b|\brzp_(?:live|test)_[A-Za-z0-9]{14}\b"
        r"|\b(?:live|test)_[A-Za-z0-9]{30}\b|\bAQE[A-Za-z0-9]{24,}-[A-Za-z0-9+/=]{24,}-[A-Za-z0-9]{10,}"
        r"|\bAQE[A-Za-z0-9]{24,}-[A-Za-z0-9+/=]{24,}|\bsecret-(?:live|test)-[A-Za-z0-9_-]{24,}={0,2}"
        r"|\bsk_[A-Za-z0-9]{40}\b",
        (
            "«access_token$production$" + "0a1b2c3d" * 2 + "$" + "0a1b2c3d" * 4 + "»",
            "«rzp_live_" + "A1b2C3d4E5f6G7" + "»",
            "«live_" + "A1b2C3d4E5" * 3 + "»",
            "«AQE" + "A1b2C3d4" * 6 + "-" + "A1b2C3d4" * 5 + "=-" + "A1b2C3d4E5" * 2 + "»",
            "«secret-live-" + "A1b2C3d4" * 4 + "=»",
            "«sk_" + "A1b2C3d4" * 5 + "»",
        ),
        ("live_stream_of_the_conference", "rzp_live_short", "AQEasy"),
        checks.is_random_looking,
    ),
)
