"""`docs/reference/settings.md`, from the settings table and the template.

The page lists every variable that a function reads and every parameter of a deployment, so neither can exist
undocumented.
"""

from __future__ import annotations

from typing import Any, Final

from spanvas.otel_variables import VARIABLES
from spanvas.settings import SETTINGS, Setting

WRITTEN_BY_THE_WRAPPER: Final = "handler"
FUNCTIONS: Final = {
    "executor": "ExecutorFunction",
    "api": "TraceApiFunction",
    "ingest": "OtlpIngestFunction",
    "sweep": "SweepFunction",
    "deletion": "DeletionFunction",
}
OTHER_VARIABLES: Final = {
    **dict.fromkeys(
        (
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_LAMBDA",
            "AWS_ENDPOINT_URL_S3",
        ),
        "Address of another engine for this service; empty for AWS itself.",
    ),
    "AWS_LAMBDA_EXEC_WRAPPER": "`/opt/otel-instrument`: the layer's wrapper, which traces a handler as it is.",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "`regional`: presigned links name the bucket's regional host everywhere, "
    "the one that the page's content security policy allows.",
    "POWERTOOLS_LOG_LEVEL": "Level of the functions' own log lines.",
    "POWERTOOLS_METRICS_NAMESPACE": "CloudWatch namespace of the metrics; the dashboard and the alarms read `Spanvas`.",
    "POWERTOOLS_SERVICE_NAME": (
        "The `service` of log lines and metrics: `executor`, `trace-api`, `otlp-ingest`, `sweep` or `deletion`."
    ),
}

_HEAD: Final = """# Settings

<!-- Written by `make openapi` from the code and the template; change those, not this page. -->

Four tables: what a deployment may choose, what a function reads, the variables that belong to others, and
OpenTelemetry's own.

## Parameters of the template

Given to `sam deploy --parameter-overrides Name=value`. Those without a default must be given.

| parameter | default | what |
|---|---|---|
"""
_VARIABLES: Final = """
## Variables of the functions

Everything that our code reads from the environment, as an executor under the layer or as one of the functions.
*From* is the template's parameter, or its fixed value, that sets it; an executor of your own sets it itself. Anything
else that begins with `SPANVAS_` is ignored.

| variable | default | read by | from | what |
|---|---|---|---|---|
"""
_OTHERS: Final = """
## Variables of others

Set by the template, read by Lambda, boto3 or Powertools.

| variable | what |
|---|---|
"""

_OPENTELEMETRY: Final = """
## OpenTelemetry's variables

Read by executors under the layer, and those of the endpoint by the sweep too. A variable of ours counts first where
both are set; an empty variable is one that is not set. One that cannot be read is told once, by its name, in the log,
and its default counts. Where a function has a tracer provider of its own, the endpoint of these variables is that
provider's: Spanvas sends nothing there. Each `OTEL_EXPORTER_OTLP_` variable may also be written as
`OTEL_EXPORTER_OTLP_TRACES_`, which goes before it.

| variable | what |
|---|---|
"""


def settings_page(template: dict[str, Any]) -> str:
    """Returns the page as Markdown; it depends on nothing but the settings table and the template."""
    parts = [_HEAD]
    parts += [_parameter_row(name, p) for name, p in template["Parameters"].items()]
    parts.append(_VARIABLES)
    parts += [_setting_row(setting, template) for setting in SETTINGS]
    parts.append(_OTHERS)
    parts += [f"| `{name}` | {text} |\n" for name, text in OTHER_VARIABLES.items()]
    parts.append(_OPENTELEMETRY)
    parts += [f"| `{name}` | {text} |\n" for name, text in VARIABLES.items()]
    return "".join(parts)


def _parameter_row(name: str, parameter: dict[str, Any]) -> str:
    default = _code(str(parameter["Default"])) if "Default" in parameter else "must be given"
    allowed = parameter.get("AllowedValues", [])
    choice = " One of " + ", ".join(_code(str(value)) for value in allowed) + "."
    if len(allowed) < 2:
        choice = ""
    return f"| `{name}` | {default} | {_cell(parameter['Description'] + choice)} |\n"


def _setting_row(setting: Setting, template: dict[str, Any]) -> str:
    readers = ", ".join(setting.used_by)
    return (
        f"| `{setting.variable}` | {_code(setting.default)} | {readers} | {_origin(setting, template)} "
        f"| {_cell(setting.help)} |\n"
    )


def _origin(setting: Setting, template: dict[str, Any]) -> str:
    """Where the template takes the variable's value from, in a few words."""
    if setting.name == WRITTEN_BY_THE_WRAPPER:
        return "`otel-instrument`"
    sections = [template["Globals"]["Function"]]
    sections += [template["Resources"][FUNCTIONS[user]]["Properties"] for user in setting.used_by]
    for section in sections:
        value = section.get("Environment", {}).get("Variables", {}).get(setting.variable)
        if isinstance(value, dict):
            return _code(value["Ref"]) if "Ref" in value else "`TraceBucket`"
        if value is not None:
            return _code(str(value))
    return "none"


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
