"""A Strands agent in Bedrock AgentCore's runtime, traced as AWS tells to: by the AWS distribution of OpenTelemetry.

The environment is what `opentelemetry-instrument` and AgentCore set."""

import os

import story

os.environ |= {
    "AGENT_OBSERVABILITY_ENABLED": "true",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "us-east-1",
    "OTEL_PYTHON_DISTRO": "aws_distro",
    "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{story.URL}/v1/traces",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "OTEL_SERVICE_NAME": "parcels",
}
from opentelemetry.instrumentation.auto_instrumentation import initialize

initialize()

import http.client  # noqa: E402
import json  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402

import uvicorn  # noqa: E402
from bedrock_agentcore import BedrockAgentCoreApp  # noqa: E402
from opentelemetry import trace  # noqa: E402
from strands import Agent, tool  # noqa: E402
from strands.models import BedrockModel  # noqa: E402

app = BedrockAgentCoreApp()


@tool
def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is.

    Args:
        parcel_id: Number of the parcel.
    """
    return {"status": "success", "content": [{"json": story.lookup_parcel(parcel_id)}]}


@app.entrypoint
def invoke(payload):
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
    )
    return {"answer": str(agent(payload["prompt"]))}


server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
thread = threading.Thread(target=server.run)
thread.start()
while not server.started:
    time.sleep(0.02)
port = server.servers[0].sockets[0].getsockname()[1]
session = "session-7-of-the-parcel-desk-in-lyon"
connection = http.client.HTTPConnection("127.0.0.1", port)
connection.request(
    "POST",
    "/invocations",
    json.dumps({"prompt": story.QUESTION}),
    {
        "Content-Type": "application/json",
        "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": session,
        "baggage": f"session.id={session}",
    },
)
assert connection.getresponse().status == 200
server.should_exit = True
thread.join()
trace.get_tracer_provider().force_flush()
