"""The curated rules for keys of model providers, vector stores and services that agents use."""

from __future__ import annotations

from typing import Final

from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

AI_SERVICES: Final = (
    Rule(
        "model_provider_key",
        r"\bsk_[a-f0-9]{48}\b|\bcsk-[a-z0-9]{24,}|\btgp_v1_[A-Za-z0-9_-]{24,}|\bfw_[A-Za-z0-9]{22,28}\b"
        r"|\bjina_[A-Za-z0-9]{24,}|\bpa-[A-Za-z0-9_-]{43}|\bnk-[A-Za-z0-9_-]{43}|\brpa_[A-Z0-9]{24,}"
        r"|\bpylf_v\d_[a-z]{2}_[A-Za-z0-9]{24,}|\bKGAT_[a-f0-9]{32}\b",
        (
            "«sk_" + "0a1b2c3d" * 6 + "»",
            "«csk-" + "0a1b2c3d" * 6 + "»",
            "«tgp_v1_" + "A1b2C3d4" * 5 + "A1b»",
            "«fw_" + "A1b2C3d4E5f" * 2 + "»",
            "«jina_" + "A1b2C3d4E5" * 6 + "»",
            "«pa-" + "A1b2C3d4E5" * 4 + "A1b»",
            "«nk-" + "A1b2C3d4E5" * 4 + "A1b»",
            "«rpa_" + "A1B2C3D4E5" * 4 + "A1B2»",
            "«pylf_v1_us_" + "A1b2C3d4E5" * 4 + "A1b2»",
            "«KGAT_" + "0a1b2c3d" * 4 + "»",
        ),
        ("fw_update_of_the_driver_now", "pa-rallel", "csk-short", "sk_buff_0a1b2c"),
        checks.is_random_looking,
    ),
    Rule(
        "agent_tool_key",
        r"\bfc-[a-f0-9]{32}\b|\be2b_[a-f0-9]{40}\b|\bapify_(?:api|proxy)_[A-Za-z0-9]{24,}|\ba[sk]-[A-Za-z0-9]{22}\b"
        r"|\bllx-[A-Za-z0-9]{24,}|\bak_[A-Za-z0-9_-]{20}\b|\bbb_live_[A-Za-z0-9_-]{20,}|\bn8n_api_[A-Za-z0-9]{24,}"
        r"|\bbb-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}\b|hooks\.zapier\.com/hooks/catch/\d+/[a-z0-9]{5,}"
        r"|hook(?:\.[a-z0-9]+)?\.make\.com/[a-z0-9]{24,}",
        (
            "«fc-" + "0a1b2c3d" * 4 + "»",
            "«e2b_" + "0a1b2c3d" * 5 + "»",
            "«apify_api_" + "A1b2C3d4E5f6" * 3 + "»",
            "«as-" + "A1b2C3d4E5f" * 2 + "»",
            "«llx-" + "A1b2C3d4" * 6 + "»",
            "«ak_" + "A1b2C3d4E5" * 2 + "»",
            "«bb_live_" + "A1b2C3d4E" * 3 + "»",
            "«n8n_api_" + "A1b2C3d4E5" * 4 + "»",
            "«bb-0a1b2c3d-4e5f-4a1b-8c2d-0e3f4a5b6c7d»",
            "https://«hook.eu1.make.com/" + "0a1b2c3d4e5f6g7h8" * 2 + "»",
            "POST https://«hooks.zapier.com/hooks/catch/123456/" + "a1b2c3d" + "»/",
        ),
        ("fc-0a1b", "as-is", "ak_small", "https://hooks.zapier.com/help"),
        checks.is_random_looking,
    ),
)
