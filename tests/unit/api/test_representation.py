from __future__ import annotations

from spanvas.model.row import Row

UNPACKED = (
    "span_id",
    "parent_span_id",
    "name",
    "kind",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "status",
    "node_id",
    "error_type",
    "error_message",
    "model",
    "provider",
    "usage",
    "cost_nano_usd",
    "input_preview",
    "output_preview",
    "attempt",
    "artifacts",
)


def test_rows_are_unpacked_in_the_order_of_their_fields() -> None:
    """`representation.row_bodies` unpacks rows by position, for speed."""
    assert Row._fields[: len(UNPACKED)] == UNPACKED
