"""What the operations work with: the store, the executor, the catalogue, and whoever knows durable executions, each
made when it is first asked for.

The only place of the API that knows boto3 and the executor's package. A cold start that answers a trace loads neither
S3, nor the Lambda client, nor pydantic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

import orjson

from spanvas.model.units import MS
from spanvas.settings import Settings
from spanvas_api.access_records import AccessRecords
from spanvas_api.claims import TokenRules
from spanvas_api.errors import (
    DurableServiceError,
    DurableStateError,
    ExecutorUnavailableError,
)
from spanvas_api.unreadable import UnreadableItems

if TYPE_CHECKING:
    from executor.document import WorkflowDocument
    from spanvas.storage.port import TraceReader, TraceStore
    from spanvas_api.trace.page import WholeTrace


UNKNOWN: Final = "UNKNOWN"
"""Status of a durable execution that Lambda does not know, or is about to forget."""


class WorkflowNode(Protocol):
    """A node of a workflow document, as much of it as the API shows."""

    @property
    def id(self) -> str:
        """The id of the node, unique in its workflow."""

    @property
    def title(self) -> str:
        """The name that people read."""

    @property
    def kind(self) -> str:
        """What the node does, as the executor names it."""


class Workflow(Protocol):
    """A workflow document, as much of it as the API shows."""

    @property
    def id(self) -> str:
        """The id of the workflow."""

    @property
    def name(self) -> str:
        """The name that people read."""

    @property
    def version(self) -> str:
        """The version of the document."""

    @property
    def description(self) -> str:
        """What the workflow is for, in a sentence."""

    @property
    def nodes(self) -> Sequence[WorkflowNode]:
        """The nodes, in the order of the document."""

    @property
    def edges(self) -> Sequence[tuple[str, str]]:
        """The edges, each as the ids of the node that it leaves and of the node that it enters."""

    @property
    def sample_input(self) -> Mapping[str, Any]:
        """An input to try the workflow with."""


class Executor(Protocol):
    """Whatever runs workflows."""

    def start(self, event: Mapping[str, Any]) -> None:
        """Hand an execution over. Raises ExecutorUnavailableError when it was not accepted."""


class DurableState(NamedTuple):
    """What Lambda says of a durable execution. `status` is one of Lambda's, or `UNKNOWN`."""

    status: str
    ended_at_unix_nano: int = 0


class DurableService(Protocol):
    """Whoever knows how durable executions are."""

    def state_of(self, arn: str) -> DurableState:
        """Raises DurableStateError where this one cannot be had, DurableServiceError where none can be had now."""


class Services:
    """What one process answers with. Every argument but the settings is a maker, called at most once."""

    def __init__(
        self,
        settings: Settings,
        *,
        make_store: Callable[[], TraceStore] | None = None,
        make_executor: Callable[[], Executor] | None = None,
        make_durable_service: Callable[[], DurableService] | None = None,
        load_catalogue: Callable[[], Mapping[str, Workflow]] | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.unreadable = UnreadableItems()
        self.kept_trace: WholeTrace | None = None
        """The large trace of which this process answered a page last."""
        self._make_store = make_store or self._dynamo_store
        self._make_executor = make_executor or self._lambda_executor
        self._make_durable_service = make_durable_service or LambdaDurableService
        self._load_catalogue = load_catalogue or _shipped_workflows

    @cached_property
    def token_rules(self) -> TokenRules:
        """What a token has to say, by the settings."""
        settings = self.settings
        return TokenRules(
            settings.tenant_claim,
            settings.jwt_issuer,
            settings.jwt_audience,
            settings.workflows_claim,
            settings.name_claims,
        )

    @cached_property
    def store(self) -> TraceStore:
        """The store of traces. It is made when it is first used."""
        store = self._make_store()
        store.on_unreadable = self.unreadable.note
        return store

    @cached_property
    def traces(self) -> TraceReader:
        """What reads executions with their spans: the store, and the operator's backend where one is set."""
        settings = self.settings
        if not settings.span_source or not settings.span_source_url:
            return self.store
        from spanvas.environment import aws_variables
        from spanvas_api.received.cleaning import make_redactor
        from spanvas_api.span_source.client import SourceClient
        from spanvas_api.span_source.reader import SourcedReader

        return SourcedReader(
            self.store,
            SourceClient(settings, aws_variables()),
            lambda: make_redactor(
                settings.content, settings.redaction_rules, settings.redaction_patterns
            ),
            settings,
            self.clock,
        )

    @cached_property
    def access_records(self) -> AccessRecords:
        """What records who has read what. It is made when it is first used."""
        return AccessRecords(self.store.record_access)

    @cached_property
    def executor(self) -> Executor:
        """What starts executions. It is made when it is first used."""
        return self._make_executor()

    @cached_property
    def durable_service(self) -> DurableService:
        """What knows how durable executions are. It is made when it is first used."""
        return self._make_durable_service()

    @cached_property
    def workflows(self) -> Mapping[str, Workflow]:
        """By id."""
        return self._load_catalogue()

    def missing_input(self, workflow: Workflow, workflow_input: Mapping[str, Any]) -> list[str]:
        """What the workflow's nodes need of its input and do not find there, in sentences that name the node."""
        from executor.rules import missing_input

        document = cast("WorkflowDocument", workflow)
        return [str(problem) for problem in missing_input(document, workflow_input)]

    def _dynamo_store(self) -> TraceStore:
        from spanvas.storage.dynamo import DynamoTraceStore

        return DynamoTraceStore(
            self.settings.table,
            self.settings.bucket,
            retention_days=self.settings.retention_days,
            content_retention_days=self.settings.content_retention_days,
            audit_table=self.settings.audit_table,
            audit_retention_days=self.settings.audit_retention_days,
            clock=self.clock,
        )

    def _lambda_executor(self) -> Executor:
        return LambdaExecutor(self.settings.executor_function)


class LambdaExecutor:
    """Invokes the executor function asynchronously: Lambda queues the event and answers at once."""

    def __init__(self, function: str, client: Any = None) -> None:
        self._function = function
        self._client = client

    def start(self, event: Mapping[str, Any]) -> None:
        """Raises ExecutorUnavailableError, whatever AWS has said: the caller can only try again."""
        from botocore.exceptions import BotoCoreError, ClientError

        self._client = self._client or _lambda_client()
        try:
            self._client.invoke(
                FunctionName=self._function, InvocationType="Event", Payload=orjson.dumps(event)
            )
        except (BotoCoreError, ClientError) as error:
            raise ExecutorUnavailableError(type(error).__name__) from error


class LambdaDurableService:
    """Asks Lambda, in the function's own account and region."""

    def __init__(self, client: Any = None) -> None:
        self._client = client

    def state_of(self, arn: str) -> DurableState:
        """Returns the state of a durable execution. Its input, result and error are not asked for.

        Source: AWS Lambda API reference, "GetDurableExecution".
        """
        from botocore.exceptions import BotoCoreError, ClientError

        self._client = self._client or _lambda_client()
        try:
            found = self._client.get_durable_execution(
                DurableExecutionArn=arn, IncludeExecutionData=False
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ResourceNotFoundException":
                return DurableState(UNKNOWN)
            http = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
            is_of_all = http == 429 or http >= 500
            raise (DurableServiceError if is_of_all else DurableStateError)(code) from error
        except BotoCoreError as error:
            raise DurableServiceError(type(error).__name__) from error
        ended = found.get("EndTimestamp")
        status = UNKNOWN if found["Status"] == "DELETING" else found["Status"]
        return DurableState(status, round(ended.timestamp() * 1000) * MS if ended else 0)


def _lambda_client() -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=1, read_timeout=5, retries={"mode": "standard", "max_attempts": 2}
    )
    return boto3.client("lambda", config=config)


def _shipped_workflows() -> Mapping[str, Workflow]:
    from executor.catalogue import load_catalogue

    return load_catalogue()
