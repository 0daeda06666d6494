"""A link to a file in a bucket of somebody else's serves what we say of it, not what the object says of itself."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import urlopen

from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.conftest import s3_of_botocore
from tests.support.builders import make_artifact
from tests.support.engines import Engines


def test_type_and_disposition_are_those_of_the_link(engines: Engines) -> None:
    engines.s3.create_bucket(Bucket="others")
    engines.s3.put_object(
        Bucket="others",
        Key="notes 1",
        Body=b"<script>alert(1)</script>",
        ContentType="text/html",
        ContentDisposition="inline",
        CacheControl="public, max-age=604800",
    )
    store = DynamoTraceStore(
        engines.table, engines.bucket, dynamodb=engines.dynamodb, s3=s3_of_botocore(engines)
    )
    stored = store.refer_to_artifact(
        make_artifact(name="notes.txt", media_type="text/plain", bucket="others", key="notes 1")
    )
    url = store.sign_artifact_url(stored, "attachment", 120)
    assert urlsplit(url).path.endswith("/notes%201")
    with urlopen(url, timeout=60) as answer:
        assert answer.headers["content-type"] == "text/plain"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''notes.txt"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.read() == b"<script>alert(1)</script>"
