"""What the cases of the OTLP specification send and look for."""

from __future__ import annotations

import orjson
import pytest

from tests.functional.otlp.client import JSON, PROTOBUF, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.otlp_requests import TRACE, as_json, make_proto_span, make_request

GOOD = make_request(make_proto_span("a"), make_proto_span("b", parent="a"))
BINARY = GOOD.SerializeToString()
TEXT = orjson.dumps(as_json(GOOD))
BOTH = pytest.mark.parametrize(("content_type", "body"), [(PROTOBUF, BINARY), (JSON, TEXT)])


def kept(store: AuditedStore, execution_id: str = TRACE, tenant: str = "acme") -> list[str]:
    trace = store.read_trace(tenant, execution_id)
    return sorted(row.name for row in trace.rows) if trace else []


def assert_refused(reply: Reply, status: int, code: int, media_type: str = PROTOBUF) -> str:
    assert (reply.status, reply.headers["Content-Type"]) == (status, media_type)
    found, message = reply.refusal
    assert found == code
    assert message
    return message
