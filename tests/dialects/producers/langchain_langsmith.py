"""A LangGraph agent with LangSmith's own tracing, sent over OpenTelemetry alone."""

import os

os.environ |= {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_OTEL_ENABLED": "true",
    "LANGSMITH_OTEL_ONLY": "true",
    "LANGSMITH_API_KEY": "none",
    "LANGSMITH_ENDPOINT": os.environ["STORY_URL"],
    "LANGSMITH_PROJECT": "parcels",
}

import agent
import story
from langchain_core.tracers.langchain import wait_for_all_tracers

provider = story.provider()
agent.run()
wait_for_all_tracers()
provider.force_flush()
