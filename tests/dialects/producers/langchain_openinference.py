"""A LangGraph agent under openinference-instrumentation-langchain."""

import agent
import story
from openinference.instrumentation.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument(tracer_provider=story.provider())
agent.run()
