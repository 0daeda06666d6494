"""HTTP as nodes send it, against a server that misbehaves in every way that matters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from executor import transport
from executor.errors import NodeError
from executor.transport import send


class Misbehaving(BaseHTTPRequestHandler):
    """`/redirect/N` redirects N times, `/away` to another host, `/echo` says what it was sent; `/slow` answers once
    nobody waits for it any more."""

    protocol_version = "HTTP/1.1"
    given_up = threading.Event()

    def answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        kind, _, rest = self.path.strip("/").partition("/")
        location, body = "", f"{self.command} {self.path} {sent.decode()}".encode()
        if kind == "redirect" and int(rest):
            location = f"/redirect/{int(rest) - 1}"
        elif kind == "away":
            location = "http://elsewhere.example/secret"
        elif kind == "slow":
            self.given_up.wait(60)
        elif kind == "large":
            body = bytes(transport.MAX_RESPONSE_BYTES + 1)
        elif kind == "broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
            self.close_connection = True
            return
        self.send_response(302 if location or kind == "nowhere" else 200)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients of these tests hang up early."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = Server(("127.0.0.1", 0), Misbehaving)
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    transport.pool().clear()
    running.shutdown()
    running.server_close()


def get(url: str, timeout_seconds: float = 60.0) -> bytes:
    return send("GET", url, {}, None, timeout_seconds).body


def test_an_answer_has_status_headers_in_lower_case_and_body(server: str) -> None:
    answer = send("POST", f"{server}/echo", {"x-a": "b"}, b"hello", 60.0)
    assert (answer.status, answer.body) == (200, b"POST /echo hello")
    assert answer.headers["content-length"] == "16"


def test_redirects_on_the_same_host_are_followed(server: str) -> None:
    assert get(f"{server}/redirect/3") == b"GET /redirect/0 "


def test_redirects_without_end_are_not(server: str) -> None:
    with pytest.raises(NodeError, match="redirects more than 3 times"):
        get(f"{server}/redirect/4")


def test_a_redirect_to_another_host_is_refused(server: str) -> None:
    with pytest.raises(NodeError, match=r"redirects to http://elsewhere\.example; ") as raised:
        get(f"{server}/away")
    assert (raised.value.error_type, raised.value.is_retryable) == ("OffHostRedirect", False)


@pytest.mark.parametrize(("method", "path"), [("POST", "/redirect/1"), ("GET", "/nowhere")])
def test_other_redirects_are_given_as_they_are(server: str, method: str, path: str) -> None:
    assert send(method, f"{server}{path}", {}, None, 60.0).status == 302


def test_a_service_that_does_not_answer_in_time_may_be_tried_again(server: str) -> None:
    with pytest.raises(NodeError, match=r"did not answer within 0\.05 s") as raised:
        get(f"{server}/slow", 0.05)
    Misbehaving.given_up.set()
    assert (raised.value.error_type, raised.value.is_retryable) == ("Timeout", True)


def test_a_service_that_is_not_there_may_be_tried_again() -> None:
    with pytest.raises(NodeError, match=r"http://127\.0\.0\.1:9 cannot be reached") as raised:
        get("http://127.0.0.1:9/")
    assert (raised.value.error_type, raised.value.is_retryable) == ("ConnectionError", True)


def test_an_answer_that_breaks_off_may_be_tried_again(server: str) -> None:
    with pytest.raises(NodeError) as raised:
        get(f"{server}/broken")
    assert (raised.value.error_type, raised.value.is_retryable) == ("ConnectionError", True)


def test_an_answer_that_is_too_large_is_refused(server: str) -> None:
    with pytest.raises(NodeError, match="larger than 6,000,000 bytes") as raised:
        get(f"{server}/large")
    assert (raised.value.error_type, raised.value.is_retryable) == ("ResponseTooLarge", False)
