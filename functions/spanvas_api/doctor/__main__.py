"""`python -m spanvas_api.doctor`: see `command`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

from spanvas.environment import aws_variables
from spanvas.storage import aws
from spanvas_api.doctor.command import Surroundings, main

SECONDS: Final = 5
MOST_BYTES: Final = 1_000_000


def fetch(url: str) -> Any:
    """Returns the JSON of a URL. Raises OSError or ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is no URL of HTTP")
    with urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - the scheme is checked above
        return json.loads(answer.read(MOST_BYTES))


if __name__ == "__main__":
    around = Surroundings(aws_variables(), aws.dynamodb_client, aws.s3_client, fetch, time.time)
    sys.exit(main(sys.argv[1:], around))
