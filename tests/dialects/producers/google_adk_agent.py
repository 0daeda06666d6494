"""A Google ADK agent over a scripted model. Its fixtures were captured with this in an environment of its own, since
google-adk does not install beside the other libraries."""

import asyncio

import story
from google.adk.agents import LlmAgent
from google.adk.models.base_llm import BaseLlm
from google.adk.models.llm_response import LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

story.provider()


class Scripted(BaseLlm):
    async def generate_content_async(self, llm_request, stream=False):
        is_second = any(
            part.function_response for content in llm_request.contents for part in content.parts
        )
        part = types.Part(
            function_call=types.FunctionCall(
                id="call_parcel_1", name="lookup_parcel", args={"parcel_id": "4711"}
            )
        )
        counts = {
            "prompt_token_count": 812,
            "candidates_token_count": 16,
            "thoughts_token_count": 8,
            "cached_content_token_count": 512,
            "total_token_count": 836,
        }
        if is_second:
            part = types.Part(text="Parcel 4711 is in Lyon, on its way to you.")
            counts = {
                "prompt_token_count": 870,
                "candidates_token_count": 31,
                "cached_content_token_count": 768,
                "total_token_count": 901,
            }
        yield LlmResponse(
            content=types.Content(role="model", parts=[part]),
            usage_metadata=types.GenerateContentResponseUsageMetadata(**counts),
            finish_reason=types.FinishReason.STOP,
            model_version="gemini-2.5-flash",
        )


def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is."""
    return story.lookup_parcel(parcel_id)


async def main() -> None:
    agent = LlmAgent(
        name="parcels",
        model=Scripted(model="gemini-2.5-flash"),
        instruction=story.SYSTEM,
        tools=[lookup_parcel],
    )
    runner = InMemoryRunner(agent=agent, app_name="parcels")
    await runner.session_service.create_session(
        app_name="parcels", user_id="ada", session_id="thread-7"
    )
    question = types.Content(role="user", parts=[types.Part(text=story.QUESTION)])
    async for _ in runner.run_async(user_id="ada", session_id="thread-7", new_message=question):
        pass


asyncio.run(main())
