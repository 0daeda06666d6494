"""What each parameter of the template is changed to in the rehearsal, and where the new value has to be seen.

`tests/contract/test_rehearsed_parameters.py` fails for a parameter that is not listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Final


@dataclass(frozen=True, slots=True)
class Change:
    """`$name` in value and texts stands for what `surroundings.py` has made.

    `seen` names resources by logical id, or all of a type by the type, and the text that is in what AWS says of them
    after the change and was not before; None: the resource is gone. `in_template` is the same for what the emulator
    does not keep: there the translated template, with the parameters' values, has the text.
    """

    value: str
    seen: Mapping[str, str | None] = field(default_factory=dict)
    in_template: Mapping[str, str] = field(default_factory=dict)


API: Final = "TraceApiFunctionAliaslive"
INGEST: Final = "OtlpIngestFunctionAliaslive"
EXECUTOR: Final = "ExecutorFunction"
FUNCTIONS: Final = "AWS::Lambda::Function"


def variable(name: str, value: str, *functions: str) -> dict[str, str | None]:
    """Returns where a variable of functions is seen."""
    return dict.fromkeys(functions, f'"{name}": "{value}"')


KEPT_ALIKE: Final = frozenset({"AutoPublishCodeSha256"})
"""Parameters that have one value only."""

CHANGES: Final[dict[str, Change]] = {
    "JwtIssuer": Change("$issuer", {API: "$issuer", INGEST: "$issuer", "HttpApi": "$issuer"}),
    "JwtAudience": Change(
        "$client", {API: "$client", INGEST: "$client", "HttpApi": "$client", "Outputs": "$client"}
    ),
    "ClientId": Change("canvas-client", {"Outputs": '"PageClientId": "canvas-client"'}),
    "SignInOrigin": Change("https://sign-in.example.com", {"SiteHeaders": "https://sign-in.example.com"}),
    "TenantClaim": Change(
        "organisation", variable("SPANVAS_TENANT_CLAIM", "organisation", API, INGEST)
    ),
    "WorkflowsClaim": Change("flows", variable("SPANVAS_WORKFLOWS_CLAIM", "flows", API)),
    "NameClaims": Change("nickname", variable("SPANVAS_NAME_CLAIMS", "nickname", API, "DeletionFunction")),
    "AllowedOrigins": Change(
        "https://canvas.example.com,https://other.example.com",
        {"HttpApi": "https://other.example.com", "TraceBucket": "https://other.example.com"},
    ),
    "RestrictedAttributes": Change(
        "customer.*", variable("SPANVAS_RESTRICTED_ATTRIBUTES", "customer.*", API)
    ),
    "RetentionDays": Change("41", variable("SPANVAS_RETENTION_DAYS", "41", API, INGEST, EXECUTOR)),
    "ContentRetentionDays": Change(
        "17",
        variable("SPANVAS_CONTENT_RETENTION_DAYS", "17", API, INGEST),
        {"TraceBucket": '"ExpirationInDays": "17"'},
    ),
    "AuditRetentionDays": Change("401", variable("SPANVAS_AUDIT_RETENTION_DAYS", "401", API)),
    "ContentCapture": Change("full", variable("SPANVAS_CONTENT", "full", EXECUTOR, INGEST)),
    "RedactionRules": Change(
        "plain_phone", variable("SPANVAS_REDACTION_RULES", "plain_phone", EXECUTOR, INGEST)
    ),
    "RedactionPatterns": Change('{"badge": "B-[0-9]{6}"}', {EXECUTOR: "B-[0-9]{6}", INGEST: "B-[0-9]{6}"}),
    "OtlpEndpoint": Change(
        "$collector", variable("SPANVAS_OTLP_ENDPOINT", "$collector", EXECUTOR, "SweepFunction")
    ),
    "OtlpHeaders": Change("x-rehearsal=yes", variable("SPANVAS_OTLP_HEADERS", "x-rehearsal=yes", EXECUTOR)),
    "OtlpExporter": Change(
        "otel",
        {
            **variable("SPANVAS_OTLP_EXPORTER", "otel", EXECUTOR),
            "Outputs": "OtlpExporterLayerArn",
        },
    ),
    "SpanSource": Change("jaeger", variable("SPANVAS_SPAN_SOURCE", "jaeger", API)),
    "SpanSourceUrl": Change(
        "$collector", variable("SPANVAS_SPAN_SOURCE_URL", "$collector", API)
    ),
    "SpanSourceHeaders": Change(
        "{{resolve:secretsmanager:span-source:SecretString}}",
        variable("SPANVAS_SPAN_SOURCE_HEADERS", "x-read=yes", API),
    ),
    "SpanSourceTenantHeader": Change(
        "X-Scope-OrgID={tenant}",
        variable("SPANVAS_SPAN_SOURCE_TENANT_HEADER", "X-Scope-OrgID={tenant}", API),
    ),
    "TraceUrlTemplate": Change(
        "https://grafana.example.com/{trace_id}", {API: "https://grafana.example.com/{trace_id}"}
    ),
    "Connections": Change("$connections", {EXECUTOR: "http://unused.example.com"}),
    "ArtifactBucketArns": Change(
        "arn:aws:s3:::reports/*,arn:aws:s3:::plans/*",
        {API: "arn:aws:s3:::plans/*", "TraceApiRole": "arn:aws:s3:::plans/*"},
    ),
    "ModelArns": Change(
        "arn:aws:bedrock:*::foundation-model/one,arn:aws:bedrock:*::foundation-model/two",
        {"ExecutorRole": "arn:aws:bedrock:*::foundation-model/two"},
    ),
    "ExecutorConcurrency": Change("6", {}, {EXECUTOR: '"ReservedConcurrentExecutions": "6"'}),
    "StateMachineArnPrefix": Change(
        "arn:aws:states:us-east-1:$account:", {"SweepFunctionStateMachineEnded": "arn:aws:states:us-east-1:$account:"}
    ),
    "SnapStart": Change("None", {API: '"ApplyOn": "None"', INGEST: '"ApplyOn": "None"'}),
    "Architecture": Change("x86_64", {FUNCTIONS: '"x86_64"'}),
    "ApiConcurrency": Change("7", {}, {"TraceApiFunction": '"ReservedConcurrentExecutions": "7"'}),
    "ApiProvisionedConcurrency": Change("1", {API: '"RequestedProvisionedConcurrentExecutions": 1'}),
    "ApiRateLimit": Change("71", {"HttpApi": '"ThrottlingRateLimit": 71'}),
    "ApiBurstLimit": Change("81", {"HttpApi": '"ThrottlingBurstLimit": 81'}),
    "IngestConcurrency": Change("5", {}, {"OtlpIngestFunction": '"ReservedConcurrentExecutions": "5"'}),
    "IngestProvisionedConcurrency": Change("1", {INGEST: '"RequestedProvisionedConcurrentExecutions": 1'}),
    "IngestRateLimit": Change("51", {"HttpApi": '"ThrottlingRateLimit": 51'}),
    "IngestBurstLimit": Change("61", {"HttpApi": '"ThrottlingBurstLimit": 61'}),
    "DeletionProtection": Change(
        "false", {"AWS::DynamoDB::Table": '"DeletionProtectionEnabled": false'}
    ),
    "LogRetentionDays": Change("60", {"AWS::Logs::LogGroup": '"retentionInDays": 60'}),
    "AccessLogGroupArn": Change("$log_group", {"HttpApi": "$log_group", "AccessLogGroup": None}),
    "AlarmTopicArn": Change("$topic", {"AWS::CloudWatch::Alarm": "$topic"}),
    "RunbookUrl": Change("https://wiki.example.com/alarms", {"AWS::CloudWatch::Alarm": "https://wiki.example.com/alarms#"}),
    "WebAclArn": Change("$web_acl", {"SiteDistribution": "$web_acl"}),
    "SiteLogBucket": Change("$log_bucket", {"SiteDistribution": "$log_bucket"}),
    "SiteDomain": Change("canvas.example.com", {"SiteDistribution": "canvas.example.com", "Outputs": "https://canvas.example.com/"}),
    "SiteCertificateArn": Change("$certificate", {"SiteDistribution": "$certificate"}),
    "ArtifactOrigin": Change("https://files.example.com", {"SiteHeaders": "https://files.example.com"}),
    "KmsKeyArn": Change(
        "$key",
        {"AWS::DynamoDB::Table": "$key", "AWS::Logs::LogGroup": "$key"},
        {"TraceBucket": "$key", FUNCTIONS: "$key"},
    ),
    "SubnetIds": Change("$subnet", {}, {FUNCTIONS: "$subnet"}),
    "SecurityGroupIds": Change("$security_group", {}, {FUNCTIONS: "$security_group"}),
    "PermissionsBoundaryArn": Change("$boundary", {}, {"AWS::IAM::Role": "$boundary"}),
    "OrganizationId": Change("o-rehearsal12", {}, {"AWS::Lambda::LayerVersionPermission": "o-rehearsal12"}),
}  # fmt: skip
"""Changed in one update, after which everything still works."""

OFF: Final[dict[str, Change]] = {
    "TracingEnabled": Change("false", variable("SPANVAS_ENABLED", "false", EXECUTOR, API)),
    "ExampleStateMachine": Change(
        "false", {"OrderStateMachine": None, "ReserveFunction": None, "StepsLogGroup": None}
    ),
    "Page": Change("false", {"SiteDistribution": None, "SiteBucket": None}),
}
"""Changed in a second update, since they switch parts of the stack off. The page takes its web ACL along."""


def filled(text: str, names: Mapping[str, str]) -> str:
    """Returns a text with the names of what surrounds the stack filled in."""
    return Template(text).substitute(names)
