"""A smolagents agent under OpenInference."""

import story
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIModel, ToolCallingAgent, tool

provider = story.provider()
SmolagentsInstrumentor().instrument(tracer_provider=provider)


@tool
def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is.

    Args:
        parcel_id: Number of the parcel.
    """
    return story.looked_up(parcel_id)


model = OpenAIModel(model_id=story.MODEL, api_base=f"{story.URL}/v1", api_key="none")
agent = ToolCallingAgent(tools=[lookup_parcel], model=model, verbosity_level=0)
assert agent.run(story.QUESTIONS) == story.ANSWER
provider.force_flush()
