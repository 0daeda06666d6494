"""`python -m local.engines.ministack PORT FOLDER`: MiniStack on a port of loopback until SIGTERM, its state in FOLDER.

Root of its account are the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; everybody
else has what the policies of a role allow.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from local.http_message import LOOPBACK

SAVE_EVERY_SECONDS = 2.0


def main(arguments: list[str]) -> None:
    """Serves MiniStack until SIGTERM or SIGINT."""
    port, folder = int(arguments[0]), Path(arguments[1])
    os.environ |= settings(port, folder, os.environ)  # before the import, which reads them
    asyncio.run(serve(port))


def settings(port: int, folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Returns MiniStack's own settings: permissions enforced, state kept, and no port but this one."""
    return {
        "AUTH": "true",
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_ACCOUNT_ID": environment["AWS_ACCOUNT_ID"],
        "MINISTACK_REGION": environment["AWS_REGION"],
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "objects"),
    }


async def serve(port: int) -> None:
    """Serves until a signal comes, and saves what has changed all the time."""
    from hypercorn.asyncio import serve as serve_app
    from hypercorn.config import Config
    from ministack import app as ministack

    from local.engines.ministack.faults import as_over_tls, mend
    from local.engines.ministack.own_paths import answering_the_stack
    from local.engines.ministack.saving import save_regularly

    mend(os.environ)
    ministack._get_module("cloudformation")  # it will be asked at once
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    config = Config()
    config.bind = [f"{LOOPBACK}:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    saving = asyncio.create_task(save_regularly(SAVE_EVERY_SECONDS))
    await serve_app(
        answering_the_stack(as_over_tls(ministack.app)), config, shutdown_trigger=stopped.wait
    )
    saving.cancel()


if __name__ == "__main__":
    main(sys.argv[1:])
