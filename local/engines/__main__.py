"""`python -m local.engines dynamodb|s3 PORT`: one engine on loopback until SIGTERM; says `URL=` when it listens.

The credentials that S3 accepts come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Literal

from local.engines.wsgi import wsgi_handler
from local.http_message import Handler
from local.http_server import HttpServer

ANNOUNCEMENT = "URL"


def main(arguments: list[str]) -> None:
    """Serves one engine until SIGTERM or SIGINT."""
    service, port = arguments[0], int(arguments[1])
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    handler = s3_engine(os.environ) if service == "s3" else moto_engine("dynamodb")
    server = HttpServer(name=service, port=port).start(handler)
    print(f"{ANNOUNCEMENT}={server.url}", flush=True)
    stopped.wait()
    server.stop()


def moto_engine(service: Literal["dynamodb", "s3"]) -> Handler:
    """Returns moto's DynamoDB or S3."""
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"  # before the import, which reads it
    from moto.moto_server.werkzeug_app import create_backend_app

    from local.engines.quick_moto import make_moto_quick

    make_moto_quick()
    return wsgi_handler(create_backend_app(service))


def s3_engine(env: Mapping[str, str]) -> Handler:
    """Returns moto's S3 behind checks of signatures, policies and CORS."""
    engine = moto_engine("s3")
    from local.engines.s3_guard import MotoBuckets, S3Guard
    from local.engines.sigv4 import Credentials

    credentials = Credentials(
        env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]
    )
    account_id = env["MOTO_ACCOUNT_ID"]
    guard = S3Guard(
        engine, MotoBuckets(account_id), {credentials.access_key: credentials}, env["AWS_REGION"]
    )
    return guard.handle


if __name__ == "__main__":
    main(sys.argv[1:])
