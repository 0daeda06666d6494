"""An artifact: a file that a span produced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INLINE_MEDIA_TYPES: Final = frozenset(
    {
        "application/json",
        "application/pdf",
        "audio/mpeg",
        "audio/wav",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/csv",
        "text/markdown",
        "text/plain",
        "text/tab-separated-values",
        "video/mp4",
    }
)
"""Types that may be shown in place. HTML and SVG run scripts where they are opened: download only, or inert."""

STORED_MEDIA_TYPES: Final = INLINE_MEDIA_TYPES | {"text/html", "image/svg+xml", "application/zip"}
DEFAULT_MEDIA_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Artifact:
    """`key` and `version` are the S3 object's; `name` is for people and is never part of a key.

    `bucket` is empty for a file that we keep, and names the bucket of one that stays where it is: of that, `etag` is
    what it had when it was attached, and `sha256` is empty unless the bucket knows it.
    """

    tenant: str
    execution_id: str
    artifact_id: str
    span_id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    created_at_unix_nano: int
    node_id: str | None = None
    key: str = ""
    version: str = ""
    bucket: str = ""
    etag: str = ""

    @property
    def is_inline(self) -> bool:
        """Whether browsers may show the file, by its media type; any other is downloaded."""
        return self.media_type in INLINE_MEDIA_TYPES


def safe_media_type(media_type: str) -> str:
    """Returns the media type to store: without parameters, and `DEFAULT_MEDIA_TYPE` unless it is in the allow-list."""
    essence = essence_of(media_type)
    return essence if essence in STORED_MEDIA_TYPES else DEFAULT_MEDIA_TYPE


def essence_of(media_type: str) -> str:
    """Returns a media type without parameters, in lower case (WHATWG "MIME Sniffing", 4.2)."""
    return media_type.split(";", 1)[0].strip().lower()
