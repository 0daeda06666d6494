"""An agent of Semantic Kernel with its own spans: a run, and a streamed one."""

import asyncio
import os

os.environ |= {"SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE": "true"}

import story
from openai import AsyncOpenAI
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.functions import kernel_function

provider = story.provider()


class Parcels:
    @kernel_function(name="lookup_parcel", description=story.DESCRIPTION)
    def lookup_parcel(self, parcel_id: str) -> str:
        return story.looked_up(parcel_id)


async def talk():
    client = AsyncOpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)
    service = OpenAIChatCompletion(ai_model_id=story.MODEL, async_client=client)
    kernel = Kernel()
    kernel.add_plugin(Parcels(), plugin_name="P")
    agent = ChatCompletionAgent(
        service=service,
        name="Clerk",
        instructions=story.SYSTEM,
        kernel=kernel,
        function_choice_behavior=FunctionChoiceBehavior.Auto(),
    )
    assert str(await agent.get_response(messages=story.QUESTIONS)) == story.ANSWER
    async for _ in agent.invoke_stream(messages=story.QUESTIONS):
        pass


asyncio.run(talk())
provider.force_flush()
