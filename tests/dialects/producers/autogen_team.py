"""A team of AutoGen's agents under OpenInference's instrumentations of AutoGen and of OpenAI's client."""

import asyncio

import story
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient
from openinference.instrumentation.autogen_agentchat import AutogenAgentChatInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = story.provider()
AutogenAgentChatInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)


async def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


async def talk():
    client = OpenAIChatCompletionClient(
        model=story.MODEL, base_url=f"{story.URL}/v1", api_key="none", max_retries=0
    )
    clerk = AssistantAgent(
        "Clerk",
        model_client=client,
        tools=[lookup_parcel],
        system_message=story.SYSTEM,
        reflect_on_tool_use=True,
    )
    team = RoundRobinGroupChat([clerk], termination_condition=MaxMessageTermination(2))
    result = await team.run(task=story.QUESTIONS)
    assert result.messages[-1].content == story.ANSWER, result
    await client.close()


asyncio.run(talk())
provider.force_flush()
