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
# Where several share a text, each comes after what might end the one before.
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


def hostile_run(
    words: list[str], execution_id: str = EXECUTION_ID, payloads_per_step: int = 1
) -> Stub:
    """
    0 workflow
      1..n one span a payload, the payload in every field of its row

    Each of the first, and of every `payloads_per_step`th after it, has so many payloads from its own on in every field
    of its detail and of its content.
    """
    files = hostile_files(words)
    owners = [row(0, words[0], kind="workflow", artifacts=[file.ref() for file in files])]
    rows = owners + [hostile_row(number, text) for number, text in enumerate(words, 1)]
    spans = [
        hostile_span(rows[at + 1], words[at : at + payloads_per_step])
        for at in range(0, len(words), payloads_per_step)
    ]
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


def hostile_span(of: dict[str, Json], texts: list[str]) -> dict[str, Json]:
    canary = f"canary {of['span_id']}"
    whole = ENDS.join(texts)
    each = {text: text for text in texts}
    value = {**each, "list": [*texts, {whole: [whole]}]}
    call = {"type": "tool_call", "id": whole, "name": whole, "arguments": value}
    parts = [*texts, *({"type": "reasoning", "content": text} for text in texts), call,
             {"type": whole, "content": value}]  # fmt: skip
    listed = "\n".join(f"**{text}**\n\n- {text}\n- {text}\n" for text in texts)
    data = b64encode(whole.encode("utf-8", "replace")).decode()
    media = [
        {"type": "image", "mime_type": "image/png", "name": whole, "content": data},
        {"type": "image", "mime_type": "image/svg+xml", "uri": whole, "content": data},
        {"type": "file", "mime_type": whole, "name": whole, "uri": f"javascript:{texts[0]}"},
    ]
    return span(
        of,
        otel_kind=whole,
        status_message=whole,
        provider=whole,
        attributes={"canary": canary, **each, "long": whole * 40, "value": value,
                    **{f"url.{at}": f"https://a.example/{text}" for at, text in enumerate(texts)}},
        resource=each,
        scope={"name": whole, "version": whole},
        events=[{"name": "spanvas.retry", "time_unix_nano": str(START), "attributes": {"error.type": whole}},
                *({"name": text, "time_unix_nano": str(START + SECOND), "attributes": each} for text in texts),
                {"name": "exception", "time_unix_nano": str(START),
                 "attributes": {"exception.stacktrace": whole * 30}}],
        links=[{"trace_id": "f" * 32, "span_id": span_id(9), "attributes": value}],
        receipts=dict.fromkeys(texts, 1),
        marks=texts,
        cost={"nano_usd": 1, "lines": [{"what": text, "tokens": 1, "nano_usd": 1} for text in texts]},
        content={
            "system_instructions": [{"type": "text", "content": text} for text in texts],
            "input_messages": [*(message(text, *parts) for text in texts), message("user", listed, *media),
                               message("tool", {"type": "tool_call_response", "id": whole, "response": value})],
            "output_messages": [message("assistant", *texts, json.dumps(value), finish_reason=whole)],
            "tool": {"name": whole, "call_id": whole, "arguments": value, "result": whole},
            "tool_definitions": [value],
            "documents": [value],
            "query": f"{canary} {whole}",
            "input": value,
            "output": whole,
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
