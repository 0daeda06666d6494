"""Files: their list, and links that open them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanvas.model.artifact import Artifact
from tests.functional.api.conftest import MakeApi
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, make_execution, span_id

LINK = "/v1/executions/exec_1/artifacts/{}/link"
WITHOUT_ARTIFACTS = ALL_SCOPES.replace("trace:artifact", "")


@pytest.fixture
def files(store: AuditedStore) -> AuditedStore:
    store.start_execution(make_execution())
    for artifact_id, name, media_type, node_id in (
        ("art_1", "report.csv", "text/csv", "reply"),
        ("art_2", "page.html", "text/html", None),
    ):
        store.put_artifact(
            Artifact(
                tenant="acme",
                execution_id="exec_1",
                artifact_id=artifact_id,
                span_id=span_id("reply"),
                name=name,
                media_type=media_type,
                bytes=0,
                sha256="",
                created_at_unix_nano=T0,
                node_id=node_id,
            ),
            b"a,b\n",
        )
    return store


def test_files_are_listed_with_what_they_are(api: Client, files: AuditedStore) -> None:
    items = api.get("/v1/executions/exec_1/artifacts").json["items"]

    assert items[0] == {
        "artifact_id": "art_1",
        "span_id": span_id("reply"),
        "node_id": "reply",
        "name": "report.csv",
        "media_type": "text/csv",
        "bytes": 4,
        "sha256": "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313",
        "created_at_unix_nano": "1790000000000000000",
        "inline": True,
    }
    assert (items[1]["inline"], "node_id" in items[1]) == (False, False)


class TestLink:
    def test_it_opens_the_file_for_a_short_time(self, api: Client, files: AuditedStore) -> None:
        reply = api.post(LINK.format("art_1"), {"disposition": "inline"})

        assert reply.json == {
            "url": "memory:///artifacts/acme/exec_1/art_1?response-content-type=text%2Fcsv"
            "&response-content-disposition=inline%3B+filename%2A%3DUTF-8%27%27report.csv"
            "&X-Amz-Expires=120",
            "expires_at_unix_nano": "1790000120000000000",
            "media_type": "text/csv",
            "disposition": "inline",
        }
        assert [(a.action, a.target, a.outcome) for a in files.accesses()] == [
            ("artifact", "art_1", "allowed")
        ]

    def test_a_file_in_a_bucket_of_its_own_opens_from_there_if_that_is_allowed(
        self, api: Client, make_api: MakeApi, files: AuditedStore
    ) -> None:
        files.objects["reports", "q3.png"] = (b"\x89PNG\r\n\x1a\n", "image/png")
        (known, *_) = files.list_artifacts("acme", "exec_1").items
        files.refer_to_artifact(
            replace(known, artifact_id="art_3", media_type="", bucket="reports", key="q3.png")
        )

        refused = api.post(LINK.format("art_3"), {"disposition": "inline"})
        assert (refused.status, files.accesses()) == (409, [])
        listed = api.get("/v1/executions/exec_1/artifacts").json["items"]
        assert [item.get("source") for item in listed] == [None, None, "s3://reports/q3.png"]

        allowed = make_api(artifact_buckets=("reports",))
        reply = allowed.post(LINK.format("art_3"), {"disposition": "inline"})
        assert (reply.json["media_type"], reply.json["disposition"]) == ("image/png", "inline")
        assert reply.json["url"].startswith("memory://reports/q3.png?response-content-type=image")

    @pytest.mark.parametrize("body", [None, {}, {"disposition": "attachment"}])
    def test_without_a_wish_it_is_a_download(
        self, api: Client, files: AuditedStore, body: dict[str, str] | None
    ) -> None:
        assert api.post(LINK.format("art_1"), body).json["disposition"] == "attachment"

    def test_what_a_browser_would_run_is_only_ever_downloaded(
        self, api: Client, files: AuditedStore
    ) -> None:
        reply = api.post(LINK.format("art_2"), {"disposition": "inline"})

        assert reply.json["disposition"] == "attachment"
        assert "attachment%3B" in reply.json["url"]

    def test_a_refusal_is_recorded(self, api: Client, files: AuditedStore) -> None:
        reply = api.acting_as(scope=WITHOUT_ARTIFACTS).post(LINK.format("art_1"))

        assert reply.status == 403
        assert [(a.principal, a.target, a.outcome) for a in files.accesses()] == [
            ("ada", "art_1", "refused")
        ]

    def test_a_refusal_says_nothing_of_whether_the_execution_exists(
        self, api: Client, files: AuditedStore
    ) -> None:
        caller = api.acting_as(scope=WITHOUT_ARTIFACTS)

        there = caller.post(LINK.format("art_1"))
        absent = caller.post(LINK.format("art_1").replace("exec_1", "exec_9"))

        assert there == absent

    def test_an_unknown_file_is_not_found_and_not_recorded(
        self, api: Client, files: AuditedStore
    ) -> None:
        assert api.post(LINK.format("art_9")).status == 404
        assert files.accesses() == []

    @pytest.mark.parametrize("disposition", ["open", None, 1, ["inline"], {}])
    def test_an_unknown_disposition_is_named(
        self, api: Client, files: AuditedStore, disposition: object
    ) -> None:
        reply = api.post(LINK.format("art_1"), {"disposition": disposition})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "disposition")
        assert files.accesses() == []

    @pytest.mark.parametrize(
        "artifact_id",
        [
            "..",
            "%2e%2e",
            "..%252f..%252fetc",
            "%252e",
            "a%00b",
            "a%0d%0ab",
            "a%253fb",
            "a%23b",
            "a\\b",
            "é",
        ],
    )
    def test_an_id_that_would_leave_its_folder_is_refused(
        self, api: Client, files: AuditedStore, artifact_id: str
    ) -> None:
        reply = api.post(LINK.format(artifact_id))

        assert (reply.status, reply.json["errors"][0]["field"]) == (400, "artifact_id")
