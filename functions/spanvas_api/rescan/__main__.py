"""`python -m spanvas_api.rescan`: see `command`."""

from __future__ import annotations

import sys
import time

from spanvas import settings
from spanvas.settings import Settings
from spanvas.storage import aws
from spanvas_api.rescan.command import main
from spanvas_api.rescan.store import AwsRescanStore


def _store(found: Settings) -> AwsRescanStore:
    return AwsRescanStore(
        aws.dynamodb_client(), found.table, aws.s3_client(), found.bucket, time.time
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], settings.load, _store))
