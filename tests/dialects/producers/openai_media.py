"""OpenAI's client under OpenInference with pictures, audio and a file, by both of its APIs, and three calls at once."""

import asyncio

import story
from openai import AsyncOpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = story.provider()
OpenAIInstrumentor().instrument(tracer_provider=provider)
PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PARTS = [
    {"type": "text", "text": "What is in these?"},
    {"type": "image_url", "image_url": {"url": PIXEL}},
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    {
        "type": "file",
        "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQ="},
    },
]
SEEN = [{"type": "input_text", "text": "And this?"}, {"type": "input_image", "image_url": PIXEL}]


async def talk():
    client = AsyncOpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)

    def chat(content):
        messages = [{"role": "user", "content": content}]
        return client.chat.completions.create(model=story.MODEL, messages=messages)

    await chat(PARTS)
    await client.responses.create(
        model=story.MODEL, input=[{"role": "user", "content": SEEN}], reasoning={"effort": "low"}
    )
    await asyncio.gather(*(chat(f"n{number}") for number in range(3)))


story.desk(lambda: asyncio.run(talk()), "media desk")
provider.force_flush()
