"""A session of LiveKit's agents in text, without a room: two tools at once, a stream, a refusal."""

import asyncio

import story
from livekit.agents import Agent, AgentSession, function_tool, telemetry
from livekit.plugins import openai

provider = story.provider()
telemetry.set_tracer_provider(provider)


class Clerk(Agent):
    def __init__(self):
        super().__init__(instructions=story.SYSTEM)

    @function_tool
    async def lookup_parcel(self, parcel_id: str) -> str:
        """Where a parcel is."""
        return story.looked_up(parcel_id)


async def talk():
    llm = openai.LLM(model=story.MODEL, base_url=f"{story.URL}/v1", api_key="none", max_retries=0)
    async with AgentSession(llm=llm) as session:
        await session.start(Clerk())
        await session.run(user_input=story.QUESTIONS)


asyncio.run(talk())
provider.force_flush()
