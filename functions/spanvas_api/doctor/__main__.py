"""`python -m spanvas_api.doctor`: see `command`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from spanvas.environment import aws_variables
from spanvas.storage import aws
from spanvas_api.doctor.command import Surroundings, main

SECONDS: Final = 5
MOST_BYTES: Final = 1_000_000


def fetch(url: str, token: str = "", /) -> Any:
    """Returns the JSON of a URL, asked for with a token where one is given. Raises OSError or ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is no URL of HTTP")
    asked = Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310 - checked above
    with urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - checked above
        return json.loads(answer.read(MOST_BYTES))


if __name__ == "__main__":
    around = Surroundings(aws_variables(), aws.dynamodb_client, aws.s3_client, fetch, time.time)
    sys.exit(main(sys.argv[1:], around))
