"""boto3's Bedrock runtime under opentelemetry-instrumentation-botocore: Converse, and InvokeModel of Anthropic."""

import json
import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"

import story
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

BotocoreInstrumentor().instrument(tracer_provider=story.provider())
client = story.bedrock_client()
tool = {
    "toolSpec": {
        "name": "lookup_parcel",
        "description": story.DESCRIPTION,
        "inputSchema": {"json": story.SCHEMA},
    }
}
asked = {
    "modelId": story.BEDROCK_MODEL,
    "system": [{"text": story.SYSTEM}],
    "toolConfig": {"tools": [tool]},
}
messages = [{"role": "user", "content": [{"text": story.QUESTION}]}]
first = client.converse(messages=messages, **asked)["output"]["message"]
use = first["content"][0]["toolUse"]
result = {
    "toolUseId": use["toolUseId"],
    "content": [{"json": story.lookup_parcel(**use["input"])}],
}
messages += [first, {"role": "user", "content": [{"toolResult": result}]}]
client.converse(messages=messages, **asked)

body = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 200,
    "system": story.SYSTEM,
    "messages": [{"role": "user", "content": story.QUESTION}],
    "tools": [
        {
            "name": "lookup_parcel",
            "description": story.DESCRIPTION,
            "input_schema": story.SCHEMA,
        }
    ],
}
client.invoke_model(modelId=story.BEDROCK_MODEL, body=json.dumps(body))["body"].read()
