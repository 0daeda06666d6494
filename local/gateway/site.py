"""The template's CloudFront distribution: which paths go where, and the headers that its policies add.

Source: CloudFront developer guide, "Cache behavior settings" and "Understand response headers policies".
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.http_message import Request, Response
from local.resolve import Resolver
from local.translate import TemplateError

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
HASHED_FOLDER = "assets"  # Vite's: names in it carry a digest of their content
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")

NOT_BUILT = b"""<!doctype html><title>Spanvas</title>
<p>The page is not built yet: run <code>make frontend</code>, then load this again.</p>
"""


@dataclass(frozen=True, slots=True)
class HeadersPolicy:
    """`replacing` wins over the origin's header, `filling` only adds where the origin has none."""

    replacing: tuple[tuple[str, str], ...] = ()
    filling: tuple[tuple[str, str], ...] = ()
    removed: frozenset[str] = frozenset()

    def apply(self, response: Response) -> None:
        """Replaces, removes and adds headers of a response."""
        replaced = {name.lower() for name, _ in self.replacing} | self.removed
        kept = [field for field in response.headers if field[0].lower() not in replaced]
        present = {name.lower() for name, _ in kept}
        filled = [field for field in self.filling if field[0].lower() not in present]
        response.headers = [*kept, *self.replacing, *filled]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Requests whose path fits `pattern` go to `origin` ("site" or "api"), by these methods only."""

    pattern: str
    origin: str
    methods: frozenset[str]
    policy: HeadersPolicy


@dataclass(frozen=True, slots=True)
class Distribution:
    """The behaviours of a CloudFront distribution, in their order."""

    behaviours: tuple[Behaviour, ...]

    def behaviour_for(self, path: str) -> Behaviour:
        """Returns the first behaviour whose pattern fits the path."""
        return next(b for b in self.behaviours if fnmatchcase(path, b.pattern))


def read_distribution(resolver: Resolver) -> Distribution:
    """The one distribution of the template, its default behaviour last."""
    logical_ids = resolver.logical_ids("AWS::CloudFront::Distribution")
    if len(logical_ids) != 1:
        raise TemplateError(f"expected one distribution, found {len(logical_ids)}")
    config = resolver.properties(logical_ids[0])["DistributionConfig"]
    policies = {
        resolver.attribute(name, ""): read_policy(resolver.properties(name))
        for name in resolver.logical_ids("AWS::CloudFront::ResponseHeadersPolicy")
    }
    origins = {
        origin["Id"]: "site" if "S3OriginConfig" in origin else "api"
        for origin in config["Origins"]
    }
    default = {**config["DefaultCacheBehavior"], "PathPattern": "*"}
    return Distribution(
        tuple(
            Behaviour(
                behaviour["PathPattern"],
                origins[behaviour["TargetOriginId"]],
                frozenset(behaviour.get("AllowedMethods", ("GET", "HEAD"))),
                policies.get(behaviour.get("ResponseHeadersPolicyId", ""), HeadersPolicy()),
            )
            for behaviour in [*config.get("CacheBehaviors", []), default]
        )
    )


def read_policy(properties: dict[str, Any]) -> HeadersPolicy:
    """Returns a response headers policy. Raises TemplateError."""
    config = properties["ResponseHeadersPolicyConfig"]
    replacing: list[tuple[str, str]] = []
    filling: list[tuple[str, str]] = []
    for name, settings in config.get("SecurityHeadersConfig", {}).items():
        header = security_header(name, settings)
        (replacing if settings.get("Override") else filling).append(header)
    for item in config.get("CustomHeadersConfig", {}).get("Items", []):
        header = (item["Header"], item["Value"])
        (replacing if item.get("Override") else filling).append(header)
    removed = config.get("RemoveHeadersConfig", {}).get("Items", [])
    if config.get("CorsConfig"):
        raise TemplateError("CORS by CloudFront does not run here")
    return HeadersPolicy(
        tuple(replacing), tuple(filling), frozenset(item["Header"].lower() for item in removed)
    )


def security_header(name: str, settings: dict[str, Any]) -> tuple[str, str]:
    """Returns the name and the value of a security header. Raises TemplateError."""
    if name == "ContentSecurityPolicy":
        return "Content-Security-Policy", settings["ContentSecurityPolicy"]
    if name == "ContentTypeOptions":
        return "X-Content-Type-Options", "nosniff"
    if name == "FrameOptions":
        return "X-Frame-Options", settings["FrameOption"]
    if name == "ReferrerPolicy":
        return "Referrer-Policy", settings["ReferrerPolicy"]
    if name == "StrictTransportSecurity":
        value = f"max-age={settings['AccessControlMaxAgeSec']}"
        value += "; includeSubDomains" if settings.get("IncludeSubdomains") else ""
        return "Strict-Transport-Security", value + ("; preload" if settings.get("Preload") else "")
    raise TemplateError(f"security header {name} is not known here")


class SiteServer:
    """The page's origin on loopback: static files and the API behind one port, as the distribution says."""

    def __init__(
        self,
        distribution: Distribution,
        api: Callable[[Request], Response],
        files: Path,
        config: bytes,
        origin: str,
    ) -> None:
        self._distribution = distribution
        self._api = api
        self._files = files.resolve()
        self._config = config
        self._origin = origin

    def handle(self, request: Request) -> Response:
        """Answers a request from the API or from the page's files."""
        behaviour = self._distribution.behaviour_for(request.path)
        if request.method not in behaviour.methods:
            response = Response(403, b"Forbidden", [("content-type", "text/plain")])
        elif behaviour.origin == "api":
            response = self._api(request)
        else:
            response = self._file(request)
        behaviour.policy.apply(response)
        return response

    def _file(self, request: Request) -> Response:
        if request.headers.get("host") == self._origin.replace("http://127.0.0.1", "localhost"):
            # The issuer knows one address of the page; whoever types the other one is taken to it.
            location = self._origin + request.raw_path
            location += f"?{request.query}" if request.query else ""
            return Response(302, b"", [("location", location)])
        if request.path == "/config.json":
            headers = [("content-type", "application/json"), ("cache-control", REVALIDATE)]
            return Response(200, self._config, headers)
        # The rule of the distribution's SitePaths function: a path that names no file is the page.
        name = request.path.rpartition("/")[2]
        path = self._files / (request.path.lstrip("/") if "." in name else "index.html")
        if "\0" in request.path or not path.resolve().is_relative_to(self._files):
            return Response(403, b"Forbidden", [("content-type", "text/plain")])
        if not path.is_file():
            if path.name == "index.html":
                return Response(503, NOT_BUILT, [("content-type", "text/html; charset=utf-8")])
            return Response(404, b"Not Found", [("content-type", "text/plain")])
        return file_response(path, request)


def file_response(path: Path, request: Request) -> Response:
    """Returns a file of the page, or 304."""
    status = path.stat()
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    cache = IMMUTABLE if path.parent.name == HASHED_FOLDER else REVALIDATE
    headers = [("cache-control", cache), ("etag", etag)]
    if request.headers.get("if-none-match") == etag:
        return Response(304, b"", headers)
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    return Response(200, path.read_bytes(), [*headers, ("content-type", content_type)])
