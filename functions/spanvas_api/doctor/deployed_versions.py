"""Which versions of the API and of the page are deployed, held against each other and against this code.

The API says its version to whoever may read traces, the page to everybody: its build has written it to a file.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

from spanvas.version import VERSION
from spanvas_api.doctor.report import LEFT_OUT, OK, WRONG, Finding
from spanvas_api.doctor.token_checks import Fetch

WHAT: Final = "versions of API and page"
API: Final = "version of the API"
PAGE: Final = "version of the page"
DEPLOY: Final = "`make deploy` puts both there"


def deployed_versions(endpoint: str, token: str, fetch: Fetch) -> Iterator[Finding]:
    """Asks an address: that of the page, whose origin has both, or of the API alone."""
    url = endpoint.rstrip("/")
    api = yield from _api(url, token, fetch)
    yield _page(url, api or VERSION, fetch)


def _api(url: str, token: str, fetch: Fetch) -> Generator[Finding, None, str]:
    """Yields what is found of the API. Returns its version; "" where it is not known."""
    if not token:
        yield Finding(API, LEFT_OUT, "it says it to a token with the scope trace:read")
        return ""
    try:
        said = str(fetch(f"{url}/api/status/buildinfo", token)["revision"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        mend = (
            "SPANVAS_ENDPOINT is the address of the page or of the API; the token needs trace:read"
        )
        yield Finding(API, WRONG, f"{url}: {error}"[:300], mend)
        return ""
    if said == VERSION:
        yield Finding(API, OK, said)
        return said
    seen = f"{said or 'none: it is older'}; this is {VERSION}"
    yield Finding(API, WRONG, seen, "look with the version that is deployed, or deploy this one")
    return said


def _page(url: str, api: str, fetch: Fetch) -> Finding:
    try:
        said = fetch(f"{url}/version.json")["version"]
    except (OSError, ValueError, LookupError, TypeError):
        if not _has_page(url, fetch):
            return Finding(PAGE, LEFT_OUT, f"there is no page at {url}")
        return Finding(PAGE, WRONG, f"it says none, so it is older; the API is {api}", DEPLOY)
    if said == api:
        return Finding(PAGE, OK, said)
    return Finding(PAGE, WRONG, f"{said}; the API is {api}", DEPLOY)


def _has_page(url: str, fetch: Fetch) -> bool:
    """Returns whether a page has its settings there."""
    try:
        return "api_base_url" in fetch(f"{url}/config.json")
    except (OSError, ValueError, TypeError):
        return False
