"""A pipeline of Haystack: a retriever, a prompt, a model; and its agent, under OpenInference."""

import story
from haystack import Document, Pipeline
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.tools import create_tool_from_function
from haystack.utils import Secret
from openinference.instrumentation.haystack import HaystackInstrumentor

provider = story.provider()
HaystackInstrumentor().instrument(tracer_provider=provider)


def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


def generator():
    return OpenAIChatGenerator(
        api_key=Secret.from_token("none"),
        model=story.MODEL,
        api_base_url=f"{story.URL}/v1",
        max_retries=0,
    )


store = InMemoryDocumentStore()
store.write_documents([Document(id="a", content="Parcel 4711 is in Lyon.")])
pipeline = Pipeline()
pipeline.add_component("retriever", InMemoryBM25Retriever(store))
template = [ChatMessage.from_user("{{documents[0].content}} {{question}}")]
pipeline.add_component("prompt", ChatPromptBuilder(template, required_variables="*"))
pipeline.add_component("model", generator())
pipeline.connect("retriever", "prompt.documents")
pipeline.connect("prompt", "model.messages")
pipeline.run({"retriever": {"query": "Lyon"}, "prompt": {"question": story.QUESTION}})

agent = Agent(
    chat_generator=generator(),
    system_prompt=story.SYSTEM,
    tools=[create_tool_from_function(lookup_parcel)],
)
answer = agent.run(messages=[ChatMessage.from_user(story.QUESTIONS)])
assert answer["last_message"].text == story.ANSWER
story.refused(lambda: agent.run(messages=[ChatMessage.from_user("FAIL401")]))
provider.force_flush()
