"""Functions that bring instrumentations in their package and have not a word of tracing; run in sandboxes only."""

import boto3

MODEL = "amazon.nova-lite-v1:0"
SYSTEM = "You answer questions about parcels."

bedrock = boto3.client("bedrock-runtime")


def converse(event, _context):
    answer = bedrock.converse(
        modelId=MODEL,
        system=[{"text": SYSTEM}],
        messages=[{"role": "user", "content": [{"text": event["question"]}]}],
        inferenceConfig={"temperature": 0.2, "maxTokens": 200},
    )
    return answer["output"]["message"]["content"][0]["text"]


def chain(event, _context):
    from langchain_aws import ChatBedrockConverse
    from langchain_core.prompts import ChatPromptTemplate

    prompt = ChatPromptTemplate.from_messages([("system", SYSTEM), ("user", "{question}")])
    model = ChatBedrockConverse(model=MODEL, client=bedrock, provider="amazon", temperature=0.2)
    return (prompt | model).invoke({"question": event["question"]}).content


def own_provider(event, context):
    """Sets up OpenTelemetry itself, as a function does that was traced before."""
    from opentelemetry import trace

    with trace.get_tracer("mine").start_as_current_span("mine"):
        return converse(event, context)


def instrument():
    from opentelemetry import trace
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
    from opentelemetry.sdk.trace import TracerProvider

    trace.set_tracer_provider(TracerProvider())
    BotocoreInstrumentor().instrument()
