"""OpenAI's client under opentelemetry-instrumentation-openai of OpenLLMetry."""

import story
from opentelemetry.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=story.provider())
story.openai_conversation()
