"""Workflow documents: what one may contain.

A document is JSON: a graph of nodes, each of one kind. A node reaches the outside through its `inputs` alone
(JMESPath over `{input, nodes}`); everything else in it, templates and expressions alike, sees those inputs by name.
Not responsible for what pydantic cannot see (cycles, references, syntax of expressions): that is `rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from executor.errors import DocumentProblem, InvalidWorkflowError
from spanvas.model import ids

Name = Annotated[str, Field(pattern=f"^{ids.NAME.pattern}$")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Expression = str  # JMESPath; its syntax is checked by `rules`


def _joined(value: object) -> object:
    """JSON has no line breaks in its strings: a long text may be written as a list of its lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return value


# Jinja2; its syntax is checked by `rules`
TemplateText = Annotated[str, BeforeValidator(_joined)]


class DocumentModel(BaseModel):
    """Unknown fields are refused: a misspelt setting must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Retry(DocumentModel):
    """How often a node's work is tried, and how long to wait between two attempts.

    The wait before attempt n+1 is `backoff_ms * multiplier ** (n-1)`, at most `max_backoff_ms`, less up to half of
    itself by chance, so that many executions do not come back in step.
    """

    max_attempts: int = Field(default=1, ge=1, le=10)
    backoff_ms: int = Field(default=200, ge=0, le=60_000)
    multiplier: float = Field(default=2.0, ge=1.0, le=10.0)
    max_backoff_ms: int = Field(default=10_000, ge=0, le=300_000)


class Node(DocumentModel):
    """What every node has."""

    id: Name
    name: str = Field(default="", max_length=200)
    inputs: dict[Identifier, Expression] = {}
    retry: Retry = Retry()

    @property
    def title(self) -> str:
        """Returns the name of the workflow, or its id where it has none."""
        return self.name or self.id


class HttpCall(DocumentModel):
    """A request to a connection of the deployment. Values put into `path` are percent-encoded."""

    connection: Name
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: TemplateText = Field(pattern=r"^/[^?#]*$")
    query: dict[str, Expression] = {}
    headers: dict[str, str] = {}
    body: Expression | None = None
    timeout_seconds: float = Field(default=10.0, gt=0, le=300)


class HttpNode(Node, HttpCall):
    """One HTTP request; its output is `{status, body}`."""

    kind: Literal["http"]
    retry: Retry = Retry(max_attempts=3)


class PromptMessage(DocumentModel):
    """One turn of the conversation that a generation starts from."""

    role: Literal["user", "assistant"]
    content: TemplateText = Field(min_length=1)


class Tool(DocumentModel):
    """A function that the model may call; a call becomes an HTTP request with the arguments as its variables."""

    name: Identifier
    description: TemplateText = Field(min_length=1)
    input_schema: dict[str, Any]
    http: HttpCall


class GenerateNode(Node):
    """One model call, or several where the model calls tools; its output is `{text, json?, stop_reason, usage, …}`."""

    kind: Literal["generate"]
    model: str = Field(min_length=1, max_length=2048)
    system: TemplateText = ""
    cache_system: bool = False
    messages: list[PromptMessage] = Field(min_length=1)
    max_tokens: int = Field(default=1024, ge=1, le=200_000)
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    stop_sequences: list[str] = Field(default=[], max_length=4)
    tools: list[Tool] = []
    max_tool_rounds: int = Field(default=4, ge=1, le=20)
    response: Literal["text", "json"] = "text"
    timeout_seconds: int = Field(default=60, ge=1, le=600)
    retry: Retry = Retry(max_attempts=3)


class TransformNode(Node):
    """JMESPath over the node's inputs; its output is the result."""

    kind: Literal["transform"]
    expression: Expression


class TemplateNode(Node):
    """Jinja2 over the node's inputs; its output is the text."""

    kind: Literal["template"]
    template: TemplateText


InnerNode = Annotated[
    GenerateNode | HttpNode | TransformNode | TemplateNode, Field(discriminator="kind")
]


class MapNode(Node):
    """The inner node once for each item of a list; its output is `{results, failures, succeeded}`.

    The inner node's inputs see the map's own inputs by name, and `item` and `index`. More than `tolerated_failures`
    failed items fail the node; items not begun by then are not begun.
    """

    kind: Literal["map"]
    items: Expression
    node: InnerNode
    concurrency: int = Field(default=4, ge=1, le=16)
    tolerated_failures: int = Field(default=0, ge=0)
    max_items: int = Field(default=1_000, ge=1, le=10_000)


class MarkdownContent(DocumentModel):
    """A Markdown text from a template."""

    format: Literal["markdown"]
    template: TemplateText


class HtmlContent(DocumentModel):
    """An HTML page from a template; what is inserted is escaped."""

    format: Literal["html"]
    template: TemplateText


class JsonContent(DocumentModel):
    """Any value as JSON."""

    format: Literal["json"]
    value: Expression


class Column(DocumentModel):
    """One column of a table: its title and, of each row, its value."""

    title: str
    value: Expression


class CsvContent(DocumentModel):
    """A list as a table."""

    format: Literal["csv"]
    rows: Expression
    columns: list[Column] = Field(min_length=1, max_length=200)


class PngContent(DocumentModel):
    """A bar chart of a list of `{label, value}`."""

    format: Literal["png"]
    title: TemplateText
    bars: Expression


Content = Annotated[
    MarkdownContent | HtmlContent | JsonContent | CsvContent | PngContent,
    Field(discriminator="format"),
]


class ArtifactNode(Node):
    """A file made from the node's inputs; its output says what was written and where it can be found."""

    kind: Literal["artifact"]
    filename: TemplateText = Field(min_length=1, max_length=200)
    content: Content


AnyNode = Annotated[
    GenerateNode | HttpNode | TransformNode | TemplateNode | MapNode | ArtifactNode,
    Field(discriminator="kind"),
]


class WorkflowDocument(DocumentModel):
    """A workflow: nodes, the edges between them, and an input that it accepts.

    `outputs` names what the execution gives back (JMESPath over `{input, nodes}`); without it, the outputs of the
    nodes that nothing follows.
    """

    id: Name
    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    version: str = Field(min_length=1, max_length=64)
    nodes: list[AnyNode] = Field(min_length=1, max_length=500)
    edges: list[tuple[str, str]] = []
    outputs: dict[Identifier, Expression] = {}
    sample_input: dict[str, Any] = {}


def read_document(data: object) -> WorkflowDocument:
    """The document in the shape of this module. Raises InvalidWorkflowError with every misfit, node and field named."""
    try:
        return WorkflowDocument.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        raise InvalidWorkflowError([_problem(data, dict(item)) for item in found]) from error


# The discriminators' values stand in pydantic's locations between an index and the field: they are no field names.
_TAGS = frozenset({"generate", "http", "transform", "template", "map", "artifact"})
_FORMATS = frozenset({"markdown", "html", "json", "csv", "png"})


def _problem(data: object, item: Mapping[str, Any]) -> DocumentProblem:
    location = list(item["loc"])
    message = str(item["msg"])
    node = ""
    if location[:1] == ["nodes"] and len(location) > 1:
        index = location[1]
        node = _id_of_node(data, index)
        location = location[2:]
        if location[:1] and location[0] in _TAGS:
            location = location[1:]
    location = [
        part
        for before, part in zip(["", *location], location, strict=False)
        if not (before == "node" and part in _TAGS)
        and not (before == "content" and part in _FORMATS)
    ]
    if item["type"] in ("union_tag_invalid", "union_tag_not_found"):
        context = item["ctx"]
        tag = str(context["discriminator"]).strip("'")
        location.append(tag)
        if item["type"] == "union_tag_invalid":
            message = f"unknown {tag} {context['tag']!r}; known are {context['expected_tags']}"
        else:
            message = "is missing"
    elif item["type"] == "missing":
        message = "is missing"
    elif item["type"] == "extra_forbidden":
        message = "is not a field of this " + ("node" if node else "document")
    return DocumentProblem(node, ".".join(map(str, location)) or "document", message)


def _id_of_node(data: object, index: object) -> str:
    try:
        name = data["nodes"][index]["id"]  # type: ignore[index]
    except (LookupError, TypeError):
        name = None
    return name if isinstance(name, str) and name else f"nodes[{index}]"
