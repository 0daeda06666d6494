"""`python -m standins`: both stand-ins in one process, until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from standins.server import BEDROCK_PORT, SERVICES_PORT, start


def main() -> int:
    """Runs both stand-ins until Ctrl-C; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m standins", description=__doc__)
    parser.add_argument("--bedrock-port", type=int, default=BEDROCK_PORT)
    parser.add_argument("--services-port", type=int, default=SERVICES_PORT)
    parser.add_argument("--latency", type=float, default=1.0, help="scales answer times; 0: none")
    parser.add_argument(
        "--throttle-one-in",
        type=int,
        default=20,
        help="refuse about one model call in N, as a busy service does; its repetition is served; 0: none",
    )
    options = parser.parse_args()
    try:
        running = start(
            options.bedrock_port,
            options.services_port,
            latency=options.latency,
            throttle_one_in=options.throttle_one_in,
        )
    except OSError as error:
        print(f"cannot listen on 127.0.0.1: {error}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running:
        print(f"AWS_ENDPOINT_URL_BEDROCK_RUNTIME={running.bedrock_url}")
        print(f"SPANVAS_CONNECTIONS={json.dumps(running.connections)}", flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
