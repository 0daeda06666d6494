"""A durable function with AWS's own OpenTelemetry plugin, run by the SDK's local service. DURABLE_VIEW says which of
the plugin's two views of it is exported, and DURABLE_REFUSALS how often its second step fails."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))

import aws_durable_execution_sdk_python_otel as plugin
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from tests.support.durable_program import Parcels, run_durably

provider = TracerProvider()
exporter = OTLPSpanExporter(endpoint=os.environ["STORY_URL"] + "/v1/traces")
provider.add_span_processor(BatchSpanProcessor(exporter))
trace.set_tracer_provider(provider)

views = {
    "execution": plugin.ExecutionOtelPluginFactory,
    "invocation": plugin.InvocationOtelPluginFactory,
}
view = views[os.environ.get("DURABLE_VIEW", "execution")]
function = Parcels(refusals=int(os.environ.get("DURABLE_REFUSALS", "1")))
run_durably(function, plugins=[view()], is_quick=False)
provider.shutdown()
