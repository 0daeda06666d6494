"""The stand-ins themselves: the protocol, the answers' honesty about what they are, and that they repeat."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from executor.resources import HttpAnswer
from executor.transport import send
from standins import StandIns, start
from standins.services import find_articles
from standins.shapes import Reading, fill
from standins.writer import write_answer

ROOT = Path(__file__).parents[3]


def ask(running: StandIns, body: object, model: str = "amazon.nova-lite-v1:0") -> HttpAnswer:
    url = f"{running.bedrock_url}/model/{model}/converse"
    return send("POST", url, {}, json.dumps(body).encode(), 10)


def user(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"text": text}]}]}


def test_every_answer_says_that_it_comes_from_a_stand_in(running: StandIns) -> None:
    assert ask(running, user("Hello.")).headers["x-spanvas-stand-in"] == "bedrock-converse"
    for base in running.connections.values():
        answer = send("GET", f"{base}/nothing", {}, None, 10)
        assert answer.headers["x-spanvas-stand-in"] == "demo-services"
        assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "path", "status", "name"),
    [
        ({}, "/model/m/converse", 400, "ValidationException"),
        ({"messages": []}, "/model/m/converse", 400, "ValidationException"),
        ([1], "/model/m/converse", 400, "ValidationException"),
        ({}, "/model/m/invoke", 404, "UnknownOperationException"),
    ],
)
def test_errors_are_named_as_aws_names_them(
    running: StandIns, body: object, path: str, status: int, name: str
) -> None:
    answer = send("POST", f"{running.bedrock_url}{path}", {}, json.dumps(body).encode(), 10)
    assert answer.status == status
    assert answer.headers["x-amzn-errortype"] == name
    assert json.loads(answer.body)["message"]


def test_the_same_prompt_has_the_same_answer_and_usage(running: StandIns) -> None:
    first, second = (json.loads(ask(running, user("Tell me of lamps.")).body) for _ in range(2))
    assert first["output"] == second["output"]
    assert first["usage"] == second["usage"]


def test_usage_grows_with_the_text(running: StandIns) -> None:
    short = json.loads(ask(running, user("lamp " * 100)).body)["usage"]
    long = json.loads(ask(running, user("lamp " * 1_000)).body)["usage"]
    assert long["inputTokens"] > 5 * short["inputTokens"]
    assert short["totalTokens"] == short["inputTokens"] + short["outputTokens"]


def test_a_cache_point_is_written_first_and_read_afterwards() -> None:
    system = [{"text": "Be careful. " * 500}, {"cachePoint": {"type": "default"}}]
    with start(latency=0) as fresh:
        usages = [
            json.loads(ask(fresh, {**user(text), "system": system}).body)["usage"]
            for text in ("one", "two")
        ]
    assert usages[0]["cacheWriteInputTokens"] == usages[1]["cacheReadInputTokens"] == 1_364
    assert usages[0]["cacheReadInputTokens"] == usages[1]["cacheWriteInputTokens"] == 0


def test_a_short_prefix_is_not_cached(running: StandIns) -> None:
    system = [{"text": "Be careful."}, {"cachePoint": {"type": "default"}}]
    usage = json.loads(ask(running, {**user("one"), "system": system}).body)["usage"]
    assert "cacheReadInputTokens" not in usage


def test_latency_grows_with_the_answer_and_can_be_switched_off() -> None:
    with start(latency=0.1) as slow, start(latency=0) as quick:
        for running, least in ((slow, 2), (quick, 1)):
            latency = json.loads(ask(running, user("Tell me of lamps.")).body)["metrics"]
            assert latency["latencyMs"] >= least


def test_an_answer_longer_than_its_limit_is_cut() -> None:
    request = {**user("Lamps burn oil and give light. " * 40), "inferenceConfig": {"maxTokens": 5}}
    content, stop_reason = write_answer(request, "00")
    assert (len(content[0]["text"]), stop_reason) == (20, "max_tokens")


def test_a_tool_is_called_with_what_its_schema_asks_for() -> None:
    properties = {
        "number": {"type": "string", "pattern": "LH-[0-9]{5}"},
        "since": {"type": "string", "description": "the date, as YYYY-MM-DD"},
    }
    tool = {"name": "find", "inputSchema": {"json": {"properties": properties}}}
    request = user("<ticket>Order LH-20431 of 3 March 2026 has not come.</ticket>")
    request["toolConfig"] = {"tools": [{"toolSpec": tool}]}
    content, stop_reason = write_answer(request, "ab")
    assert stop_reason == "tool_use"
    assert content[1]["toolUse"] == {
        "toolUseId": "tooluse_ab",
        "name": "find",
        "input": {"number": "LH-20431", "since": "2026-03-03"},
    }


@pytest.mark.parametrize(
    ("description", "value"),
    [
        ("the date, as YYYY-MM-DD", "1887-03-14"),
        ("number of tons, or null", 1_210),
        ("number of crates, or null", None),
        ("number from 0 to 10", 6),
        ("the name after the word Captain, or null", "Le Goff"),
        ("the place after the word from, for or at, or null", "Harbour Grace"),
        ("the name after the word Pilot, or null", None),
        ("the name in quotation marks, or null", "Ocean Ranger"),
        ("the number, as in LH-000", "LH-204"),
        ("the number, as in AB-00", None),
        ("the words after tons of, or null", "dried cod"),
        ("the words after crates of, or null", None),
        ("brig | barquentine | other", "barquentine"),
        ("brig | barque | other", "other"),
        (7, 7),
        ({"nested": "the date, as YYYY-MM-DD"}, {"nested": "1887-03-14"}),
    ],
)
def test_a_shape_is_filled_with_what_the_text_says(description: Any, value: Any) -> None:
    text = (
        '14 March 1887. Arrived the barquentine "Ocean Ranger", Captain Le Goff, from Harbour '
        "Grace with 1,210 tons of dried cod in casks, marked LH-204."
    )
    assert fill(description, Reading(text, "", "0001")) == value


@pytest.mark.parametrize("description", ["a name", "the date, as YYYY-MM-DD", "in one sentence"])
def test_a_text_that_says_nothing_fills_nothing(description: str) -> None:
    assert fill(description, Reading("", "", "00")) is None


def test_articles_are_found_by_their_words_and_titles() -> None:
    assert [found["id"] for found in find_articles("lenses", 2)] == [
        "fresnel-lens",
        "light-characters",
    ]
    assert find_articles("submarines", 5) == []


def test_both_run_in_a_process_of_their_own_until_they_are_told_to_stop() -> None:
    command = [sys.executable, "-m", "standins", "--bedrock-port=0", "--services-port=0"]
    with subprocess.Popen(command, cwd=ROOT, env={}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, _, url = process.stdout.readline().strip().partition("=")
        connections = json.loads(process.stdout.readline().partition("=")[2])
        answer = send("GET", f"{connections['library']}/articles?q=fog&limit=1", {}, None, 10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert name == "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
    assert url.startswith("http://127.0.0.1:")
    assert json.loads(answer.body)["items"][0]["id"] == "fog-signals"


def test_a_port_that_is_taken_is_an_error_that_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            start(services_port=port)
        with pytest.raises(OSError, match="in use"):
            start(bedrock_port=port)
