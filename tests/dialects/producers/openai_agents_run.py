"""OpenAI's agents: a handoff, two tools at once, a streamed run, and one that is refused; under an instrumentation."""

import asyncio
import os

import story
from agents import (
    Agent,
    Runner,
    function_tool,
    set_default_openai_client,
    set_trace_processors,
    set_tracing_disabled,
    trace,
)
from openai import AsyncOpenAI

set_trace_processors([])
provider = story.provider()
if os.environ["STORY_INSTRUMENTATION"] == "traceloop":
    from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor
else:
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
set_tracing_disabled(False)
client = AsyncOpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)
set_default_openai_client(client, use_for_tracing=False)


@function_tool
def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is."""
    return story.lookup_parcel(parcel_id)


clerk = Agent(name="Clerk", model=story.MODEL, instructions=story.SYSTEM, tools=[lookup_parcel])
triage = Agent(name="Triage", model=story.MODEL, instructions="Hand over.", handoffs=[clerk])


async def talk():
    with trace("Parcel desk"):
        run = Runner.run_streamed(triage, story.QUESTIONS)
        async for _ in run.stream_events():
            pass
        assert run.final_output == story.ANSWER, run.final_output


async def fail():
    with trace("Parcel desk"):
        await Runner.run(clerk, "FAIL401")


with asyncio.Runner() as loop:
    loop.run(talk())
    story.refused(lambda: loop.run(fail()))
provider.force_flush()
