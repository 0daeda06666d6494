"""MiniStack with what it lacks put right, and with functions that run in sandboxes of ours.

`python engine_process.py FUNCTIONS_URL`: invocations are sent to FUNCTIONS_URL (tests/rehearsal/functions.py), because
the packages of the functions are for Lambda's machine and Python, on which MiniStack, without Docker, does not run
them. Everything else is asked of MiniStack by its environment: BIND_HOST, GATEWAY_PORT, AUTH.
"""

from __future__ import annotations

import json
import sys
import threading
import urllib.request
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.engines.ministack.faults import as_over_tls
from tests.rehearsal import workarounds


def main(functions_url: str) -> None:
    """Serves AWS on loopback until it is ended."""

    def ask(config: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        call = {
            "config": config,
            "event": event,
            "request_id": request_id,
            "credentials": lambda_runtime.execution_credentials(config),
        }
        request = urllib.request.Request(
            functions_url, json.dumps(call, default=str).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            done: dict[str, Any] = json.load(answer)
        return done

    def execute(func: dict[str, Any], event: Any, _url: str, request_id: str) -> dict[str, Any]:
        return ask(func.get("config") or func, event, request_id)

    def provision(_name: str, version: dict[str, Any]) -> None:
        """SnapStart: the sandbox of a version starts when it is published, and one that fails is a failed version."""
        config = version["config"]

        def start() -> None:
            done = ask(config, None, "")
            failed = bool(done.get("error"))
            config["State"] = "Failed" if failed else "Active"
            config["StateReason"] = json.dumps(done.get("body")) if failed else ""
            config["StateReasonCode"] = "FunctionError" if failed else ""
            config["LastUpdateStatus"] = "Successful"

        threading.Thread(target=start, daemon=True).start()

    app.app = as_over_tls(app.app)
    lambda_svc._proxy_url_for = lambda _config: functions_url
    lambda_svc._execute_function_proxy = execute
    lambda_svc._snapstart_provision_version_async = provision
    workarounds.apply()
    sys.argv[1:] = []
    app.main()


if __name__ == "__main__":
    main(sys.argv[1])
