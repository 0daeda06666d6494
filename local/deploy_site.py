"""Puts the built page where the deployed distribution reads it: `python -m local.deploy_site`.

Run after `sam deploy` (`make deploy` does both). The bucket, the issuer and the client id come from the stack's
outputs. Files whose names carry a digest are kept for ever by browsers, all others are asked for anew each time, so
nothing needs to be invalidated; the page itself goes last and never names a file that is not there yet.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local.gateway.site import HASHED_FOLDER, IMMUTABLE, REVALIDATE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = "index.html"
SCOPES: Final = (
    "openid executions:read executions:start trace:read trace:content trace:artifact audit:read"
)


class DeploymentError(Exception):
    """The page cannot be put up; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Upload:
    key: str
    body: bytes
    content_type: str
    cache_control: str


def uploads(dist: Path, outputs: Mapping[str, str], scopes: str = SCOPES) -> list[Upload]:
    """The files of the built page and its configuration, in the order in which they may appear.

    Raises DeploymentError when the page has not been built.
    """
    if not (dist / PAGE).is_file():
        raise DeploymentError(f"{dist / PAGE} does not exist: run `make frontend` first")
    paths = sorted(path for path in dist.rglob("*") if path.is_file())
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
    for file in files:
        s3.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=file.body,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )


def empty(s3: S3Client, bucket: str) -> int:
    """Delete every version of every object; how many there were. CloudFormation deletes empty buckets only."""
    deleted = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects: Any = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
        if objects:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        deleted += len(objects)
    return deleted


def samconfig(path: Path) -> dict[str, str]:
    """What `sam deploy` would use: stack name and, where it was saved, region and profile."""
    default = tomllib.loads(path.read_text("utf-8"))["default"]
    sections = [default.get(name, {}).get("parameters", {}) for name in ("global", "deploy")]
    return {key: str(value) for section in sections for key, value in section.items()}


def stack_outputs(session: Any, stack_name: str) -> dict[str, str]:
    """Raises DeploymentError when there is no such stack."""
    from botocore.exceptions import ClientError

    try:
        answer = session.client("cloudformation").describe_stacks(StackName=stack_name)
    except ClientError as error:
        reason = error.response["Error"]["Message"]
        raise DeploymentError(f"stack {stack_name}: {reason}; run `sam deploy` first") from error
    outputs = answer["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def main(arguments: list[str]) -> int:
    import boto3

    defaults = samconfig(ROOT / "samconfig.toml")
    parser = argparse.ArgumentParser(prog="python -m local.deploy_site", description=__doc__)
    parser.add_argument("--stack-name", default=defaults["stack_name"])
    parser.add_argument("--region", default=defaults.get("region"))
    parser.add_argument("--profile", default=defaults.get("profile"))
    parser.add_argument("--dist", type=Path, default=ROOT / "frontend" / "dist")
    parser.add_argument("--scopes", default=SCOPES, help="what the page asks the issuer for")
    parser.add_argument("--empty", action="store_true", help="delete the page's files instead")
    options = parser.parse_args(arguments)
    session = boto3.Session(region_name=options.region, profile_name=options.profile)
    try:
        outputs = stack_outputs(session, options.stack_name)
        s3, bucket = session.client("s3"), outputs["SiteBucketName"]
        if options.empty:
            print(f"{empty(s3, bucket)} objects deleted from {bucket}")
            return 0
        files = uploads(options.dist, outputs, options.scopes)
        put(s3, bucket, files)
    except DeploymentError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(files)} files are at {outputs['SiteUrl']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
