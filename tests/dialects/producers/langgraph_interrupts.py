"""A graph of LangGraph that asks a person, under OpenInference: waiting, resumed, refused, and two more that wait."""

import story
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command, interrupt
from openinference.instrumentation.langchain import LangChainInstrumentor

provider = story.provider()
LangChainInstrumentor().instrument(tracer_provider=provider)
model = ChatOpenAI(
    model=story.MODEL,
    base_url=f"{story.URL}/v1",
    api_key="none",
    max_retries=0,
    streaming=True,
    stream_usage=True,
)


def draft(state):
    return {"messages": [model.invoke(state["messages"])]}


def approve(state):
    interrupt({"draft": state["messages"][-1].content})
    return {"messages": []}


graph = (
    StateGraph(MessagesState)
    .add_node(draft)
    .add_node(approve)
    .add_edge(START, "draft")
    .add_edge("draft", "approve")
    .add_edge("approve", END)
    .compile(checkpointer=InMemorySaver(), name="notices")
)


def run(thread, given):
    graph.invoke(given, {"configurable": {"thread_id": f"lg-oi-{thread}"}})


def asking(text):
    return {"messages": [{"role": "user", "content": text}]}


run("thread", asking("Write the notice"))
run("thread", Command(resume=True))
story.refused(lambda: run("thread", asking("FAIL401")))
run("p1", asking("Hello"))
run("p2", asking("Hello"))
provider.force_flush()
