"""Files of an execution, and who read what of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spanvas_api.wire.scalars import AccessAction, Disposition, SpanId, UnixNano, WireModel


class ArtifactRef(WireModel):
    """A file that a span produced, as much of it as a row shows."""

    artifact_id: str
    name: str
    media_type: str
    bytes: int


class Artifact(WireModel):
    """A file that a span produced."""

    artifact_id: str
    span_id: SpanId
    node_id: str | None = None
    name: str
    media_type: str
    bytes: int
    sha256: str = Field(description="Empty for a file that was in S3 already.")
    created_at_unix_nano: UnixNano
    inline: bool = Field(
        description="Whether its type may be shown in the page; others are downloaded."
    )
    source: str | None = Field(
        default=None, description="Where a file stays that was in S3 already: `s3://bucket/key`."
    )


class ArtifactsResponse(WireModel):
    """The files of an execution."""

    items: list[Artifact]
    unreadable: int | None = Field(
        default=None, description="How many more there are that cannot be read, if any."
    )


class LinkArtifactRequest(WireModel):
    """How the file will be opened."""

    disposition: Disposition = "attachment"


class LinkArtifactResponse(WireModel):
    """A link that opens the file for a short time, for whoever holds it."""

    url: str
    expires_at_unix_nano: UnixNano
    media_type: str
    disposition: Disposition = Field(
        description="`attachment` when the type may not be shown in the page."
    )


class Access(WireModel):
    """One recorded read of content."""

    access_id: str
    time_unix_nano: UnixNano
    principal: str
    action: AccessAction
    target: str | None = None
    outcome: Literal["allowed", "refused"]
    request_id: str


class AccessesResponse(WireModel):
    """Who read an execution's content, newest first."""

    items: list[Access]
    unreadable: int | None = Field(
        default=None,
        description="How many more there are on this page that cannot be read, if any.",
    )
    next_cursor: str | None = Field(description="For the next page; null on the last one.")
