"""Files of executions, stored or only referred to, in every store."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.port import TraceStore
from tests.support.builders import make_artifact


class TestArtifacts:
    @pytest.mark.parametrize("kind", ["bytes", "stream", "pipe"])
    def test_a_stored_artifact_says_what_was_stored(self, store: TraceStore, kind: str) -> None:
        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return False

        body: dict[str, bytes | BinaryIO] = {
            "bytes": b"a,b\n1,2\n",
            "stream": io.BytesIO(b"a,b\n1,2\n"),
            "pipe": Pipe(b"a,b\n1,2\n"),
        }
        stored = store.put_artifact(make_artifact(), body[kind])

        assert (stored.bytes, stored.media_type) == (8, "text/csv")
        assert stored.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        assert stored.key == "artifacts/acme/exec_1/art_1"
        assert stored.version
        assert store.read_artifact("acme", "exec_1", "art_1") == stored
        assert store.list_artifacts("acme", "exec_1").items == [stored]

    def test_foreign_and_absent_artifacts_are_none(self, store: TraceStore) -> None:
        store.put_artifact(make_artifact(), b"x")

        assert store.read_artifact("globex", "exec_1", "art_1") is None
        assert store.read_artifact("acme", "exec_1", "art_2") is None
        assert store.list_artifacts("acme", "exec_2").items == []

    def test_a_file_without_a_type_has_the_one_that_its_name_and_its_content_say(
        self, store: TraceStore, objects: Callable[..., str]
    ) -> None:
        png = b"\x89PNG\r\n\x1a\n"
        objects("reports", "2026/chart", png, "binary/octet-stream")

        made = store.put_artifact(make_artifact(name="chart.png", media_type=""), png)
        linked = store.refer_to_artifact(
            make_artifact(name="chart.png", media_type="", bucket="reports", key="2026/chart")
        )

        for stored in (made, linked):
            assert stored.media_type == "image/png"
            url = urlsplit(store.sign_artifact_url(stored, "inline", 120))
            assert parse_qs(url.query)["response-content-type"] == ["image/png"]

    def test_types_outside_the_list_become_bytes_to_download(self, store: TraceStore) -> None:
        stored = store.put_artifact(make_artifact(media_type="text/vnd.evil"), b"x")

        assert stored.media_type == "application/octet-stream"

    def test_a_type_that_the_content_belies_becomes_bytes_to_download(
        self, store: TraceStore
    ) -> None:
        for body in (b"<script>", io.BytesIO(b"<script>")):
            stored = store.put_artifact(make_artifact(media_type="image/png"), body)
            assert stored.media_type == "application/octet-stream"

    @pytest.mark.parametrize("body", [b"a,b\n" * 1_000, b""])
    def test_a_file_that_is_in_s3_already_stays_there(
        self, store: TraceStore, objects: Callable[..., str], body: bytes
    ) -> None:
        version = objects("reports", "2026/q3.csv", body, "text/csv")
        wanted = make_artifact(media_type="", bucket="reports", key="2026/q3.csv", version=version)

        stored = store.refer_to_artifact(wanted)

        assert (stored.bytes, stored.media_type, stored.sha256) == (len(body), "text/csv", "")
        assert (stored.bucket, stored.key) == ("reports", "2026/q3.csv")
        assert stored.etag == hashlib.md5(body, usedforsecurity=False).hexdigest()
        assert stored.version
        assert store.list_artifacts("acme", "exec_1").items == [stored]
        url = urlsplit(store.sign_artifact_url(stored, "inline", 120))
        assert "/2026/q3.csv" in url.path
        assert "reports" in url.netloc + url.path
        assert parse_qs(url.query)["response-content-type"] == ["text/csv"]

    def test_a_file_in_s3_is_not_what_its_object_says_but_what_it_is(
        self, store: TraceStore, objects: Callable[..., str]
    ) -> None:
        objects("reports", "chart", b"<html>", "image/png")

        stored = store.refer_to_artifact(
            make_artifact(media_type="", bucket="reports", key="chart")
        )

        assert stored.media_type == "application/octet-stream"

    def test_a_file_that_is_not_in_s3_is_not_listed(
        self, store: TraceStore, objects: Callable[..., str]
    ) -> None:
        objects("reports", "there", b"x", "text/plain")

        with pytest.raises(StoreUnavailableError, match="NoSuchKey"):
            store.refer_to_artifact(make_artifact(bucket="reports", key="absent"))

        assert store.list_artifacts("acme", "exec_1").items == []

    def test_a_link_signs_type_name_and_expiry(self, store: TraceStore) -> None:
        stored = store.put_artifact(make_artifact(), b"x")

        query = parse_qs(urlsplit(store.sign_artifact_url(stored, "attachment", 120)).query)

        assert query["response-content-type"] == ["text/csv"]
        assert query["response-content-disposition"] == [
            "attachment; filename*=UTF-8''Q3%20%E2%80%9Creport%E2%80%9D.csv"
        ]
        assert query["X-Amz-Expires"] == ["120"]
