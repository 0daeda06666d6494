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

AGENT_SERVICES: dict[str, Make] = {
    "Apify token": parts("apify_api_", (WORD, 36)),
    "Browserbase key": parts("bb_live_", (WORD, 27)),
    "Cerebras key": parts("csk-", (LOWER + DIGITS, 48)),
    "Composio key": parts("ak_", (WORD, 17), "7q2"),
    "E2B key": parts("e2b_", (HEX, 40)),
    "ElevenLabs key": parts("sk_", (HEX, 48)),
    "Firecrawl key": parts("fc-", (HEX, 32)),
    "Fireworks key": parts("fw_", (WORD, 21), "7"),
    "Groq key": parts("gsk_", (WORD, 52)),
    "Helicone key": parts(
        "sk-helicone-", *((LOWER + DIGITS, 7), "-") * 3, (LOWER + DIGITS, 6), "3"
    ),
    "Jina key": parts("jina_", (WORD, 60)),
    "Kaggle token": parts("KGAT_", (HEX, 32)),
    "LangSmith key": parts("lsv2_pt_", (HEX, 32), "_", (HEX, 10)),
    "Langfuse secret key": parts(
        "sk-lf-", *((HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12))
    ),
    "LlamaCloud key": parts("llx-", (WORD, 48)),
    "Logfire token": parts("pylf_v1_us_", (WORD, 44)),
    "Modal secret": parts("as-", (WORD, 22)),
    "Nomic key": parts("nk-", (WORD, 43)),
    "NVIDIA key": parts("nvapi-", (WORD + "_-", 64)),
    "OpenRouter key": parts("sk-or-v1-", (HEX, 64)),
    "Perplexity key": parts("pplx-", (WORD, 48)),
    "Pinecone key": parts("pcsk_", (WORD, 6), "_", (WORD, 60)),
    "Replicate token": parts("r8_", (WORD, 37)),
    "RunPod key": parts("rpa_", (UPPER + DIGITS, 44)),
    "Tavily key": parts("tvly-dev-", (WORD, 32)),
    "Together key": parts("tgp_v1_", (WORD + "_-", 43)),
    "Voyage key": parts("pa-", (WORD + "_-", 43)),
    "n8n key": parts("n8n_api_", (WORD, 40)),
    "xAI key": parts("xai-", (WORD, 80)),
}
"""Of models and of what agents use, as their consoles gave them in autumn 2026."""

HOSTING: dict[str, Make] = {
    "Adyen key": parts("AQE", (WORD, 60), "-", (WORD, 43), "=-", (WORD, 16)),
    "Asana token": parts("2/", (DIGITS, 16), "/", (DIGITS, 16), ":", (HEX, 32)),
    "Axiom token": parts(
        "xaat-", (HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12)
    ),
    "Azure DevOps token": parts((WORD, 76), "JQQJ99", (UPPER + DIGITS, 6), "AZDO", (WORD, 4)),
    "Azure OpenAI key": parts((WORD, 52), "JQQJ99", (UPPER, 10), "ACAAABACOG", (WORD, 4)),
    "Bitbucket app password": parts("ATBB", (WORD, 24), (HEX.upper(), 8)),
    "Buildkite token": parts("bkua_", (HEX, 40)),
    "CircleCI token": parts("CCIPAT_", (WORD, 22), "_", (HEX, 40)),
    "ClickUp token": parts("pk_", (DIGITS, 8), "_", (UPPER + DIGITS, 32)),
    "Contentful token": parts("CFPAT-", (WORD + "_-", 43)),
    "Docker organization token": parts("dckr_oat_", (WORD + "_-", 32)),
    "Dropbox token": parts("sl.", (WORD + "_-", 130)),
    "Firebase server key": parts("AAAA", (WORD, 7), ":APA91b", (WORD + "_-", 134)),
    "Honeycomb key": parts("hcaik_01", (LOWER + DIGITS, 56)),
    "HubSpot token": parts(
        "pat-na1-", (HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12)
    ),
    "Infisical token": parts("st.", (HEX, 24), ".", (HEX, 32), ".", (HEX, 32)),
    "Intercom token": parts("dG9rO", (WORD, 54), "="),
    "LaunchDarkly SDK key": parts(
        "sdk-", (HEX, 8), "-", (HEX, 4), "-4", (HEX, 3), "-a", (HEX, 3), "-", (HEX, 12)
    ),
    "MailerSend token": parts("mlsn.", (HEX, 64)),
    "Mollie key": parts("live_", (WORD, 29), "4"),
    "Neon key": parts("napi_", (LOWER + DIGITS, 64)),
    "Neon password": parts("npg_", (WORD, 11), "6"),
    "Netlify token": parts("nfp_", (WORD, 40)),
    "NuGet key": parts("oy2", (LOWER + DIGITS, 43)),
    "PayPal token": parts("access_token$production$", (LOWER + DIGITS, 16), "$", (HEX, 32)),
    "PostHog personal key": parts("phx_", (WORD, 43)),
    "Razorpay key": parts("rzp_live_", (WORD, 13), "5"),
    "Render key": parts("rnd_", (WORD, 28)),
    "Resend key": parts("re_", (WORD, 8), "_", (WORD, 24)),
    "Salesforce session": parts("00D", (WORD, 12), "!", (WORD + "._", 96)),
    "Sanity token": parts("sk", (WORD, 80)),
    "Segment token": parts("sgp_", (WORD, 64)),
    "Snyk token": parts("snyk_uat.", (HEX, 8), ".", (WORD + "_-", 60)),
    "Statsig key": parts("secret-", (WORD, 43)),
    "Stytch secret": parts("secret-live-", (WORD + "_-", 32), "="),
    "Supabase secret key": parts("sb_secret_", (WORD, 22), "_", (WORD, 8)),
    "Supabase token": parts("sbp_", (HEX, 40)),
    "Tailscale key": parts("tskey-auth-", (WORD, 17), "-", (WORD, 32)),
    "Terraform Cloud token": parts((WORD, 14), ".atlasv1.", (WORD, 67)),
    "Vault token, old": parts("s.", (WORD, 23), "8"),
    "Vercel token": parts("vcp_", (WORD, 56)),
    "Xata key": parts("xau_", (WORD, 43)),
    "Zapier hook": parts("hooks.zapier.com/hooks/catch/", (DIGITS, 7), "/", (LOWER + DIGITS, 7)),
    "crates.io token": parts("cio", (WORD, 32)),
    "dbt token": parts("dbtu_", (WORD, 36)),
    "htpasswd hash": parts("$apr1$", (WORD, 8), "$", (WORD, 22)),
}
"""Of hosting, data, build, office and payment services."""
