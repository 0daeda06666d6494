#!/usr/bin/env python3
"""An external extension that only notes what it is told: AWS, "Using the Lambda Extensions API" (2020-01-01)."""

import json
import os
from pathlib import Path
from urllib.request import Request, urlopen

BASE = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension"
NOTES = Path(os.environ["NOTES"])


def call(path, headers, body=None):
    with urlopen(Request(f"{BASE}/{path}", body, headers)) as answer:
        return answer.headers, json.loads(answer.read() or b"{}")


def main():
    wanted = json.dumps({"events": ["INVOKE", "SHUTDOWN"]}).encode()
    registered, _ = call("register", {"Lambda-Extension-Name": Path(__file__).name}, wanted)
    identity = {"Lambda-Extension-Identifier": registered["Lambda-Extension-Identifier"]}
    while True:
        _, event = call("event/next", identity)
        with NOTES.open("a") as notes:
            notes.write(event["eventType"] + "\n")
        if event["eventType"] == "SHUTDOWN":
            return


main()
