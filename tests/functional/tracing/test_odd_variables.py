"""A function whose OTEL_* variables cannot be read, or name what is not there, is traced all the same."""

from __future__ import annotations

import json

import pytest

from tests.functional.tracing.fresh_python import run
from tests.support.collector import collector

PROGRAM = """
import json, logging
logging.basicConfig()
import spanvas
with spanvas.workflow("triage", execution_id="e-1"):
    with spanvas.node("draft"):
        carrier = spanvas.inject({})
with spanvas.workflow("triage", execution_id="e-2"):
    pass
spanvas.flush(60_000)
print(json.dumps(sorted(carrier)))
"""
NONE_STORED = "WARNING:spanvas:SPANVAS_TABLE is not set: executions are not stored"
WHOLE = ["draft", "triage", "triage"]


def run_with(variables: dict[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Returns the names of the spans that arrived, what Spanvas said, and which headers are passed on."""
    with collector() as server:
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "SPANVAS_FLUSH_BUDGET_MS": "60000"}
        done = run(PROGRAM, SPANVAS_ENABLED="true", **{**endpoint, **variables})
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if ":spanvas:" in line]
    return (
        sorted(server.names()),
        [line for line in said if line != NONE_STORED],
        json.loads(done.stdout),
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "abc"},
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT='abc': expected a whole number",
        ),
        (
            {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "-1"},
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT='-1': expected a number that is 0 or above",
        ),
        ({"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": ""}, ""),
        ({"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "64"}, ""),
        ({"OTEL_SDK_DISABLED": "maybe"}, "OTEL_SDK_DISABLED='maybe': expected true or false"),
        ({"OTEL_PYTHON_TRACER_PROVIDER": "nope"}, ""),
        ({"OTEL_TRACES_SAMPLER": "nope"}, ""),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "a=b%20c,bad"},
            "OTEL_RESOURCE_ATTRIBUTES='bad': expected name=value pairs, separated by commas",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp,console"},
            "OTEL_TRACES_EXPORTER='console': only otlp and none are supported",
        ),
        (
            {"OTEL_PROPAGATORS": "b3"},
            "OTEL_PROPAGATORS: 'b3' is not passed on (LookupError: no package of the function brings it)",
        ),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "0"}, "OTEL_EXPORTER_OTLP_TIMEOUT='0': expected a number above 0"),
    ],
)  # fmt: skip
def test_its_spans_arrive_and_what_is_wrong_is_said_once(
    variables: dict[str, str], said: str
) -> None:
    assert run_with(variables) == (
        WHOLE,
        [f"WARNING:spanvas:{said}"] if said else [],
        ["baggage", "traceparent"],
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"OTEL_TRACES_EXPORTER": "none"}, ""),
        (
            {"OTEL_TRACES_EXPORTER": "console"},
            "OTEL_TRACES_EXPORTER='console': only otlp and none are supported",
        ),
    ],
)
def test_where_no_exporter_is_named_that_there_is_nothing_is_sent(
    variables: dict[str, str], said: str
) -> None:
    expected = [f"WARNING:spanvas:{said}"] if said else []
    assert run_with(variables) == ([], expected, ["baggage", "traceparent"])


@pytest.mark.parametrize("word", ["true", "TRUE"])
def test_an_sdk_that_is_switched_off_is_no_error(word: str) -> None:
    said = "WARNING:spanvas:tracing is off: OTEL_SDK_DISABLED is true"
    assert run_with({"OTEL_SDK_DISABLED": word}) == ([], [said], [])
