"""The registry of the dialects: their order, how each is recognised without being imported, and its content.

A new dialect is a module of this package with a `DIALECT` and an entry of `REGISTRY`; tests name what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Final, NamedTuple

from spanvas import attributes as names
from spanvas.semantics.dialect import Dialect


class Registered(NamedTuple):
    """What is known of a dialect before it is loaded.

    `first_words` are the first words of its attributes' names, and `scopes` its instrumentation scopes where names do
    not tell. What holds a person's, a model's or a tool's words is listed by attribute name (`content`); by the name of
    a list, which may be flattened or not (`content_lists`); by the beginning of names (`content_prefixes`); by a
    regular expression that a whole name matches (`content_patterns`); and by the beginning of the names of events
    (`content_events`), of which every attribute is content then. `knows_kind` where it knows the kind of a span better
    than the `gen_ai.operation.name` that it writes beside it.
    """

    name: str
    first_words: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    content_lists: tuple[str, ...] = ()
    content_prefixes: tuple[str, ...] = ()
    content_patterns: tuple[str, ...] = ()
    content_events: tuple[str, ...] = ()
    knows_kind: bool = False


REGISTRY: Final = (
    Registered("own", ("spanvas",), content=(names.INPUT, names.OUTPUT), knows_kind=True),
    Registered(
        "otel",
        ("gen_ai",),
        content=(
            names.SYSTEM_INSTRUCTIONS, names.TOOL_DEFINITIONS, names.TOOL_ARGUMENTS, names.TOOL_RESULT,
            names.RETRIEVAL_QUERY, names.RETRIEVAL_DOCUMENTS,
            "gen_ai.tool.json_schema", "gen_ai.prompt", names.MEMORY_QUERY, names.MEMORY_RECORDS,
            names.EVALUATION_EXPLANATION,
        ),
        # as it was of old, flattened
        content_lists=("gen_ai.completion", names.INPUT_MESSAGES, names.OUTPUT_MESSAGES),
        content_prefixes=("gen_ai.content.",),
        content_patterns=(r"gen_ai\.prompt\.(?!(name|version|id)$).*",),
        content_events=("gen_ai.",),
    ),
    Registered(
        "openinference",
        (
            "openinference", "input", "output", "embedding", "retrieval", "reranker", "document", "graph", "tool",
            "session", "message", "metadata", "llm", "annotations",
            "evaluations",
        ),
        content=(
            "input.value", "output.value", "tool.parameters", "tool.json_schema", "llm.invocation_parameters",
            "llm.function_call", "reranker.query", "embedding.text", "embedding.invocation_parameters",
            "llm.prompt_template.template", "llm.prompt_template.variables", "crew_agents", "crew_inputs",
            "crew_tasks", "flow_inputs",
        ),
        content_lists=(
            "llm.input_messages", "llm.output_messages", "llm.prompts", "llm.choices", "llm.tools",
            "retrieval.documents", "reranker.input_documents", "reranker.output_documents", "embedding.embeddings",
        ),
        content_prefixes=("document.content",),
        content_patterns=(
            r"((trace|session)\.)?(annotation|evaluation)s(\.\d+\.(annotation|evaluation)\.(explanation|metadata.*))?",
        ),
    ),
    Registered(
        "traceloop",
        ("llm", "traceloop", "db"),
        content=(
            "traceloop.entity.input", "traceloop.entity.output", "gen_ai.task.input", "gen_ai.task.output",
        ),
        content_prefixes=("llm.request.functions.", "traceloop.prompt."),
        content_patterns=(
            r"crewai\..*(agents|backstory|context|description|expected_output|goal|inputs?|outputs?|result|tasks)",
        ),
        content_events=("db.query.",),
    ),
    Registered(
        "langsmith", ("langsmith",), content=("gen_ai.request.extra_body",), knows_kind=True
    ),
    Registered(
        "pydantic_ai",
        (
            "pydantic_ai", "logfire", "operation", "all_messages_events", "events", "final_result", "tool_arguments",
            "tool_response", "request_data", "response_data", "model_request_parameters", "agent_name", "model_name",
        ),
        content=(
            "pydantic_ai.all_messages", "all_messages_events", "events", "final_result", "request_data",
            "response_data", "tool_arguments", "tool_response", "model_request_parameters",
        ),
    ),
    Registered(
        "vercel",
        ("ai",),
        scopes=("ai",),
        content=("ai.request.text",),
        content_prefixes=(
            "ai.prompt", "ai.response.text", "ai.response.reasoning", "ai.response.toolCalls", "ai.response.object",
            "ai.response.files", "ai.result.", "ai.toolCall.args", "ai.toolCall.result", "ai.value", "ai.embedding",
            "ai.documents", "ai.ranking", "ai.decision.",
        ),
        knows_kind=True,
    ),
    Registered(
        "strands",
        ("system_prompt",),
        scopes=("strands.telemetry.tracer",),
        content=("system_prompt", "tool.result"),
        content_events=("memory.",),
    ),
    Registered(
        "google_adk",
        ("gcp",),
        scopes=("gcp.vertex.agent",),
        content=(
            "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args",
            "gcp.vertex.agent.tool_response", "gcp.vertex.agent.data",
        ),
    ),
    Registered(
        "mlflow",
        ("mlflow",),
        content=("mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.chat.tools", "mlflow.chat.messages"),
    ),
    Registered("aws_durable", ("durable",)),
    Registered(
        "langfuse",
        ("langfuse",),
        content=(
            "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input",
            "langfuse.trace.output",
        ),
        knows_kind=True,
    ),
    Registered(
        "laminar", ("lmnr",), content=("lmnr.span.input", "lmnr.span.output"), knows_kind=True
    ),
    Registered(
        "braintrust",
        ("braintrust",),
        content=(
            "braintrust.input", "braintrust.input_json", "braintrust.output", "braintrust.output_json",
            "braintrust.expected", "braintrust.expected_json", "braintrust.metadata", "braintrust.metadata.tools",
            "braintrust.context_json",
        ),
        knows_kind=True,
    ),
    Registered(
        "genkit",
        ("genkit:type", "genkit:metadata:subtype"),
        content=("genkit:input", "genkit:output", "genkit:init", "genkit:metadata:context"),
        knows_kind=True,
    ),
    Registered(
        "livekit",
        ("lk",),
        content=(
            "lk.chat_ctx", "lk.user_input", "lk.user_transcript", "lk.instructions", "lk.input_text",
            "lk.response.text", "lk.response.function_calls", "lk.function_tool.arguments", "lk.function_tool.output",
        ),
        content_prefixes=("lk.pii.",),
        knows_kind=True,
    ),
    Registered(
        "mastra",
        ("mastra",),
        content=("mastra.metadata.body",),
        content_patterns=(r"mastra\.[^.]+\.(input|output)",),
        knows_kind=True,
    ),
    Registered(
        "litellm",
        ("litellm", "hidden_params"),
        scopes=("litellm",),
        content_patterns=(
            r"llm\.(?!token_count|cost|usage|request|response|prompt_template|invocation_parameters)[^.]+\."
            r"(messages|contents|input|prompt|prompts|choices|content|candidates|output|outputs|completion|completions|"
            r"tools|functions|system|system_instruction|systemInstruction|instructions|documents|query|text|texts|data|"
            r"reasoning|extra_body|metadata)(\..*)?",
        ),
    ),
    Registered(
        "spring_ai",
        ("spring", "outcome"),
        content=(
            "spring.ai.tool.call.arguments", "spring.ai.tool.call.result", "spring.ai.tool.definition.schema",
            "spring.ai.chat.client.input", "spring.ai.chat.client.output", "spring.ai.model.request.messages",
            "db.vector.query.content", "db.vector.query.filter", "db.vector.query.response.documents",
        ),
        content_prefixes=("spring.ai.chat.client.user.", "spring.ai.chat.client.system."),
        knows_kind=True,
    ),
    Registered("mcp", ("mcp",), content=("mcp.request.argument", "mcp.response.value")),
    Registered(
        "agent_framework",
        ("executor",),
        scopes=("agent_framework", "Microsoft.Agents.AI", "Microsoft.Agents.AI.Workflows"),
        content=("executor.input", "executor.output", "message.content"),
    ),
    Registered(
        "autogen", (), scopes=("autogen SingleThreadedAgentRuntime",), content=("message",)
    ),
)  # fmt: skip
"""In the order in which dialects are believed: of two that give a value, the first. A span that speaks two dialects is
counted once."""

ORDER: Final = tuple(dialect.name for dialect in REGISTRY)
FIRST_FOR_KIND: Final = frozenset(dialect.name for dialect in REGISTRY if dialect.knows_kind)
"""Their kinds are asked for first: LangSmith calls a retriever's run `embeddings`, and the AI SDK marks what wraps a
model call with the names of one."""


def _names_by(keys_of: Callable[[Registered], tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The names of the dialects that registered a key, by that key."""
    found: dict[str, tuple[str, ...]] = {}
    for dialect in REGISTRY:
        for key in keys_of(dialect):
            found[key] = (*found.get(key, ()), dialect.name)
    return found


BY_FIRST_WORD: Final = _names_by(lambda dialect: dialect.first_words)
BY_SCOPE: Final = _names_by(lambda dialect: dialect.scopes)


def dialects_of(first_words: Iterable[str], scope_name: str) -> tuple[Dialect, ...]:
    """Loads the dialects of a span, in their order, by the first words of its attributes' names and its scope."""
    words = set(first_words)
    named = {name for word in words for name in BY_FIRST_WORD.get(word, ())}
    if "llm" in words and "openinference" in words and not words & {"traceloop", "gen_ai", "db"}:
        named.discard("traceloop")
    named.update(BY_SCOPE.get(scope_name, ()))
    return tuple(load(name) for name in ORDER if name in named)


def load(name: str) -> Dialect:
    """Imports a dialect's module and returns its table."""
    module = import_module(f"spanvas.semantics.dialects.{name}")
    dialect: Dialect = module.DIALECT
    return dialect
