"""An agno agent under OpenInference: two runs of one session, the second one streamed."""

import story
from agno.agent import Agent
from agno.models.openai import OpenAIChat
from openinference.instrumentation.agno import AgnoInstrumentor

provider = story.provider()
AgnoInstrumentor().instrument(tracer_provider=provider)


def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


def clerk():
    model = OpenAIChat(id=story.MODEL, base_url=f"{story.URL}/v1", api_key="none")
    return Agent(
        name="Clerk",
        model=model,
        instructions=story.SYSTEM,
        tools=[lookup_parcel],
        session_id="sess-agno",
        user_id="u1",
        telemetry=False,
    )


assert clerk().run(story.QUESTIONS).content == story.ANSWER
for _ in clerk().run("And now 4711 and 4712?", stream=True):
    pass
provider.force_flush()
