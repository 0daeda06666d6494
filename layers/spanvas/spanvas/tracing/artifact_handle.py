"""What the public API answers for a file that was attached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArtifactHandle:
    """What was stored. `media_type` is from the list of harmless types, whatever was asked for; `sha256` is empty for
    a file that was in S3 already."""

    artifact_id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
