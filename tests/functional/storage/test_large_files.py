"""A large file goes to S3 as a stream: the process never holds more than a few blocks of it."""

from __future__ import annotations

import hashlib
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from spanvas.http.credentials import AwsEndpoint, Credentials
from spanvas.storage.artifacts import ArtifactItems
from spanvas.storage.decoding import log_unreadable
from spanvas.storage.direct.s3 import DirectS3
from tests.support.builders import T0, make_artifact

SIZE = 200_000_000
MOST_BYTES = 8 * 1024 * 1024
BLOCK = 1 << 20


class Bucket:
    """Takes one upload, counts and digests it without keeping it."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.size = 0
        self.digest = hashlib.sha256()
        self.head = b""

    def take(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(BLOCK)
            self.head, _, body = data.partition(b"\r\n\r\n")
            while True:
                self.size += len(body)
                self.digest.update(body)
                if self.size >= SIZE:
                    break
                body = connection.recv(BLOCK)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


@contextmanager
def taking() -> Iterator[Bucket]:
    bucket = Bucket()
    thread = threading.Thread(target=bucket.take)
    thread.start()
    try:
        yield bucket
    finally:
        thread.join()
        bucket.listener.close()


class NoTable:
    def put_item(self, **parameters: object) -> None:
        """The listing is none of this test's."""


def test_two_hundred_megabytes_take_a_few_megabytes_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(SIZE)
    with taking() as bucket:
        url = f"http://127.0.0.1:{bucket.listener.getsockname()[1]}"
        aws_endpoint = AwsEndpoint(
            "us-east-1", "amazonaws.com", Credentials("k", "s", ""), {"s3": url}
        )
        with closing(DirectS3(aws_endpoint, lambda: None)) as s3, path.open("rb") as stream:
            items = ArtifactItems(
                NoTable(),  # type: ignore[arg-type]
                "t",
                lambda: s3,  # type: ignore[arg-type, return-value]
                "b",
                30,
                lambda: T0,
                log_unreadable,
            )
            tracemalloc.start()
            stored = items.put(make_artifact(media_type="application/zip"), stream)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert (bucket.size, stored.bytes) == (SIZE, SIZE)
    assert bucket.digest.hexdigest() == stored.sha256
    assert f"x-amz-content-sha256: {stored.sha256}".encode() in bucket.head
    assert peak < MOST_BYTES
