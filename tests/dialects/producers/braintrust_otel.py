"""Braintrust's processor for OpenTelemetry: spans with its attributes, and OpenAI's client traced by OpenInference."""

import json

import story
from braintrust.otel import BraintrustSpanProcessor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider(resource=Resource({"service.name": "story"}))
provider.add_span_processor(
    BraintrustSpanProcessor(
        api_key="none",
        parent="project_name:parcels",
        api_url=story.URL,
        SpanProcessor=SimpleSpanProcessor,
    )
)
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)
tracer = trace.get_tracer("parcels")
client = story.openai_client()


def traced(name, type_, given, function):
    """Runs a function in a span as Braintrust names its parts."""
    with tracer.start_as_current_span(name) as span:
        span.set_attribute("braintrust.span_attributes", json.dumps({"type": type_}))
        span.set_attribute("braintrust.input_json", json.dumps(given))
        result = function()
        span.set_attribute("braintrust.output_json", json.dumps(result))
        return result


def answered(messages):
    """Asks the model until it calls no tool any more."""
    while True:
        message = (
            client.chat.completions.create(
                model=story.MODEL, messages=messages, tools=[story.OPENAI_TOOL]
            )
            .choices[0]
            .message
        )
        if not message.tool_calls:
            return message.content
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            given = json.loads(call.function.arguments)
            result = traced(
                "lookup_parcel", "tool", given, lambda given=given: story.lookup_parcel(**given)
            )
            messages.append(story.tool_message(call.id, result))


def greeted():
    """A call that the program itself tells of, with what Braintrust calls metrics, metadata and scores."""
    span = trace.get_current_span()
    span.set_attribute(
        "braintrust.metadata", json.dumps({"model": "claude-sonnet-4-5", "provider": "anthropic"})
    )
    metrics = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "tokens": 15,
        "prompt_cached_tokens": 3,
        "time_to_first_token": 0.25,
    }
    span.set_attribute("braintrust.metrics", json.dumps(metrics))
    span.set_attribute("braintrust.scores", json.dumps({"politeness": 0.9}))
    return [{"role": "assistant", "content": "Hello"}]


def desk():
    answer = answered(story.opening())
    traced("manual", "llm", [{"role": "user", "content": "Hi"}], greeted)
    story.refused(lambda: client.chat.completions.create(**story.asking("FAIL401")))
    return answer


traced("Parcel desk", "task", {"question": story.QUESTIONS}, desk)
provider.force_flush()
