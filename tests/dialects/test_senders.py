"""Real packages run against model APIs on loopback, and what they send is read as that of the captured requests.

Two run at a time. Needs `.venv-dialects`, `.venv-agents`, `.venv-agentcore`, `.venv-frameworks`, `.venv-java` and the
packages of tests/dialects/node_agents: `make test-dialects`. The jars of tests/dialects/java come from Maven Central,
or a mirror of it; where they cannot be had, that program is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.dialects.live import ROOT, java_bodies, node_bodies, python_bodies
from tests.support.otlp_requests import cut_to_spans
from tests.support.received_runs import Run, runs_of
from tests.support.sender_checks import CHECKS, FOLDER, differences, expectation
from tools.maven_jars import JarsUnavailableError

AT_ONCE: Final = 2
OPENINFERENCE: Final = {"STORY_INSTRUMENTATION": "openinference"}
TRACELOOP: Final = {"STORY_INSTRUMENTATION": "traceloop"}
OPENTELEMETRY: Final = {
    "STORY_INSTRUMENTATION": "opentelemetry",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_AND_EVENT",
}


@dataclass(frozen=True)
class Program:
    """A producer, the environment in which it runs, and what a run of it says otherwise than the captured one."""

    fixture: str
    environment: str
    producer: str
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    otherwise: Mapping[int, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def bodies(self) -> list[bytes]:
        if self.environment == "node":
            script = Path(__file__).parent / "node_agents" / f"{self.producer}.mjs"
            return node_bodies(script, self.variables)
        if self.environment == "java":
            return java_bodies(self.producer, self.variables)
        python = ROOT / f".venv-{self.environment}" / "bin" / "python"
        return python_bodies(self.producer, self.variables, python)

    def expected(self) -> dict[str, Any]:
        whole = expectation(self.fixture)
        executions = [
            {**one, **self.otherwise.get(number, {})}
            for number, one in enumerate(whole["executions"])
        ]
        return {**whole, "executions": executions}


PROGRAMS: Final = (
    Program("lg-oi", "dialects", "langgraph_interrupts"),
    Program("media-oi", "agents", "openai_media"),
    Program("langfuse", "agents", "langfuse_sdk"),
    Program("anth-tl", "agents", "anthropic_client", TRACELOOP),
    Program("anth-oi", "agents", "anthropic_client", OPENINFERENCE),
    Program("agents-oi-resp", "agents", "openai_agents_run", OPENINFERENCE),
    Program("agents-tl-resp", "agents", "openai_agents_run", TRACELOOP),
    Program("agno", "agents", "agno_agent"),
    Program("smol", "agents", "smolagents_agent"),
    Program("laminar-openai", "agents", "laminar_sdk"),
    Program("gem-oi", "agents", "google_genai_client", OPENINFERENCE),
    Program("gem-otel-new", "agents", "google_genai_client", OPENTELEMETRY),
    Program("maf", "agents", "agent_framework_run", otherwise={3: {"workflow": "Parcel desk"}}),
    Program("mcp", "agents", "mcp_tools"),
    Program("braintrust", "agents", "braintrust_otel"),
    Program("agentcore", "agentcore", "agentcore_strands"),
    Program("livekit", "agents", "livekit_agent"),
    Program("crewai", "frameworks", "crewai_crew"),
    Program("litellm-own", "frameworks", "litellm_callback"),
    Program("litellm-async", "frameworks", "litellm_callback", {"STORY_ASYNC": "1"}),
    Program("sk", "frameworks", "semantic_kernel_agent"),
    Program("dspy", "frameworks", "dspy_program"),
    Program("traceloop", "frameworks", "traceloop_program"),
    Program("mcp-tl", "frameworks", "mcp_traceloop"),
    Program("llama-index", "frameworks", "llama_index_agent"),
    Program("haystack", "frameworks", "haystack_pipeline"),
    Program("autogen", "frameworks", "autogen_team"),
    Program("mastra", "node", "mastra"),
    Program("genkit", "node", "genkit"),
    Program("springai", "java", "ParcelDesk"),
)
Bodies = Mapping[Program, "Future[list[bytes]]"]


@pytest.fixture(scope="module")
def bodies(request: pytest.FixtureRequest) -> Iterator[Bodies]:
    """What the programs of the selected tests send; those that were not begun when the tests end are not run."""
    selected: list[Any] = [
        item.callspec.params["program"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == Path(__file__)
    ]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield {program: pool.submit(program.bodies) for program in selected}
    finally:
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.fixture)
def test_what_a_package_sends_is_read_as_the_captured_request_is(
    bodies: Bodies, program: Program
) -> None:
    try:
        sent = bodies[program].result()
    except JarsUnavailableError as error:
        pytest.skip(str(error))
    found = wrong(runs_of(*sent), program.expected())
    captured = (FOLDER / f"{program.fixture}.pb").read_bytes()

    if found:  # what is wrong of captured requests is what tests/functional/senders says
        known = wrong(runs_of(*cut_to_spans(captured)), expectation(program.fixture))
        found = {asked: said for asked, said in found.items() if asked not in known}
    assert found == {}


def wrong(runs: list[Run], expected: dict[str, Any]) -> dict[str, list[str]]:
    said = {asked: differences(asked, runs, expected) for asked in CHECKS}
    return {asked: differing for asked, differing in said.items() if differing}
