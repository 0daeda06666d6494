"""A LangGraph agent under opentelemetry-instrumentation-langchain of OpenLLMetry."""

import agent
import story
from opentelemetry.instrumentation.langchain import LangchainInstrumentor

LangchainInstrumentor().instrument(tracer_provider=story.provider())
agent.run()
