"""Microsoft's agent framework: a run, a streamed one, a workflow of two agents, and a run that is refused."""

import asyncio

import story
from agent_framework import Agent, WorkflowBuilder
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatCompletionClient

provider = story.provider()
enable_instrumentation(enable_sensitive_data=True)


def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


def agent(name, **options):
    client = OpenAIChatCompletionClient(
        model=story.MODEL, base_url=f"{story.URL}/v1", api_key="none"
    )
    return Agent(client=client, name=name, instructions=story.SYSTEM, **options)


async def talk():
    clerk = agent("Clerk", tools=[lookup_parcel])
    assert (await clerk.run(story.QUESTIONS)).text == story.ANSWER
    async for _ in clerk.run(story.QUESTIONS, stream=True):
        pass
    workflow = (
        WorkflowBuilder(start_executor=clerk, name="Parcel desk")
        .add_edge(clerk, agent("Writer"))
        .build()
    )
    await workflow.run(story.QUESTIONS)


async def fail():
    await agent("Clerk", tools=[lookup_parcel]).run("FAIL401")


asyncio.run(talk())
story.refused(lambda: asyncio.run(fail()))
provider.force_flush()
