"""Executions that exist only between the page and its API: content no workflow writes by itself.

The page, its scripts and its headers are the real ones; answers under `/v1/executions/{id}` are made here, in the
shapes of `spanvas_api.wire`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import BrowserContext, Page, Route, expect

START = 1_764_000_000_000_000_000
SECOND = 1_000_000_000
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
EXECUTION_ID = "exec-stubbed"

Json = Any


def span_id(number: int) -> str:
    return f"{number:016x}"


def row(number: int, name: str, parent: int | None = None, **overrides: Json) -> dict[str, Json]:
    """A row that ended well; its depth is 0 without a parent and 1 with one unless it is said."""
    start = START + number * SECOND
    made: dict[str, Json] = {
        "span_id": span_id(number),
        "depth": 0 if parent is None else 1,
        "name": name,
        "kind": "node",
        "start_time_unix_nano": str(start),
        "end_time_unix_nano": str(start + SECOND),
        "status": "ok",
    }
    if parent is not None:
        made["parent_span_id"] = span_id(parent)
    return made | overrides


def span(of: Mapping[str, Json], **overrides: Json) -> dict[str, Json]:
    """The detail of a row, content granted and none of it there."""
    own = ("parent_span_id", "error", "model", "usage", "node_id", "end_time_unix_nano")
    made: dict[str, Json] = {
        "span_id": of["span_id"],
        "trace_id": TRACE_ID,
        "name": of["name"],
        "kind": of["kind"],
        "otel_kind": "internal",
        "start_time_unix_nano": of["start_time_unix_nano"],
        "status": of["status"],
        "attributes": {},
        "events": [],
        "links": [],
        "resource": {"service.name": "executor"},
        "scope": {"name": "spanvas", "version": "0.1.0"},
        "artifacts": of.get("artifacts", []),
        "marks": of.get("marks", []),
        "receipts": {},
        "content_access": "granted",
    }
    return made | {name: of[name] for name in own if name in of} | overrides


def counters(rows: Sequence[Mapping[str, Json]], **overrides: int) -> dict[str, int]:
    """The totals that go with the rows."""
    used = [item["usage"] for item in rows if "usage" in item]
    costs = [item["cost_nano_usd"] for item in rows if "cost_nano_usd" in item]
    sums = {name: sum(item[name] for item in used) for name in usage()}
    if not used:
        del sums["input_tokens"], sums["output_tokens"]
    return {
        "spans": len(rows),
        "errors": sum(item["status"] in ("error", "lost") for item in rows),
        **sums,
        **({"cost_nano_usd": sum(costs)} if costs else {}),
        "unpriced": 0,
        "dropped": 0,
    } | overrides


def execution(**overrides: Json) -> dict[str, Json]:
    return {
        "execution_id": EXECUTION_ID,
        "workflow_id": "support-triage",
        "workflow_name": "Support triage",
        "workflow_version": "7",
        "trace_id": TRACE_ID,
        "status": "succeeded",
        "started_at_unix_nano": str(START),
        "ended_at_unix_nano": str(START + 9 * SECOND),
        "counters": counters([]),
        "completeness": {"expected": [], "received": [], "missing": []},
        "exporters": {},
        "started_by": "operator",
        "expires_at": 1_766_592_000,
    } | overrides


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of an artifact as the file store gives them."""

    artifact_id: str
    name: str
    media_type: str
    body: bytes

    def ref(self) -> dict[str, Json]:
        return {
            "artifact_id": self.artifact_id,
            "name": self.name,
            "media_type": self.media_type,
            "bytes": len(self.body),
        }


@dataclass
class Stub:
    """One execution: what the API would answer, and what was asked of it."""

    rows: list[dict[str, Json]]
    spans: dict[str, dict[str, Json]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    execution: dict[str, Json] = field(default_factory=execution)
    trace: dict[str, Json] = field(default_factory=dict)
    execution_id: str = EXECUTION_ID
    expired_links: int = 0
    """So many links are refused by the file store, as if they had been opened too late."""
    served_at: int | None = None
    """The server's clock as the page is told it, in Unix seconds; None: the page's own."""
    downloads: str = ""
    """Where links for downloading lead (`FileServer`): the browser does not route those."""
    asked: list[str] = field(default_factory=list)

    def serve(self, context: BrowserContext) -> None:
        context.route(f"**/v1/executions/{self.execution_id}**", self._answer)
        context.route("**/stubbed-files/**", self._file)

    def open(self, page: Page, selected: int | None = None, **place: str) -> None:
        """Open the execution's trace with a span of it selected."""
        query = f"/?workflow=support-triage&execution={EXECUTION_ID}"
        if selected is not None:
            query += f"&span={span_id(selected)}"
        page.goto(query + "".join(f"&{name}={value}" for name, value in place.items()))
        expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        parts = [unquote(part) for part in path.split("/")[4:]]
        self.asked.append(f"{route.request.method} {'/'.join(parts)}")
        match parts:
            case ["trace"]:
                answer: Json = {
                    "execution": self.execution,
                    "status": "COMPLETE",
                    "content_access": "granted",
                    "rows": self.rows,
                } | self.trace
            case ["spans", wanted]:
                of = next(item for item in self.rows if item["span_id"] == wanted)
                answer = self.spans.get(wanted) or span(of)
            case ["artifacts"]:
                answer = {"items": [self._item(file) for file in self.files]}
            case ["artifacts", wanted, "link"]:
                file = self._named(wanted)
                asked = json.loads(route.request.post_data or "{}")["disposition"]
                origin = self.downloads if asked == "attachment" else ""
                answer = {
                    "url": f"{origin}/stubbed-files/{file.artifact_id}?number={len(self.asked)}",
                    "expires_at_unix_nano": str((START + 10**9 * SECOND) * 2),
                    "media_type": file.media_type,
                    "disposition": asked,
                }
            case _:
                answer = self.execution
        date = {} if self.served_at is None else {"Date": formatdate(self.served_at, usegmt=True)}
        route.fulfill(json=answer, headers=date)

    def _item(self, file: File) -> dict[str, Json]:
        owner = next(
            item["span_id"]
            for item in self.rows
            if any(ref["artifact_id"] == file.artifact_id for ref in item.get("artifacts", []))
        )
        return file.ref() | {
            "span_id": owner,
            "sha256": sha256(file.body).hexdigest(),
            "created_at_unix_nano": str(START),
            "inline": True,
        }

    def _file(self, route: Route) -> None:
        file = self._named(urlsplit(route.request.url).path.rpartition("/")[2])
        self.asked.append(f"file {file.artifact_id}")
        if self.expired_links > 0:
            self.expired_links -= 1
            route.fulfill(status=403, content_type="application/xml", body="<Error/>")
        else:
            name = f"attachment; filename*=UTF-8''{file.artifact_id}"
            route.fulfill(
                headers={"Content-Type": file.media_type, "Content-Disposition": name},
                body=file.body,
            )

    def _named(self, artifact_id: str) -> File:
        return next(file for file in self.files if file.artifact_id == artifact_id)


def text(content: str) -> dict[str, Json]:
    return {"type": "text", "content": content}


def message(role: str, *parts: Json, **more: Json) -> dict[str, Json]:
    made = [text(part) if isinstance(part, str) else part for part in parts]
    return {"role": role, "parts": made} | more


def usage(**counts: int) -> dict[str, int]:
    names = "input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens"
    return dict.fromkeys(names.split(), 0) | counts


class FileServer:
    """Files for downloading, on a loopback port of its own."""

    def __init__(self, files: Sequence[File]) -> None:
        bodies = {file.artifact_id: file.body for file in files}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = bodies[urlsplit(self.path).path.rpartition("/")[2]]
                self.send_response(200)
                self.send_header("Content-Disposition", "attachment")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FileServer:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
