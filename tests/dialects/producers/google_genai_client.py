"""Google's client of Gemini under an instrumentation: functions that it calls by itself, a stream, a refusal."""

import os

import story
from google import genai
from google.genai import types

provider = story.provider()
if os.environ["STORY_INSTRUMENTATION"] == "opentelemetry":
    from opentelemetry.instrumentation.google_genai import (
        GoogleGenAiSdkInstrumentor as Instrumentor,
    )
else:
    from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor as Instrumentor
Instrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
client = genai.Client(api_key="none", http_options={"base_url": story.URL})
MODEL = "gemini-2.5-flash"


def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is."""
    return story.lookup_parcel(parcel_id)


def talk():
    config = types.GenerateContentConfig(
        system_instruction=story.SYSTEM, tools=[lookup_parcel], temperature=0.2
    )
    answer = client.models.generate_content(model=MODEL, contents=story.QUESTIONS, config=config)
    assert answer.text == story.ANSWER
    for _ in client.models.generate_content_stream(model=MODEL, contents="Hello"):
        pass
    story.refused(lambda: client.models.generate_content(model=MODEL, contents="FAIL401"))


story.desk(talk)
provider.force_flush()
