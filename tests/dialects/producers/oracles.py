"""What others make of the same attributes: a JSON list of attributes in, one of their answers out.

`openinference` is openinference-instrumentation's conversion to OpenTelemetry's names, `mlflow` what mlflow-tracing's
translators take a span for.
"""

import json
import os
import sys

os.environ["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:1"

from mlflow.tracing.otel import translation
from openinference.instrumentation._genai_conversion import get_genai_attributes


def mlflow(attributes: dict) -> dict:
    return {
        "type": translation.translate_span_type_from_otel(attributes),
        "model": translation._get_model_name(attributes),
        "provider": translation._get_model_provider(attributes),
        "usage": translation._get_token_usage(attributes),
    }


answers = [
    {"openinference": get_genai_attributes(attributes), "mlflow": mlflow(attributes)}
    for attributes in json.load(sys.stdin)
]
json.dump(answers, sys.stdout, default=list)
