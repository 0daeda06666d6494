"""A run in which every place that holds somebody's words holds one of the payloads."""

from __future__ import annotations

import csv
import io
import json
from base64 import b64encode
from pathlib import Path

from tests.browser.stubs import (
    EXECUTION_ID,
    SECOND,
    START,
    File,
    Json,
    Stub,
    execution,
    message,
    row,
    span,
    span_id,
    usage,
)

PAYLOADS = Path(__file__).parent / "payloads" / "xss.txt"
WITNESS = "ran(document.location.href)"
# HTML and drawings are parsed: so many of them share a file, each after what might end the one before.
PER_FILE = 5
ENDS = "</textarea></style></script></title></xmp></noembed></template>-->]]>"


def payloads(beacon: str) -> list[str]:
    lines = PAYLOADS.read_text("utf-8").splitlines()
    found = [line for line in lines if line and not line.startswith("# One payload a line")]
    unescaped = [unescape(line) for line in found]
    return [line.replace("{run}", WITNESS).replace("{beacon}", beacon) for line in unescaped]


def unescape(line: str) -> str:
    line = line.replace("\\n", "\n")
    return line.encode("utf-8").decode("unicode_escape") if "\\u" in line else line


def hostile_run(words: list[str], execution_id: str = EXECUTION_ID) -> Stub:
    """
    0 workflow
      1..n one span a payload, the payload in every field of its row, its detail and its content
    """
    files = hostile_files(words)
    owners = [row(0, words[0], kind="workflow", artifacts=[file.ref() for file in files])]
    rows = owners + [hostile_row(number, text) for number, text in enumerate(words, 1)]
    spans = [hostile_span(item, text) for item, text in zip(rows[1:], words, strict=True)]
    first = words[0]
    return Stub(
        rows=rows,
        spans={item["span_id"]: item for item in spans},
        files=files,
        execution_id=execution_id,
        execution=execution(
            execution_id=execution_id,
            status="failed",
            workflow_name=first,
            workflow_version=words[1],
            started_by=words[2],
            cause={"node_id": words[3], "error_type": words[4], "message": words[5]},
            completeness={"expected": words[:20], "received": [], "missing": words[:20]},
            trace_url="javascript:ran(1)",
        ),
        trace={"status": "PARTIAL", "reason": words[6]},
    )


def hostile_row(number: int, text: str) -> dict[str, Json]:
    kinds = ("model", "tool", "retrieval", "agent", "http", "node", "other")
    return row(
        number,
        text,
        0,
        kind=kinds[number % len(kinds)],
        node_id=text,
        status="error" if number % 3 == 0 else "ok",
        error={"type": text, "message": text},
        model=text,
        provider=text,
        usage=usage(input_tokens=3, output_tokens=1),
        input_preview=text,
        output_preview=text,
        marks=[text],
    )


def hostile_span(of: dict[str, Json], text: str) -> dict[str, Json]:
    value = {text: text, "list": [text, {text: [text]}]}
    call = {"type": "tool_call", "id": text, "name": text, "arguments": value}
    parts = [text, {"type": "reasoning", "content": text}, call, {"type": text, "content": value}]
    data = b64encode(text.encode("utf-8", "replace")).decode()
    media = [
        {"type": "image", "mime_type": "image/png", "name": text, "content": data},
        {"type": "image", "mime_type": "image/svg+xml", "uri": text, "content": data},
        {"type": "file", "mime_type": text, "name": text, "uri": f"javascript:{text}"},
    ]
    return span(
        of,
        otel_kind=text,
        status_message=text,
        provider=text,
        attributes={text: text, "long": text * 40, "value": value, "url.full": f"https://a.example/{text}"},
        resource={text: text},
        scope={"name": text, "version": text},
        events=[{"name": "spanvas.retry", "time_unix_nano": str(START), "attributes": {"error.type": text}},
                {"name": text, "time_unix_nano": str(START + SECOND), "attributes": {text: text}},
                {"name": "exception", "time_unix_nano": str(START), "attributes": {"exception.stacktrace": text * 30}}],
        links=[{"trace_id": "f" * 32, "span_id": span_id(9), "attributes": value}],
        receipts={text: 1},
        marks=[text],
        cost={"nano_usd": 1, "lines": [{"what": text, "tokens": 1, "nano_usd": 1}]},
        content={
            "system_instructions": [{"type": "text", "content": text}],
            "input_messages": [message(text, *parts), message("user", f"**{text}**\n\n- {text}\n- {text}", *media),
                               message("tool", {"type": "tool_call_response", "id": text, "response": value})],
            "output_messages": [message("assistant", text, json.dumps(value), finish_reason=text)],
            "tool": {"name": text, "call_id": text, "arguments": value, "result": text},
            "tool_definitions": [value],
            "documents": [value],
            "query": text,
            "input": value,
            "output": text,
        },
    )  # fmt: skip


def hostile_files(words: list[str]) -> list[File]:
    table = io.StringIO()
    csv.writer(table).writerows(
        [["id", *words[:3]], *([str(at), text, text] for at, text in enumerate(words))]
    )
    listed = {text: [text, {text: text}] for text in words}
    files = [
        ("csv", "text/csv", table.getvalue()),
        ("tsv", "text/tab-separated-values", "a\tb\n" + "".join(f"{text!r}\t{text!r}\n" for text in words)),
        ("md", "text/markdown", "\n\n".join(words)),
        ("json", "application/json", json.dumps(listed)),
        ("txt", "text/plain", "\n".join(words)),
        ("bin", "text/x-strange", "\n".join(words)),
    ]  # fmt: skip
    groups = [words[at : at + PER_FILE] for at in range(0, len(words), PER_FILE)]
    files += [("html", "text/html", ENDS.join(group)) for group in groups]
    files += [
        ("svg", "image/svg+xml",
         f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{"".join(group)}</svg>')
        for group in groups
    ]  # fmt: skip
    return [
        File(f"file-{at}", f"{words[at % len(words)]}.{end}", kind, body.encode("utf-8", "replace"))
        for at, (end, kind, body) in enumerate(files)
    ]
