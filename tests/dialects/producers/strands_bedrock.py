"""A Strands agent over Bedrock's Converse, with the conventions that the environment opts in to."""

import os

import story
from strands import Agent, tool
from strands.models import BedrockModel

os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
provider = story.provider()


@tool
def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is.

    Args:
        parcel_id: Number of the parcel.
    """
    return {"status": "success", "content": [{"json": story.lookup_parcel(parcel_id)}]}


agent = Agent(
    model=BedrockModel(
        model_id=story.BEDROCK_MODEL,
        region_name="us-east-1",
        endpoint_url=story.URL,
        streaming=False,
    ),
    system_prompt=story.SYSTEM,
    tools=[lookup_parcel],
    name="parcels",
    callback_handler=None,
    trace_attributes={"session.id": "thread-7"},
)
agent(story.QUESTION)
provider.force_flush()
