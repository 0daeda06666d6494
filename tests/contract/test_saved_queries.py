"""The queries that the template saves in Logs Insights ask for fields that are logged, in log groups that have them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_from_template import ROOT, deployed_stack

DOCUMENT = (ROOT / "docs" / "how-to" / "watch-it.md").read_text("utf-8")
QUERIES = deployed_stack().logical_ids("AWS::Logs::QueryDefinition")
OF_THE_GATEWAY = {"RouteLatencyQuery", "RefusedCallsQuery"}
WORDS = {
    *("and", "as", "asc", "by", "desc", "fields", "filter", "in", "ispresent", "like", "limit", "not", "or"),
    *("parse", "sort", "stats"),
    *("concat", "count", "count_distinct", "latest", "max", "pct", "strcontains", "sum"),
}  # fmt: skip
OF_INSIGHTS = {"@log", "@timestamp"}
OF_POWERTOOLS = {"level", "location", "message", "timestamp", "service", "cold_start"}
"""Keys that Logger writes into every line. Source: Powertools for AWS Lambda (Python), "Logger"."""
OF_LOG_FIELDS = {"trace_id", "span_id", "execution_id"}
OF_REPORTS = {
    "type",
    *(f"record.{name}" for name in ("requestId", "status", "errorType")),
    *(
        f"record.metrics.{name}"
        for name in (
            *("billedDurationMs", "durationMs", "initDurationMs", "maxMemoryUsedMB", "memorySizeMB"),
            "restoreDurationMs",
        )
    ),
}  # fmt: skip
"""Of Lambda's own lines in JSON. Source: Lambda's developer guide, "Lambda Telemetry API Event schema reference",
platform.report."""


def properties(query: str, **parameters: str) -> dict[str, Any]:
    return deployed_stack(**parameters).properties(query)


def fields_in(query: str) -> set[str]:
    """Names in a query that are neither its texts, its commands and functions nor what it names itself."""
    bare = re.sub(r'"[^"]*"', " ", query)
    own = set(re.findall(r"\bas (\w+)", bare)) | set(re.findall(r"\?<(\w+)>", bare))
    bare = re.sub(r"/\^.*?\$/", " ", bare)
    names = set(re.findall(r"@?[A-Za-z_][\w.]*", bare))
    return names - own - WORDS


def keys_of_calls() -> set[str]:
    """Keys that the functions give to their loggers: arguments, and what is in a dict of the same function."""
    found: set[str] = set()
    for path in [*(ROOT / "functions").rglob("*.py")]:
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= set(keys_of(function))
    return found


def keys_of(function: ast.FunctionDef) -> Iterator[str]:
    calls = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger.")
    ]
    for call in calls:
        yield from (keyword.arg for keyword in call.keywords if keyword.arg)
    if calls:
        for node in ast.walk(function):
            if isinstance(node, ast.Dict):
                yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))


def keys_of_the_gateway() -> set[str]:
    (stage,) = deployed_stack().logical_ids("AWS::ApiGatewayV2::Stage")
    written = deployed_stack().properties(stage)["AccessLogSettings"]["Format"]
    return set(json.loads(written))


def messages() -> set[str]:
    """The first argument of each line that a function logs, with what stands in place of a word."""
    found: set[str] = set()
    for path in Path(ROOT / "functions").rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r"logger\.\w+\(\s*f?\"([^\"]+)\"", text))
    return found


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("page", ["true", "false"])
def test_a_query_asks_for_what_is_logged(query: str, page: str) -> None:
    known = (
        keys_of_the_gateway()
        if query in OF_THE_GATEWAY
        else OF_POWERTOOLS | OF_LOG_FIELDS | OF_REPORTS | keys_of_calls() | {"cause.error_type"}
    )
    asked = fields_in(properties(query, Page=page)["QueryString"])
    assert asked
    assert asked - OF_INSIGHTS - known == set()


def test_a_field_that_nobody_logs_would_be_found() -> None:
    query = 'filter level = "ERROR" | stats count(*) as errors by execution_key'
    assert fields_in(query) == {"level", "execution_key"}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_log_groups_of_the_stack(query: str) -> None:
    groups = set(properties(query)["LogGroupNames"])
    stack = deployed_stack()
    known = {stack.ref(name) for name in stack.logical_ids("AWS::Logs::LogGroup")}
    assert groups <= known
    assert (stack.ref("AccessLogGroup") in groups) == (query in OF_THE_GATEWAY)


@pytest.mark.parametrize("suffix", ["", ":*"])
def test_the_gateway_s_lines_are_asked_where_they_go(suffix: str) -> None:
    group = f"arn:aws:logs:us-east-1:123456789012:log-group:/all/apis{suffix}"
    for query in OF_THE_GATEWAY:
        assert properties(query, AccessLogGroupArn=group)["LogGroupNames"] == ["/all/apis"]


def test_messages_that_a_query_names_are_logged() -> None:
    named = set(re.findall(r'"([a-z ]+)"', properties("UnfinishedWorkQuery")["QueryString"]))
    assert len(named) == 5
    logged = {re.sub(r"\{word\}", word, text) for text in messages() for word in ("purged", "held")}
    assert named <= logged


def test_lines_lead_to_the_tab_where_there_is_one() -> None:
    query = "ExecutionLinesQuery"
    assert (
        'concat("https://d111111abcdef8.cloudfront.net/?execution=", execution_id, "&span=", span_id)'
        in properties(query)["QueryString"]
    )
    own = properties(query, SiteDomain="canvas.example.com", SiteCertificateArn="arn:x")
    assert '"https://canvas.example.com/?execution="' in own["QueryString"]
    assert "https://" not in properties(query, Page="false")["QueryString"]


def test_every_saved_query_is_in_the_document() -> None:
    names = {properties(query)["Name"] for query in QUERIES}
    assert len(names) == len(QUERIES) == 8
    for name in names:
        folder, _, title = name.partition("/")
        assert folder == "spanvas"
        assert f"| *{title}* |" in DOCUMENT
