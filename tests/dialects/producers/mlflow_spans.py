"""OpenAI's client under MLflow's tracing, exported over OTLP."""

import os

os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = os.environ["STORY_URL"] + "/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf"

os.environ["MLFLOW_TRACKING_URI"] = os.environ["STORY_URL"]

import mlflow
import mlflow.openai
import story

mlflow.openai.autolog()


@mlflow.trace(span_type="AGENT", name="parcels")
def parcels(question: str) -> str:
    story.lookup_parcel = mlflow.trace(story.lookup_parcel, span_type="TOOL")
    story.openai_conversation()
    return "done"


parcels(story.QUESTION)
mlflow.flush_trace_async_logging()
