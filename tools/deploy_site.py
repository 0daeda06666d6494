"""Puts the built page where the deployed distribution reads it: `python -m tools.deploy_site [-- ARGUMENTS]`.

Run after `sam deploy` (`make deploy` does both), with the same ARGUMENTS, so that it finds the same stack. The bucket,
the issuer and the client id come from the stack's outputs. With `--check` nothing is uploaded: it only says whether a
deployment can begin.

Files whose names carry a digest are kept for ever by browsers, all others are asked for anew each time, so nothing
needs to be invalidated; the page itself goes last and never names a file that is not there yet.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local.gateway.site import HASHED_FOLDER, IMMUTABLE, REVALIDATE
from tools.deployment import (
    ROOT,
    DeploymentError,
    ReadTarget,
    Target,
    caller_of,
    client_of,
    sam_target,
    session_of,
    stack_of,
    translate_errors,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE: Final = "index.html"
SCOPES: Final = (
    "openid executions:read executions:start trace:read trace:content trace:artifact trace:delete trace:hold"
    " audit:read"
)
BUCKET_OUTPUT: Final = "SiteBucketName"
API_OUTPUTS: Final = ("ApiUrl", "TableName", "Issuer")
OUTPUTS: Final = (BUCKET_OUTPUT, "SiteUrl", "Issuer", "Audience", "PageClientId")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the page: its key, its content and the headers that the bucket keeps."""

    key: str
    body: bytes
    content_type: str
    cache_control: str


def uploads(dist: Path, outputs: Mapping[str, str], scopes: str = SCOPES) -> list[Upload]:
    """Returns the files of the built page and its configuration, in the order in which they may appear.

    Raises DeploymentError when the page has not been built.
    """
    if not (dist / PAGE).is_file():
        raise DeploymentError(f"{dist / PAGE} does not exist: run `make frontend` first")
    paths = sorted(path for path in dist.rglob("*") if path.is_file())
    with translate_errors("Reading the built page"):
        files = [_upload(path.relative_to(dist).as_posix(), path.read_bytes()) for path in paths]
    files.append(_upload("config.json", page_config(outputs, scopes)))
    return sorted(files, key=lambda file: (not _is_hashed(file.key), file.key == PAGE, file.key))


def page_config(outputs: Mapping[str, str], scopes: str = SCOPES) -> bytes:
    """`/config.json`: where the page signs in. The API is under the page's own origin.

    The audience is named only where the API's is not the client's own id: most issuers then want to be asked for it.
    """
    config = {
        "issuer": outputs["Issuer"],
        "client_id": outputs["PageClientId"],
        "scopes": scopes,
        "api_base_url": "",
    }
    if outputs["Audience"] != outputs["PageClientId"]:
        config["audience"] = outputs["Audience"]
    return json.dumps(config, indent=2).encode() + b"\n"


def _upload(key: str, body: bytes) -> Upload:
    content_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    return Upload(key, body, content_type, IMMUTABLE if _is_hashed(key) else REVALIDATE)


def _is_hashed(key: str) -> bool:
    return key.startswith(f"{HASHED_FOLDER}/")


def put(s3: S3Client, bucket: str, files: Iterable[Upload]) -> None:
    """Uploads the files in their order. Raises DeploymentError."""
    with translate_errors(f"Uploading the page to {bucket}"):
        for file in files:
            s3.put_object(
                Bucket=bucket,
                Key=file.key,
                Body=file.body,
                ContentType=file.content_type,
                CacheControl=file.cache_control,
            )


def empty(s3: S3Client, bucket: str) -> int:
    """Deletes all versions of all objects and returns their number: CloudFormation deletes empty buckets only."""
    deleted = 0
    with translate_errors(f"Emptying {bucket}"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects: Any = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            if objects:
                wanted: Any = {"Objects": objects, "Quiet": True}
                failed = s3.delete_objects(Bucket=bucket, Delete=wanted).get("Errors", [])
                if failed:
                    raise DeploymentError(
                        f"{failed[0]['Key']} in {bucket} cannot be deleted: {failed[0]['Message']}."
                    )
            deleted += len(objects)
    return deleted


class NoPageError(Exception):
    """The stack is one of this template and has no page; the message says so."""


def stack_outputs(session: Any, stack_name: str, wanted: Iterable[str]) -> dict[str, str]:
    """Returns the outputs of the stack.

    Raises DeploymentError where the stack or one of `wanted` does not exist, and NoPageError where it has no page.
    """
    place = f"Stack {stack_name} in {session.region_name}"
    stack = stack_of(session, stack_name, f"Reading the outputs of {place.lower()}")
    if stack is None:
        raise DeploymentError(
            f"{place} does not exist: deploy it first with `make deploy`, or name another one with "
            "--stack-name and --region."
        )
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    missing = [name for name in wanted if name not in outputs]
    if missing and set(API_OUTPUTS) <= set(outputs) and BUCKET_OUTPUT not in outputs:
        raise NoPageError(
            f"{place} has no page, since Page is false or its region has no CloudFront. The API is at "
            f"{outputs['ApiUrl']}."
        )
    if missing:
        raise DeploymentError(
            f"{place} has no output {missing[0]} (its status is {stack['StackStatus']}): it is not a stack of this "
            "template, or its deployment has failed."
        )
    return outputs


def check(target: Target, environment: Mapping[str, str]) -> str:
    """Returns in a sentence what a deployment will change. Raises DeploymentError where it could not even begin."""
    if target.is_guided:
        raise DeploymentError(
            "`make deploy` cannot see what is answered to --guided: run `.venv-sam/bin/python -m samcli deploy "
            "--guided`, then `.venv/bin/python -m tools.deploy_site --stack-name NAME`."
        )
    session = session_of(target, environment)
    caller = caller_of(session)
    return f"Stack {target.stack_name} in {session.region_name} is deployed as {caller}."


def upload(target: Target, options: argparse.Namespace, environment: Mapping[str, str]) -> str:
    """Uploads the page, or empties its bucket, and returns in a sentence what was done."""
    if target.is_dry:
        return "The change set was not executed, so the page was not uploaded."
    session = session_of(target, environment)
    if options.empty:
        bucket = stack_outputs(session, target.stack_name, [BUCKET_OUTPUT])[BUCKET_OUTPUT]
        return f"{empty(client_of(session, 's3'), bucket)} objects deleted from {bucket}"
    outputs = stack_outputs(session, target.stack_name, OUTPUTS)
    files = uploads(options.dist, outputs, options.scopes)
    put(client_of(session, "s3"), outputs[BUCKET_OUTPUT], files)
    return f"{len(files)} files are at {outputs['SiteUrl']}"


def main(arguments: list[str], read_target: ReadTarget = sam_target) -> int:
    """Checks, uploads or empties. Returns the exit code of the process."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = _parser().parse_args(arguments[:end])
    given = {name: getattr(options, name) for name in ("stack_name", "region", "profile")}
    try:
        target = read_target(arguments[end + 1 :])
        target = replace(target, **{name: value for name, value in given.items() if value})
        if options.check:
            print(check(target, os.environ))
        else:
            print(upload(target, options, os.environ))
    except NoPageError as nothing_to_do:
        print(nothing_to_do)
    except DeploymentError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.deploy_site",
        description="Uploads the built page to the stack that `sam deploy ARGUMENTS` deploys.",
        usage="%(prog)s [options] [-- ARGUMENTS]",
        allow_abbrev=False,
    )
    parser.add_argument("--stack-name", help="another stack than that of ARGUMENTS")
    parser.add_argument("--region", help="another region than that of ARGUMENTS")
    parser.add_argument("--profile", help="another profile than that of ARGUMENTS")
    parser.add_argument("--dist", type=Path, default=ROOT / "frontend" / "dist")
    parser.add_argument("--scopes", default=SCOPES, help="what the page asks the issuer for")
    parser.add_argument("--empty", action="store_true", help="delete the page's files instead")
    parser.add_argument(
        "--check", action="store_true", help="only say whether a deployment can begin"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
