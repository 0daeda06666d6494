"""Which names of attributes promise structure, and in which shape: the allow-list of `content_split`.

OpenTelemetry's names are in `structure_names.txt` (written by `tools/structure_names.py`, which leaves out those of
texts, files and persons); here are Spanvas's own and the dialects'. Names of numbers need no entry: a number is
structure under any name that is not a dialect's content. Settings add names to either side.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from spanvas import attributes as names
from spanvas import settings
from spanvas.lazy_pattern import LazyPattern
from spanvas.model.globs import matches
from spanvas.semantics.dialect_content import is_words_name
from spanvas.semantics.shapes import (
    ANY,
    ARTIFACTS,
    CONSOLE,
    CONTENT,
    FIGURES,
    LABEL,
    MADE_ID,
    NAME,
    PATH,
    TOKEN,
    UNKNOWN,
    URL,
    Shape,
    is_token,
)

MAX_REMEMBERED: Final = 8_192
"""Names whose shape is remembered: names are the sender's choice."""
SHAPES: Final = {"label": LABEL, "name": NAME, "path": PATH, "token": TOKEN, "url": URL}
"""The shapes of `structure_names.txt`."""

TOKENS: Final = """
spanvas.kind spanvas.execution.id spanvas.tenant spanvas.workflow.version spanvas.node.kind spanvas.outcome
spanvas.artifact.id spanvas.artifact.media_type spanvas.artifact.refused_media_type spanvas.artifact.sha256
spanvas.artifact.version spanvas.artifact.etag spanvas.connection spanvas.truncated spanvas.deadline w3c.tracestate
faas.init_type spanvas.faas.init_type spanvas.state_machine.execution.arn
durable.execution.arn durable.execution.status durable.invocation.status durable.operation.id durable.operation.status
durable.operation.subtype durable.operation.type durable.attempt.outcome
gen_ai.response.finish_reason gen_ai.response.service_tier gen_ai.request.service_tier gen_ai.task.id gen_ai.memory.type
gen_ai.memory.store.id gen_ai.memory.id gen_ai.request.reasoning.level gen_ai.request.reasoning_effort
openinference.span.kind input.mime_type output.mime_type llm.request.model_name llm.model_name llm.response.model_name
llm.provider llm.system llm.finish_reason llm.response.finish_reason llm.request.type embedding.model_name
reranker.model_name tool.id tool_call.id graph.node.id graph.node.parent_id session.id user.id
traceloop.span.kind traceloop.entity.path traceloop.entity.version traceloop.association.properties.ls_provider
traceloop.association.properties.ls_model_name traceloop.association.properties.ls_model_type
traceloop.association.properties.session_id traceloop.association.properties.thread_id
traceloop.association.properties.conversation_id traceloop.association.properties.chat_id
traceloop.association.properties.user_id traceloop.association.properties.langgraph_checkpoint_ns
langsmith.span.kind langsmith.span.id langsmith.trace.id langsmith.trace.session_id langsmith.metadata.ls_model_name
langsmith.metadata.model_name langsmith.metadata.ls_provider langsmith.metadata.ls_model_type langsmith.metadata.run_id
langsmith.metadata.session_id langsmith.metadata.thread_id langsmith.metadata.conversation_id
langsmith.metadata.langgraph_checkpoint_ns
model_name logfire.msg_template_id logfire.level logfire.span_type
ai.operationId operation.name ai.model.id ai.model.provider ai.response.model ai.response.id ai.response.timestamp
ai.response.finishReason ai.finishReason ai.toolCall.id ai.telemetry.metadata.sessionId
ai.telemetry.metadata.threadId ai.telemetry.metadata.conversationId ai.telemetry.metadata.chatId
ai.telemetry.metadata.session_id ai.telemetry.metadata.thread_id ai.telemetry.metadata.userId
gcp.vertex.agent.session_id gcp.vertex.agent.invocation_id gcp.vertex.agent.event_id
gcp.vertex.agent.associated_event_ids
mlflow.spanType mlflow.llm.model mlflow.llm.provider mlflow.trace.session mlflow.trace.user mlflow.traceRequestId
mlflow.message.format
langfuse.observation.type langfuse.observation.level langfuse.observation.model.name langfuse.environment
langfuse.release langfuse.session.id langfuse.user.id langfuse.observation.completion_start_time
langfuse.observation.metadata.finish_reason
lmnr.span.type lmnr.span.ids_path lmnr.span.instrumentation_source lmnr.span.sdk_version
lmnr.span.language_version lmnr.association.properties.session_id lmnr.association.properties.user_id
braintrust.metadata.model braintrust.metadata.provider braintrust.parent
genkit:type genkit:metadata:subtype genkit:sessionId genkit:state
lk.function_tool.id lk.room_sid lk.job_id lk.speech_id lk.generation_id lk.participant_id lk.job.id lk.room_id
mastra.span.type mastra.workflow_step.step_id mastra.completion_start_time mastra.workflow_step.status
litellm.session_id metadata.litellm_session_id litellm.call_id litellm.model_id
spring.ai.kind spring.ai.chat.client.conversation.id spring.ai.chat.client.stream outcome method status exception
mcp.request.id executor.id executor.type message.type edge_group.type edge_group.delivered workflow.id
db.vector.query.similarity_metric db.vector.dimension_count db.collection.name
aws.request_id aws.span.kind aws.local.service aws.local.operation aws.remote.service aws.remote.operation
aws.remote.resource.type aws.lambda.region aws.xray.trace_id lambda.request_id faas.execution faas.id
http.response.status_text net.peer.service rpc.grpc.status otel.status_code event.name span.type
"""
MADE_IDS: Final = "spanvas.workflow.id spanvas.workflow.expected_nodes spanvas.node.id"
LABELS: Final = """
spanvas.workflow.name spanvas.node.name durable.operation.name gen_ai.task.name agent.name tool.name graph.node.name
traceloop.entity.name traceloop.workflow.name traceloop.association.properties.langgraph_node
langsmith.metadata.langgraph_node langsmith.metadata.lc_agent_name langsmith.trace.name agent_name ai.toolCall.name
ai.telemetry.functionId langfuse.trace.name lk.function_tool.name lk.agent_name lk.agent_label
spring.ai.tool.definition.name workflow.name genkit:name mlflow.spanFunctionName deployment.environment
"""
FIGURE_NAMES: Final = """
spanvas.redaction spanvas.artifact.redaction gen_ai.usage.raw gen_ai.usage.details
gen_ai.usage.input_token_details gen_ai.usage.output_token_details
langsmith.metadata.usage_metadata langsmith.usage_metadata
ai.response.providerMetadata mlflow.chat.tokenUsage mlflow.llm.cost
langfuse.observation.usage_details langfuse.observation.cost_details
braintrust.metrics braintrust.scores hidden_params metadata.usage_object lk.llm_metrics lk.tts_metrics lk.stt_metrics
"""
EVALUATED: Final = LazyPattern(
    r"(?:(?:trace|session)\.)?(annotation|evaluation)s\.\d+\.\1\.(?:name|label|annotator_kind|id)"
)
"""OpenInference's evaluations: their name, label and author."""


def names_of_conventions() -> dict[str, Shape]:
    """Reads `structure_names.txt`. Returns the shape of each name."""
    found: dict[str, Shape] = {}
    shape = TOKEN
    text = Path(__file__).with_name("structure_names.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            shape = SHAPES[line.strip("[]")]
        elif not line.startswith("#"):
            found.update(dict.fromkeys(line.split(), shape))
    return found


@cache
def listed_names() -> dict[str, Shape]:
    """Returns every name that promises structure, with its shape. Read once, when the first name is asked for."""
    return {
        **names_of_conventions(),
        **dict.fromkeys(TOKENS.split(), TOKEN),
        **dict.fromkeys(MADE_IDS.split(), MADE_ID),
        **dict.fromkeys(LABELS.split(), LABEL),
        **dict.fromkeys(FIGURE_NAMES.split(), FIGURES),
        names.ARTIFACTS: ARTIFACTS,
        names.LOG_URL: CONSOLE,
        names.RESOURCE_SCHEMA_URL: URL,
    }


@cache
def own_names() -> settings.Settings:
    """Returns the settings, of which three name attributes. Read once, when the first name is asked for."""
    return settings.read()


_known: dict[str, Shape] = {}


def shape_of(name: str) -> Shape:
    """Returns the shape that a name promises: `UNKNOWN` where it promises none, `CONTENT` where it says content.

    One look into a dictionary for a name that was asked before.
    """
    shape = _known.get(name)
    if shape is None:
        shape = _shape_of(name)
        if len(_known) < MAX_REMEMBERED:
            _known[name] = shape
    return shape


@cache
def restricted_names() -> tuple[str, ...]:
    """Returns the globs of restricted fields. One that ends in `.*` stands for what is before the dot, too."""
    globs = own_names().restricted_attributes
    return (*globs, *(glob.removesuffix(".*") for glob in globs if glob.endswith(".*")))


def is_restricted(name: str) -> bool:
    """Returns whether the name of a field is one that needs a right of its own."""
    return matches(name, restricted_names())


def _shape_of(name: str) -> Shape:
    own = own_names()
    if matches(name, own.content_attributes) or is_restricted(name):
        return CONTENT
    if matches(name, own.structure_attributes):
        return ANY
    if is_words_name(name):
        return LABEL if EVALUATED.fullmatch(name) else CONTENT
    listed = listed_names().get(name)
    if listed is not None:
        return listed
    if EVALUATED.fullmatch(name):
        return LABEL
    # A name may be a text itself: what stands under it does not matter then.
    return UNKNOWN if is_token(name) else CONTENT


def forget_names() -> None:
    """Forgets what was remembered of names, when the settings have changed: for tests."""
    _known.clear()
    own_names.cache_clear()
    restricted_names.cache_clear()
