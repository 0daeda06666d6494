"""Files of an execution, and who read what of it."""

from __future__ import annotations

from pydantic import Field

from spanvas_api.wire.scalars import (
    AccessAction,
    AccessOutcome,
    Disposition,
    SpanId,
    UnixNano,
    WireModel,
)


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
    """One recorded read, or several of the same kind by one caller within a minute."""

    access_id: str
    time_unix_nano: UnixNano
    last_time_unix_nano: UnixNano | None = Field(
        default=None, description="When the last one was that is counted, where there were several."
    )
    count: int = Field(
        description="How many reads there were at least; the log has a line for each."
    )
    principal: str = Field(description="The subject of the token.")
    principal_name: str | None = Field(
        default=None,
        description="What the issuer calls the person, by the first of `NameClaims` that the token has.",
    )
    action: AccessAction = Field(
        description="`execution`, `artifacts` and `accesses` only where they were refused."
    )
    target: str | None = Field(
        default=None, description="The span or file; absent where it was the whole execution."
    )
    span_id: SpanId | None = Field(
        default=None, description="The span that was read, or that the file belongs to."
    )
    outcome: AccessOutcome = Field(
        description="`allowed`: content, or a link to a file, was given. `structure`: an answer without content was "
        "given. `refused`: nothing was given."
    )
    request_id: str


class AccessesResponse(WireModel):
    """Who has read what of an execution, newest first."""

    items: list[Access]
    unreadable: int | None = Field(
        default=None,
        description="How many more there are on this page that cannot be read, if any.",
    )
    next_cursor: str | None = Field(description="For the next page; null on the last one.")
