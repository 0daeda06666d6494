"""A Pydantic AI agent with its own instrumentation, in the version that the environment names."""

import os

import story
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

client = AsyncOpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)
version = os.environ.get("STORY_VERSION")
settings = InstrumentationSettings(
    tracer_provider=story.provider(), **({"version": int(version)} if version else {})
)
Agent.instrument_all(settings)
agent = Agent(
    OpenAIChatModel(story.MODEL, provider=OpenAIProvider(openai_client=client)),
    system_prompt=story.SYSTEM,
    name="parcels",
)


@agent.tool_plain
def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is."""
    return story.lookup_parcel(parcel_id)


agent.run_sync(story.QUESTION)
