"""A root with a wrong clock, through the ingest and the API, in any order of arrival."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.support.builders import SECOND, T0
from tests.support.otlp_requests import make_proto_span, make_request
from tests.support.received_runs import runs_of


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (T0 // 1_000_000, T0 // 1_000_000 + 1000),
        (T0 // SECOND, T0 // SECOND + 1),
        (12_345 * SECOND, 12_346 * SECOND),
        (T0 + 1_000_000_000 * SECOND, T0 + 1_000_000_001 * SECOND),
        (T0, T0 + 1_000_000_000 * SECOND),
    ],
    ids=["milliseconds", "seconds", "monotonic", "of 2058", "ends in 2058"],
)
def test_a_root_with_a_wrong_clock_does_not_move_the_end_of_its_run(start: int, end: int) -> None:
    requests = [
        make_request(
            make_proto_span("root", start_time_unix_nano=start, end_time_unix_nano=end)
        ).SerializeToString(),
        make_request(make_proto_span("draft", "root")).SerializeToString(),
        make_request(make_proto_span("write", "root", start=2)).SerializeToString(),
    ]
    found = set()
    for bodies in permutations(requests):
        (run,) = runs_of(*bodies)
        times = run.summary["started_at_unix_nano"], run.summary["ended_at_unix_nano"]
        found.add((run.summary["status"], *times))
    assert found == {("succeeded", str(T0), str(T0 + 3 * SECOND))}
