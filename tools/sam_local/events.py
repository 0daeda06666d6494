"""Puts into an event the one id that no file can name: ids of artifacts are random."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.client import boto3_client
from spanvas.storage.dynamo import DynamoTraceStore


def with_real_artifact(event: Path, store: DynamoTraceStore, into: Path) -> Path:
    """Returns the event's file, or `into`, a copy in which the artifact is the first that the execution has.

    An artifact that is there, or an execution without any, leaves the event as it is. Raises OSError and ValueError
    where the file cannot be read.
    """
    text = event.read_text("utf-8")
    document = json.loads(text)
    named = document.get("pathParameters") if isinstance(document, dict) else None
    if not named or "artifact_id" not in named:
        return event
    claims = document["requestContext"]["authorizer"]["jwt"]["claims"]
    found = store.list_artifacts(claims["tenant"], named["execution_id"]).items
    if not found or any(artifact.artifact_id == named["artifact_id"] for artifact in found):
        return event
    into.write_text(text.replace(named["artifact_id"], found[0].artifact_id), "utf-8")
    return into


def store_of(state: Mapping[str, Any]) -> DynamoTraceStore:
    """Returns the store of the running stack, from what it has written of itself."""
    environment = state["environment"]
    clients = {
        service: boto3_client(
            service,
            environment["AWS_REGION"],
            environment[f"AWS_ENDPOINT_URL_{service.upper()}"],
            environment,
        )
        for service in ("dynamodb", "s3")
    }
    return DynamoTraceStore(
        environment["SPANVAS_TABLE"],
        environment["SPANVAS_BUCKET"],
        dynamodb=clients["dynamodb"],
        s3=clients["s3"],
    )
