"""The deployed stack: how SAM deploys and deletes it, what it tells of itself, and its HTTP API."""

from __future__ import annotations

import http.client
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from local.project import PROJECT
from tests.rehearsal.account import STACK, Account
from tests.rehearsal.engine import HOST, REGION
from tests.rehearsal.people import People
from tests.rehearsal.report import RehearsalError, require

BUILT: Final = PROJECT / ".aws-sam" / "build"
SAM: Final = (str(PROJECT / ".venv-sam" / "bin" / "python"), "-m", "samcli")


class DeployedStack:
    """A stack in the account. `build` is the folder of its template: what `sam build` has made, or a copy of it."""

    def __init__(self, account: Account, name: str = STACK, build: Path = BUILT) -> None:
        self._account = account
        self.name = name
        self.build = build
        self.target = ("--stack-name", name, "--region", REGION)

    def deploy(self, parameters: Mapping[str, str], *, fails: bool = False) -> None:
        """`sam deploy` with these parameters; the others keep their values. Raises RehearsalError."""
        command = [*SAM, "deploy", "--template-file", str(self.build / "template.yaml")]
        command += ["--config-file", str(PROJECT / "samconfig.toml"), "--no-progressbar"]
        command += ["--stack-name", self.name]
        if parameters:
            given = (f"{name}={quoted(value)}" for name, value in parameters.items())
            command += ["--parameter-overrides", *given]
        self._account.run(command, fails=fails)

    def delete(self) -> None:
        """`sam delete`. Raises RehearsalError."""
        self._account.run([*SAM, "delete", *self.target, "--no-prompts"])

    def change_files(self, appended: Mapping[str, str]) -> None:
        """From now on a copy of the build is deployed, with text added to some of its files (relative path -> text)."""
        copy = self._account.folder / "build"
        if self.build != copy:
            shutil.copytree(self.build, copy, symlinks=True, copy_function=os.link)
            self.build = copy
        for path, text in appended.items():
            changed = (copy / path).read_text(encoding="utf-8") + text
            (copy / path).unlink()  # it is one file with that of the build
            (copy / path).write_text(changed, encoding="utf-8")

    def description(self) -> dict[str, Any]:
        """Returns what CloudFormation says of the stack. Raises RehearsalError where there is none."""
        client = self._account.client("cloudformation")
        try:
            stack: dict[str, Any] = client.describe_stacks(StackName=self.name)["Stacks"][0]
        except client.exceptions.ClientError as error:
            raise RehearsalError(f"there is no stack {self.name}: {error}") from error
        return stack

    def outputs(self) -> dict[str, str]:
        """Returns the outputs by their names."""
        outputs = self.description().get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def resources(self) -> dict[str, tuple[str, str]]:
        """Returns type and physical id of each resource by its logical id."""
        client = self._account.client("cloudformation")
        pages = client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            resource["LogicalResourceId"]: (
                resource["ResourceType"],
                resource["PhysicalResourceId"],
            )
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def call(
        self, method: str, path: str, token: str = "", body: Any = None
    ) -> tuple[int, dict[str, str], Any]:
        """One request to the deployed HTTP API: status, headers in lower case, and the JSON of the answer."""
        api = urlsplit(self.outputs()["ApiUrl"]).netloc.split(".")[0]
        port = self._account.engine.port
        headers = {"Host": f"{api}.execute-api.{HOST}:{port}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, fields, json.loads(text) if text else None

    def get(self, path: str, token: str) -> Any:
        """The JSON of a 200. Raises RehearsalError for any other answer."""
        status, _, answer = self.call("GET", path, token)
        require(status == 200, f"GET {path} answered {status}: {answer}")
        return answer


def quoted(value: str) -> str:
    """A value as SAM reads it on its command line: JSON, blanks and commas stay whole in quotes of their own."""
    return f"'{value}'"


def wanted(account: Account, people: People) -> dict[str, str]:
    """Returns the parameters without which no workflow can be run: who may sign in, and what workflows call."""
    return {
        "JwtIssuer": people.issuer,
        "JwtAudience": people.client_id,
        "Connections": account.connections,
    }
