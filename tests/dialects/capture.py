"""Keeps what a producer sends as a fixture: `python -m tests.dialects.capture NAME PRODUCER [--python P] [VAR=value]`.

What tells of the machine is left out: resources, places in the code, ports, paths. Everything else is as it was sent.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.dialects.live import NODE, PYTHON, node_bodies, python_bodies
from tests.support.captured import FOLDER

MACHINE: Final = (
    "code.", "server.port", "langsmith.metadata.LANGSMITH_", "gen_ai.openai.api_base", "llm.headers", "host.",
    "process.", "logfire.json_schema",
)  # fmt: skip
PORT: Final = re.compile(r"127\.0\.0\.1:\d+")
PATH: Final = re.compile(
    r"/[\w./~-]*?/(?=lib/python3|tests/dialects/)|file:///[\w./~-]*?/(?=node_modules/)"
)


def cleaned(bodies: list[bytes]) -> bytes:
    """One request with all spans, without what tells of the machine."""
    whole = ExportTraceServiceRequest()
    for body in bodies:
        whole.MergeFromString(body)
    for resource_spans in whole.resource_spans:
        del resource_spans.resource.attributes[:]
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                kept = [pair for pair in span.attributes if not pair.key.startswith(MACHINE)]
                del span.attributes[:]
                span.attributes.extend(kept)
                for pair in (*span.attributes, *(p for e in span.events for p in e.attributes)):
                    if pair.value.HasField("string_value"):
                        pair.value.string_value = _anywhere(pair.value.string_value)
                span.status.message = _anywhere(span.status.message)
    return whole.SerializeToString(deterministic=True)


def _anywhere(text: str) -> str:
    """A text as any machine would have sent it."""
    return PATH.sub("/srv/", PORT.sub("127.0.0.1:8080", text))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.dialects.capture", description=__doc__)
    parser.add_argument("name", help="of the fixture, without .pb")
    parser.add_argument("producer", help="of tests/dialects/producers, or the path of a program")
    parser.add_argument("--python", type=Path, default=PYTHON)
    parser.add_argument("--node", default=NODE, nargs="+")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("variables", nargs="*", metavar="VAR=value")
    options = parser.parse_args(arguments)
    environment = dict(variable.split("=", 1) for variable in options.variables)
    if options.producer.endswith(".mjs"):
        bodies = node_bodies(Path(options.producer), environment, options.node)
    else:
        bodies = python_bodies(options.producer, environment, options.python)
    data = cleaned(bodies)
    (options.folder / f"{options.name}.pb").write_bytes(data)
    print(f"{options.name}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
