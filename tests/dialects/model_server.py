"""Model APIs on loopback that answer from a script, so that real client libraries have something real to call.

Every API tells the same story: the user asks for a parcel, the model calls `lookup_parcel`, and answers from its
result. So the traces of all libraries can be held against the same expectation.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

LOOPBACK: Final = "127.0.0.1"
GZIP: Final = b"\x1f\x8b"

SYSTEM: Final = "You answer questions about parcels."
QUESTION: Final = "Where is parcel 4711?"
TOOL: Final = "lookup_parcel"
ARGUMENTS: Final = {"parcel_id": "4711"}
CALL_ID: Final = "call_parcel_1"
RESULT: Final = {"city": "Lyon", "status": "in transit"}
ANSWER: Final = "Parcel 4711 is in Lyon, on its way to you."

# prompt (cached tokens included), completion (reasoning included), cached, reasoning
FIRST: Final = (812, 24, 512, 8)
SECOND: Final = (870, 31, 768, 0)


def chat_completion(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /v1/chat/completions` of OpenAI."""
    is_second = any(message["role"] == "tool" for message in request["messages"])
    prompt, completion, cached, reasoning = SECOND if is_second else FIRST
    call = {
        "id": CALL_ID,
        "type": "function",
        "function": {"name": TOOL, "arguments": json.dumps(ARGUMENTS)},
    }
    message: dict[str, Any] = {"role": "assistant", "content": ANSWER, "refusal": None}
    if not is_second:
        message |= {"content": None, "tool_calls": [call]}
    return {
        "id": "chatcmpl-2" if is_second else "chatcmpl-1",
        "object": "chat.completion",
        "created": 1790000000,
        "model": f"{request['model']}-2024-08-06",
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "stop" if is_second else "tool_calls",
                "logprobs": None,
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    }


def embedding(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /v1/embeddings` of OpenAI."""
    vectors: Any = [0.25, -0.5, 0.125]
    if request.get("encoding_format") == "base64":
        vectors = "AACAPgAAAL8AAAA+"
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": vectors}],
        "model": request["model"],
        "usage": {"prompt_tokens": 5, "total_tokens": 5},
    }


def converse(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /model/{id}/converse` of Bedrock, whose `inputTokens` are those that were not cached."""
    is_second = any(
        "toolResult" in block for message in request["messages"] for block in message["content"]
    )
    prompt, completion, cached, _ = SECOND if is_second else FIRST
    content: list[dict[str, Any]] = [{"text": ANSWER}]
    if not is_second:
        content = [{"toolUse": {"toolUseId": CALL_ID, "name": TOOL, "input": ARGUMENTS}}]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "end_turn" if is_second else "tool_use",
        "usage": {
            "inputTokens": prompt - cached,
            "outputTokens": completion,
            "totalTokens": prompt + completion,
            "cacheReadInputTokens": cached,
            "cacheWriteInputTokens": 0,
        },
        "metrics": {"latencyMs": 12},
    }


def invoke(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /model/{id}/invoke` of Bedrock with a body of Anthropic's Messages API."""
    is_second = any(
        isinstance(message["content"], list)
        and any(block["type"] == "tool_result" for block in message["content"])
        for message in request["messages"]
    )
    prompt, completion, cached, _ = SECOND if is_second else FIRST
    content: list[dict[str, Any]] = [{"type": "text", "text": ANSWER}]
    if not is_second:
        content = [{"type": "tool_use", "id": CALL_ID, "name": TOOL, "input": ARGUMENTS}]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-20250514",
        "content": content,
        "stop_reason": "end_turn" if is_second else "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": prompt - cached,
            "output_tokens": completion,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": 0,
        },
    }


ROUTES: Final = {
    "/v1/chat/completions": chat_completion,
    "/v1/embeddings": embedding,
    "/converse": converse,
    "/invoke": invoke,
}


class Servers:
    """The model APIs and a sink for OTLP, in one server; `bodies` are the trace exports that came in."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self))
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def running() -> Iterator[Servers]:
    servers = Servers()
    try:
        yield servers
    finally:
        servers.close()


def _handler(servers: Servers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            if self.path.endswith("/v1/traces"):
                servers.bodies.append(body)
                self._send(200, b"", "application/x-protobuf")
                return
            for ending, answer in ROUTES.items():
                if self.path.endswith(ending):
                    content = json.dumps(answer(json.loads(body))).encode()
                    self._send(200, content, "application/json")
                    return
            self._send(404, b"{}", "application/json")

        def _body(self) -> bytes:
            """Node's exporter sends chunks, and gzip is what several use."""
            if self.headers.get("transfer-encoding") != "chunked":
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
            else:
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            return gzip.decompress(body) if body.startswith(GZIP) else body

        def _send(self, status: int, content: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Silent."""

    return Handler
