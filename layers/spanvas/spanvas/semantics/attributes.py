"""Names of attributes: ours, and those of OpenTelemetry's conventions that we write or read.

`docs/reference/attributes.md` lists what is written, and is tested against this module.
"""

from __future__ import annotations

from typing import Final

# Ours: what the conventions have no name for.
KIND: Final = "spanvas.kind"
EXECUTION_ID: Final = "spanvas.execution.id"
TENANT: Final = "spanvas.tenant"
WORKFLOW_ID: Final = "spanvas.workflow.id"
WORKFLOW_NAME: Final = "spanvas.workflow.name"
WORKFLOW_VERSION: Final = "spanvas.workflow.version"
WORKFLOW_EXPECTED_NODES: Final = "spanvas.workflow.expected_nodes"
NODE_ID: Final = "spanvas.node.id"
NODE_NAME: Final = "spanvas.node.name"
NODE_KIND: Final = "spanvas.node.kind"
INPUT: Final = "spanvas.input"
OUTPUT: Final = "spanvas.output"
ATTEMPT: Final = "spanvas.attempt.number"
BACKOFF_MS: Final = "spanvas.attempt.backoff_ms"
ARTIFACTS: Final = "spanvas.artifacts"
ARTIFACT_ERROR: Final = "spanvas.artifact.error"
MAP_SIZE: Final = "spanvas.map.size"
MAP_INDEX: Final = "spanvas.map.index"
TRUNCATED: Final = "spanvas.truncated"
DISOWNED: Final = "spanvas.disowned"
REDACTION: Final = "spanvas.redaction"
DEADLINE: Final = "spanvas.deadline"
LOG_URL: Final = "spanvas.log.url"
RETRIES: Final = "spanvas.retries"
RETRY_EVENT: Final = "spanvas.retry"
RETRY_NUMBER: Final = "spanvas.retry.number"
PEAK_MEMORY: Final = "spanvas.memory.peak_bytes"
COST: Final = "spanvas.cost_nano_usd"

# OpenTelemetry: general.
ERROR_TYPE: Final = "error.type"
PARENT_ORIGIN: Final = "otel.span.parent.origin"
LOCAL: Final = "local"
REMOTE: Final = "remote"
"""Values of PARENT_ORIGIN: the parent was recorded by the same service, by another one. In OTLP these are flags."""
EXCEPTION_EVENT: Final = "exception"
EXCEPTION_TYPE: Final = "exception.type"
EXCEPTION_MESSAGE: Final = "exception.message"
EXCEPTION_STACKTRACE: Final = "exception.stacktrace"
FAAS_COLDSTART: Final = "faas.coldstart"
HTTP_METHOD: Final = "http.request.method"
HTTP_METHOD_OLD: Final = "http.method"

# OpenTelemetry GenAI (https://opentelemetry.io/schemas/gen-ai/1.42.0), new names first, then older ones.
OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = ("gen_ai.provider.name", "gen_ai.system")
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
INPUT_TOKENS: Final = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
OUTPUT_TOKENS: Final = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
CACHE_READ_TOKENS: Final = ("gen_ai.usage.cache_read.input_tokens",)
CACHE_WRITE_TOKENS: Final = (
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
)
REASONING_TOKENS: Final = ("gen_ai.usage.reasoning.output_tokens",)
SYSTEM_INSTRUCTIONS: Final = "gen_ai.system_instructions"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
TOOL_DEFINITIONS: Final = "gen_ai.tool.definitions"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"
RETRIEVAL_QUERY: Final = "gen_ai.retrieval.query.text"
RETRIEVAL_DOCUMENTS: Final = "gen_ai.retrieval.documents"
