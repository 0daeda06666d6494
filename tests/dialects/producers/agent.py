"""A LangGraph agent over OpenAI's API; which instrumentation it runs under is the caller's choice."""

import json

import story
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return json.dumps(story.lookup_parcel(parcel_id))


def run() -> None:
    model = ChatOpenAI(model=story.MODEL, base_url=f"{story.URL}/v1", api_key="none", max_retries=0)
    model = model.bind_tools([lookup_parcel])

    def agent(state: MessagesState) -> dict:
        return {"messages": [model.invoke([("system", story.SYSTEM), *state["messages"]])]}

    graph = StateGraph(MessagesState)
    graph.add_node("agent", agent)
    graph.add_node("tools", ToolNode([lookup_parcel]))
    graph.add_edge(START, "agent")
    graph.add_conditional_edges("agent", tools_condition)
    graph.add_edge("tools", "agent")
    graph.compile(name="parcels").invoke(
        {"messages": [("user", story.QUESTION)]}, {"configurable": {"thread_id": "thread-7"}}
    )
