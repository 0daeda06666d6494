"""What genai-prices says that calls cost: a JSON list of [provider, model, usage, seconds] in, nano-dollars out."""

import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from genai_prices import Usage, calc_price
from genai_prices.data import providers


def answer(provider: str, model: str, usage: dict, seconds: int) -> int | None:
    when = datetime.fromtimestamp(seconds, UTC)
    try:
        found = calc_price(
            Usage(**usage), model, provider_id=provider, genai_request_timestamp=when
        )
    except (LookupError, ValueError):
        return None
    return round(found.total_price * 1_000_000_000)


asked = json.load(sys.stdin)
models = [(provider.id, model.id) for provider in providers for model in provider.models]
if asked is None:
    json.dump({"version": version("genai-prices"), "models": models}, sys.stdout)
else:
    json.dump([answer(*question) for question in asked], sys.stdout)
