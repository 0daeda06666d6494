"""An agent of LlamaIndex, streamed, and a retriever, under OpenInference."""

import asyncio

import story
from llama_index.core import Document, SummaryIndex
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

provider = story.provider()
LlamaIndexInstrumentor().instrument(tracer_provider=provider)


def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


async def talk():
    llm = OpenAI(
        model=story.MODEL,
        api_base=f"{story.URL}/v1",
        api_key="none",
        max_retries=0,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    agent = FunctionAgent(name="Clerk", tools=[lookup_parcel], llm=llm, system_prompt=story.SYSTEM)
    assert str(await agent.run(story.QUESTIONS)) == story.ANSWER
    documents = [Document(text="Parcel 4711 is in Lyon.", doc_id="a")]
    await SummaryIndex.from_documents(documents).as_retriever().aretrieve("Lyon")


asyncio.run(talk())
provider.force_flush()
