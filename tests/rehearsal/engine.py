"""MiniStack as a process of ours, on loopback, with nothing kept when it ends."""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.processes import Process, ProcessError, Spawner, free_port, tail
from local.project import PROJECT

PROGRAM: Final = Path(__file__).with_name("engine_process.py")
REGION: Final = "us-east-1"
ACCOUNT: Final = "123456789012"
CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "AKIAREHEARSALREHEARS",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
}
"""Those of the account's owner, who runs SAM. They are no secret: the engine is told them, and ends."""
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60.0


class Engine:
    """A running MiniStack. `environment` is what a program needs to take it for AWS."""

    def __init__(self, spawner: Spawner, folder: Path, functions_url: str) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / "logs" / "ministack.log"
        temporary = folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        settings = {
            **CREDENTIALS,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(PROJECT),
            "TMPDIR": str(temporary),
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        command = [sys.executable, str(PROGRAM), functions_url]
        self.process: Process = spawner.start(command, env=settings, cwd=folder, log=self.log)

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which boto3, SAM and the functions find the engine and nothing else."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self, service: str, credentials: Mapping[str, str] = CREDENTIALS) -> Any:
        """Returns a boto3 client of the account's owner, or of whom the credentials belong to."""
        import boto3

        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
        )

    def wait_until_ready(self) -> None:
        """Waits until it answers. Raises ProcessError where it ends before."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ProcessError(
                    f"MiniStack ended with code {self.process.returncode}; {self.log} ends with:\n"
                    f"{tail(self.log)}"
                )
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise ProcessError(f"MiniStack is not ready after {START_SECONDS:.0f} s; see {self.log}")
