"""A stand-in for Bedrock's Converse endpoint: the protocol is real, the model is `writer`, which has no model.

It exists because a development stack must not need an account. Every answer says so (`x-spanvas-stand-in`). As on
AWS: `POST /model/{id}/converse`, errors by `x-amzn-errortype`, usage without cached tokens in `inputTokens`, cache
points that are written once and read afterwards. Not responsible for signatures: any credentials do.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from standins.writer import write_answer

STAND_IN: Final = {"x-spanvas-stand-in": "bedrock-converse"}
# As on Bedrock, shorter prefixes are not cached (user guide, "Prompt caching").
SMALLEST_CACHED_TOKENS: Final = 1_000
CHARACTERS_PER_TOKEN: Final = 4.4


class ConverseStandIn:
    """Stateful only in what is cached and what was throttled before."""

    def __init__(self, latency: float, throttle_one_in: int) -> None:
        self._latency = latency
        self._throttle_one_in = throttle_one_in
        self._lock = threading.Lock()
        self._cached: set[str] = set()
        self._seen: Counter[str] = Counter()

    def respond(self, method: str, path: str, body: bytes) -> tuple[int, Any, Mapping[str, str]]:
        """Answers a request with status, body and headers."""
        parts = path.strip("/").split("/")
        if method != "POST" or len(parts) != 3 or parts[0] != "model" or parts[2] != "converse":
            return _error(404, "UnknownOperationException", f"no operation at {method} {path}")
        try:
            request = json.loads(body)
            messages = request["messages"]
            if not messages or messages[-1]["role"] != "user":
                raise ValueError("the conversation must end with a turn of the user")
        except (ValueError, KeyError, TypeError) as error:
            return _error(400, "ValidationException", f"the request is malformed: {error}")
        model = unquote(parts[1])
        digest = hashlib.blake2b(body + model.encode(), digest_size=8).digest()
        if self._is_throttled(digest):
            self._wait(20, digest)
            return _error(
                429, "ThrottlingException", "Too many requests, please wait before trying again."
            )
        started = time.monotonic()
        content, stop_reason = write_answer(request, digest.hex())
        usage = self._usage(model, request, content)
        self._wait(24 + usage["totalTokens"] * 0.015 + usage["outputTokens"] * 0.55, digest)
        answer = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop_reason,
            "usage": usage,
            "metrics": {"latencyMs": max(1, round((time.monotonic() - started) * 1_000))},
        }
        return 200, answer, {**STAND_IN, "x-amzn-requestid": str(uuid.uuid4())}

    def _is_throttled(self, digest: bytes) -> bool:
        """Every other time, for the requests whose digest says so: a repetition is served."""
        if not self._throttle_one_in or int.from_bytes(digest[:4]) % self._throttle_one_in:
            return False
        with self._lock:
            self._seen[digest.hex()] += 1
            return self._seen[digest.hex()] % 2 == 1

    def _usage(
        self, model: str, request: Mapping[str, Any], content: list[dict[str, Any]]
    ) -> dict[str, int]:
        prefix, rest = _split_at_cache_point(request)
        cached = tokens_of(prefix)
        read = written = 0
        if cached >= SMALLEST_CACHED_TOKENS:
            key = hashlib.blake2b(f"{model}\0{prefix}".encode(), digest_size=16).hexdigest()
            with self._lock:
                is_known = key in self._cached
                self._cached.add(key)
            read, written = (cached, 0) if is_known else (0, cached)
        entered = tokens_of(rest) + (0 if read or written else cached)
        left = tokens_of(json.dumps(content, ensure_ascii=False))
        usage = {
            "inputTokens": entered,
            "outputTokens": left,
            "totalTokens": entered + left + read + written,
        }
        if read or written:
            usage |= {"cacheReadInputTokens": read, "cacheWriteInputTokens": written}
        return usage

    def _wait(self, milliseconds: float, digest: bytes) -> None:
        """Up to a fifth more by the digest: the same request always takes as long."""
        jitter = 1 + digest[0] / 255 / 5
        time.sleep(milliseconds * jitter * self._latency / 1_000)


def tokens_of(text: str) -> int:
    """About as many tokens as a real tokenizer finds in English text."""
    return round(len(text) / CHARACTERS_PER_TOKEN)


def _split_at_cache_point(request: Mapping[str, Any]) -> tuple[str, str]:
    """The text of the request up to its cache point in the system prompt, and after it."""
    prefix = ""
    rest = json.dumps([request["messages"], request.get("toolConfig")], ensure_ascii=False)
    system = [block.get("text") for block in request.get("system", [])]
    if None in system:
        at = system.index(None)
        prefix = "\n".join(text for text in system[:at] if text)
        system = system[at + 1 :]
    return prefix, "\n".join([text for text in system if text] + [rest])


def _error(status: int, name: str, message: str) -> tuple[int, Any, Mapping[str, str]]:
    headers = {**STAND_IN, "x-amzn-errortype": name, "x-amzn-requestid": str(uuid.uuid4())}
    return status, {"message": message}, headers
