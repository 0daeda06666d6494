"""The stand-in for CloudFront: which path goes where, the page's files, the distribution's headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.gateway.site import Behaviour, Distribution, HeadersPolicy, SiteServer, read_policy
from local.http_message import Headers, Request, Response

ORIGIN = "http://127.0.0.1:8321"
PAGE_POLICY = HeadersPolicy(replacing=(("Content-Security-Policy", "default-src 'none'"),))
API_POLICY = HeadersPolicy(
    replacing=(("Cache-Control", "private, no-store"),), filling=(("X-Filled", "policy"),)
)
DISTRIBUTION = Distribution(
    (
        Behaviour("/v1/*", "api", frozenset({"GET", "POST"}), API_POLICY),
        Behaviour("*", "site", frozenset({"GET", "HEAD"}), PAGE_POLICY),
    )
)


def api(_request: Request) -> Response:
    return Response(200, b"api", [("cache-control", "public"), ("x-filled", "origin")])


@pytest.fixture
def site_server(tmp_path: Path) -> SiteServer:
    files = tmp_path / "dist"
    (files / "assets").mkdir(parents=True)
    (files / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (files / "assets" / "app-1a2b.js").write_text("export {}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return SiteServer(DISTRIBUTION, api, files, b'{"issuer":"x"}', ORIGIN)


def get(site_server: SiteServer, path: str, method: str = "GET", **headers: str) -> Response:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return site_server.handle(Request(method, path, "", Headers(fields), b""))


def headers_of(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers}


@pytest.mark.parametrize("path", ["/", "/index.html", "/executions/e-1", "/executions/e-1/spans/2"])
def test_a_path_that_names_no_file_is_the_page(site_server: SiteServer, path: str) -> None:
    response = get(site_server, path)
    assert (response.status, response.body) == (200, b"<!doctype html>")
    assert headers_of(response)["content-type"] == "text/html; charset=utf-8"
    assert headers_of(response)["cache-control"] == "no-cache"
    assert headers_of(response)["content-security-policy"] == "default-src 'none'"


def test_a_hashed_file_may_be_kept_for_ever(site_server: SiteServer) -> None:
    headers = headers_of(get(site_server, "/assets/app-1a2b.js"))
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_file_that_did_not_change_is_not_sent_again(site_server: SiteServer) -> None:
    etag = headers_of(get(site_server, "/assets/app-1a2b.js"))["etag"]
    response = get(site_server, "/assets/app-1a2b.js", if_none_match=etag)
    assert (response.status, response.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/a%00.txt"]
)
def test_no_path_leads_out_of_the_pages_folder(site_server: SiteServer, path: str) -> None:
    assert get(site_server, path).status == 403


def test_a_missing_file_is_not_the_page(site_server: SiteServer) -> None:
    assert get(site_server, "/assets/gone.js").status == 404


def test_the_page_reads_where_to_sign_in(site_server: SiteServer) -> None:
    assert get(site_server, "/config.json").body == b'{"issuer":"x"}'


def test_the_page_is_one_place_whatever_name_of_this_machine_was_typed(
    site_server: SiteServer,
) -> None:
    response = get(site_server, "/executions/e-1", host="localhost:8321")
    assert response.status == 302
    assert headers_of(response)["location"] == "http://127.0.0.1:8321/executions/e-1"
    assert get(site_server, "/executions/e-1", host="127.0.0.1:8321").status == 200


def test_calls_go_to_the_api_under_its_own_headers(site_server: SiteServer) -> None:
    response = get(site_server, "/v1/executions")
    assert response.body == b"api"
    assert headers_of(response) == {"cache-control": "private, no-store", "x-filled": "origin"}


def test_a_method_that_the_behaviour_does_not_take_is_refused(site_server: SiteServer) -> None:
    assert get(site_server, "/", method="POST").status == 403
    assert get(site_server, "/v1/executions", method="DELETE").status == 403


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    response = get(SiteServer(DISTRIBUTION, api, tmp_path / "none", b"{}", ORIGIN), "/")
    assert response.status == 503
    assert b"make frontend" in response.body


def test_a_policy_of_the_template_becomes_its_headers() -> None:
    policy = read_policy(
        {
            "ResponseHeadersPolicyConfig": {
                "SecurityHeadersConfig": {
                    "ContentTypeOptions": {"Override": True},
                    "FrameOptions": {"FrameOption": "DENY", "Override": False},
                    "StrictTransportSecurity": {
                        "AccessControlMaxAgeSec": 60,
                        "IncludeSubdomains": True,
                        "Override": True,
                    },
                },
                "CustomHeadersConfig": {
                    "Items": [{"Header": "X-One", "Value": "1", "Override": True}]
                },
                "RemoveHeadersConfig": {"Items": [{"Header": "Server"}]},
            }
        }
    )
    response = Response(200, b"", [("server", "x"), ("x-frame-options", "SAMEORIGIN")])
    policy.apply(response)
    assert response.headers == [
        ("x-frame-options", "SAMEORIGIN"),
        ("X-Content-Type-Options", "nosniff"),
        ("Strict-Transport-Security", "max-age=60; includeSubDomains"),
        ("X-One", "1"),
    ]
