"""OpenAI's client under openinference-instrumentation-openai."""

import story
from openinference.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=story.provider())
story.openai_conversation()
