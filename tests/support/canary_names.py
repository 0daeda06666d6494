"""Names of attributes that carry what people, models and tools wrote: of dialects, of conventions, and of programs.

The first half is in Spanvas's tables or in OpenTelemetry's conventions; the names of `FOREIGN` are in none of them.
"""

from __future__ import annotations

from typing import Final

KNOWN: Final = (
    "spanvas.input", "spanvas.output", "spanvas.artifact.name", "spanvas.artifact.source", "spanvas.artifact.error",
    "gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.description", "gen_ai.agent.description",
    "gen_ai.retrieval.query.text", "gen_ai.retrieval.documents", "gen_ai.memory.query.text",
    "gen_ai.memory.records", "gen_ai.prompt", "gen_ai.completion", "gen_ai.prompt.0.content",
    "gen_ai.completion.0.content", "gen_ai.prompt.name", "gen_ai.prompt.version", "gen_ai.evaluation.explanation",
    "gen_ai.request.stop_sequences", "gen_ai.content.prompt", "gen_ai.task.input", "gen_ai.task.output",
    "gen_ai.tool.json_schema", "gen_ai.request.extra_body", "input.value", "output.value", "tool.parameters",
    "llm.input_messages.0.message.content", "llm.output_messages.0.message.content", "llm.prompts.0.prompt.text",
    "llm.prompt_template.template", "llm.prompt_template.variables", "llm.invocation_parameters",
    "llm.function_call", "reranker.query", "retrieval.documents.0.document.content", "embedding.text",
    "document.content", "crew_agents", "crew_inputs", "crew_tasks", "flow_inputs", "traceloop.entity.input",
    "traceloop.entity.output", "traceloop.prompt.template", "llm.request.functions.0.description",
    "crewai.crew.result", "crewai.task.description", "crewai.agent.backstory", "pydantic_ai.all_messages",
    "all_messages_events", "final_result", "request_data", "response_data", "tool_arguments", "tool_response",
    "model_request_parameters", "ai.prompt", "ai.prompt.messages", "ai.response.text", "ai.response.object",
    "ai.response.toolCalls", "ai.toolCall.args", "ai.toolCall.result", "ai.value", "ai.documents",
    "ai.request.text", "system_prompt", "tool.result", "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response",
    "gcp.vertex.agent.data", "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.chat.messages",
    "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input", "langfuse.trace.output",
    "langfuse.observation.prompt.name", "lmnr.span.input", "lmnr.span.output", "braintrust.input",
    "braintrust.input_json", "braintrust.output_json", "braintrust.expected", "braintrust.metadata", "genkit:input",
    "genkit:output", "genkit:init", "lk.chat_ctx", "lk.user_transcript", "lk.instructions", "lk.response.text",
    "lk.function_tool.output", "mastra.agent_run.input", "spring.ai.tool.call.arguments",
    "spring.ai.chat.client.input", "db.vector.query.content", "mcp.request.argument", "mcp.response.value",
    "mcp.resource.uri", "executor.input", "message.content", "message", "exception.message", "exception.stacktrace",
    "db.query.text", "db.statement", "db.query.parameter.name", "url.query", "url.fragment",
    "http.request.header.cookie", "http.response.header.set-cookie", "graphql.document", "process.command_line",
    "process.command_args", "log.record.original", "user.full_name", "user.email", "user_agent.original",
    "vcs.change.title", "file.path", "otel.status_description",
)  # fmt: skip
"""In tables of ours or in the conventions; each is content."""

FOREIGN: Final = (
    "prompt", "response", "answer", "question", "query", "user_message", "assistant_message", "completion_text",
    "chat_history", "conversation", "transcript", "summary", "note", "notes", "comment", "feedback", "reason",
    "rationale", "thought", "reasoning", "plan", "instruction", "instructions", "payload", "body", "request.body",
    "response.body", "http.request.body", "http.response.body", "rpc.request.body", "rpc.response.body",
    "messaging.message.body", "aws.lambda.event", "aws.lambda.response", "aws.sqs.message.body", "faas.event",
    "faas.result", "logfire.msg", "logfire.json_schema", "logfire.message", "lmnr.internal.prompt",
    "crew.memory.short_term", "crewai.memory.value", "agno.run.input", "agno.run.output", "agno.session.summary",
    "haystack.component.input", "haystack.component.output", "haystack.pipeline.input_data",
    "haystack.pipeline.output_data", "llamaindex.query_str", "llamaindex.response", "dspy.inputs", "dspy.outputs",
    "dspy.signature.instructions", "semantic_kernel.function.arguments", "semantic_kernel.function.result",
    "semantic_kernel.prompt.rendered", "autogen.message.body", "autogen.chat.summary", "smolagents.task",
    "smolagents.final_answer", "openai.request.prompt", "openai.response.text", "openai.assistant.instructions",
    "anthropic.messages", "anthropic.system", "bedrock.request.body", "bedrock.response.body", "vertexai.contents",
    "cohere.preamble", "mistral.completion", "ollama.prompt", "weave.inputs", "weave.output", "weave.op.args",
    "langchain.inputs", "langchain.outputs", "langgraph.state", "langgraph.checkpoint.values",
    "langsmith.run.inputs", "langsmith.feedback.comment", "helicone.prompt", "portkey.request.body", "opik.input",
    "opik.output", "phoenix.feedback", "arize.prompt", "traceai.input.value", "fi.raw.output",
    "promptlayer.template", "humanloop.inputs", "galileo.input", "inngest.event.data", "temporal.workflow.input",
    "temporal.activity.result", "celery.task.args", "celery.task.kwargs", "dagster.run.tags",
    "prefect.flow.parameters", "airflow.dag_run.conf", "stepfunctions.input", "stepfunctions.output",
    "eventbridge.detail", "sns.message", "kinesis.record.data", "s3.object.content", "dynamodb.item",
    "graphql.variables", "grpc.request.message", "sql.params", "mcp.tool.arguments", "mcp.tool.result",
    "mcp.prompt.text", "mcp.sampling.messages", "a2a.message.parts", "a2a.task.artifact", "gen_ai.memory.content",
    "gen_ai.thinking.content", "gen_ai.agent.goal", "gen_ai.output.text", "gen_ai.input.text",
    "gen_ai.request.messages", "gen_ai.response.text", "gen_ai.tool.input", "gen_ai.tool.output",
    "gen_ai.guardrail.reason", "app.customer.complaint", "customer.name", "patient.diagnosis", "ticket.text",
    "email.subject", "email.body", "support.reply", "search.term", "search.results", "rag.context", "rag.chunks",
    "vector.metadata", "voice.transcript", "image.caption", "video.description", "ocr.text", "form.value",
    "cart.comment", "review.text", "tags.subject", "label.explanation", "metric.comment", "exception.detail",
    "error.detail", "error.cause", "error.msg", "log.body", "log.message", "event.data", "span.description",
    "custom",
)  # fmt: skip
"""In no table; each is content, since content is what is not known to be structure."""

NAMES: Final = tuple(dict.fromkeys((*KNOWN, *FOREIGN)))
