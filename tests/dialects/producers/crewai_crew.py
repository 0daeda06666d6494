"""A crew of CrewAI with two agents, under OpenInference's instrumentations of CrewAI and of OpenAI's client."""

import os

os.environ |= {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_TESTING": "true",
}

import story
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = story.provider()
CrewAIInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
OpenAIInstrumentor().instrument(tracer_provider=provider)


@tool("lookup_parcel")
def lookup_parcel(parcel_id: str) -> str:
    """Where a parcel is."""
    return story.looked_up(parcel_id)


def agent(role, **options):
    llm = LLM(model=f"openai/{story.MODEL}", base_url=f"{story.URL}/v1", api_key="none")
    return Agent(role=role, goal="Answer", backstory=story.SYSTEM, llm=llm, **options)


clerk, writer = agent("Parcel clerk", tools=[lookup_parcel]), agent("Writer")
tasks = [
    Task(description=story.QUESTIONS, expected_output="A city", agent=clerk),
    Task(description="Write the notice.", expected_output="A notice", agent=writer),
]
crew = Crew(name="Parcel crew", agents=[clerk, writer], tasks=tasks, tracing=False)
assert story.ANSWER in crew.kickoff().raw
provider.force_flush()
