"""`python -m tests.support.moto_server`: moto's DynamoDB on a free port of loopback until SIGTERM; says `URL=` then."""

from __future__ import annotations

import os
import signal
import threading

from local.http_server import HttpServer
from tests.support.moto_server.quick import make_moto_quick
from tests.support.moto_server.wsgi import wsgi_handler


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"  # before the import, which reads it
    from moto.moto_server.werkzeug_app import create_backend_app

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    make_moto_quick()
    server = HttpServer(name="dynamodb").start(wsgi_handler(create_backend_app("dynamodb")))
    print(f"URL={server.url}", flush=True)
    stopped.wait()
    server.stop()


if __name__ == "__main__":
    main()
