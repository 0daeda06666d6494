"""What an endpoint says of the spans of a request that it has taken, in protobuf.

Source: opentelemetry-proto, `collector/trace/v1/trace_service.proto`, ExportTraceServiceResponse.
"""

from __future__ import annotations

from spanvas.otlp.errors import MalformedError, TooManyError
from spanvas.otlp.wire import LEN, VARINT, WireReader


def partial_success(body: bytes) -> tuple[int, str]:
    """Returns how many spans were rejected, and the endpoint's message; 0 and an empty text for what cannot be read."""
    try:
        return _Response(body).partial_success()
    except (IndexError, MalformedError, TooManyError):
        return 0, ""


class _Response(WireReader):
    def partial_success(self) -> tuple[int, str]:
        i, end = 0, len(self.data)
        rejected, message = 0, ""
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == LEN:
                i, stop = self.length(i, end)
                rejected, message = self._said(i, stop)
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        return rejected, message

    def _said(self, i: int, end: int) -> tuple[int, str]:
        rejected, message = 0, ""
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == VARINT:
                rejected, i = self.varint(i)
            elif field == 2 and wire == LEN:
                i, stop = self.length(i, end)
                message = self.data[i:stop].decode("utf-8", "replace")
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        return rejected, message
