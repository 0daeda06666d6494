"""The function's environment as an OpenTelemetry resource."""

from __future__ import annotations

from spanvas.environment import LambdaEnvironment
from spanvas.settings import Settings
from spanvas.tracing.provider import make_resource
from spanvas.version import VERSION


def test_environment_of_a_function_is_its_resource() -> None:
    environment = LambdaEnvironment(
        {
            "AWS_LAMBDA_FUNCTION_NAME": "brief",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-central-1",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/brief",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        }
    )
    resource = make_resource(Settings(), environment)
    assert dict(resource.attributes) == {
        "service.name": "brief",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
        "telemetry.distro.name": "spanvas",
        "telemetry.distro.version": VERSION,
        "cloud.provider": "aws",
        "cloud.platform": "aws_lambda",
        "cloud.region": "eu-central-1",
        "faas.name": "brief",
        "faas.version": "7",
        "faas.instance": "stream",
        "faas.max_memory": 536_870_912,
        "aws.log.group.names": ("/aws/lambda/brief",),
    }
    named = make_resource(Settings(service_name="canvas"), LambdaEnvironment({}))
    assert named.attributes["service.name"] == "canvas"
