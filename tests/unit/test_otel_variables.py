"""OpenTelemetry's own variables: which of them count, before or after ours, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanvas.otel_variables import OtelVariables, OtlpTarget

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"


def target(endpoint: str = "", **variables: str) -> OtlpTarget:
    found = OtelVariables(variables).target(endpoint)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, ""),
        ({ENDPOINT: ""}, ""),
        ({ENDPOINT: "http://collector:4318"}, "http://collector:4318/v1/traces"),
        ({ENDPOINT: "https://otlp.example/otlp/"}, "https://otlp.example/otlp/v1/traces"),
        ({ENDPOINT: "https://otlp.example?k=v"}, "https://otlp.example/v1/traces?k=v"),
        ({TRACES_ENDPOINT: "http://collector:4318"}, "http://collector:4318"),
        ({TRACES_ENDPOINT: "http://collector/insert"}, "http://collector/insert"),
        ({TRACES_ENDPOINT: "http://a/x", ENDPOINT: "http://b"}, "http://a/x"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "http://localhost:4318/v1/traces"),
        ({"OTEL_TRACES_EXPORTER": "console, otlp", ENDPOINT: "http://a"}, "http://a/v1/traces"),
        ({"OTEL_TRACES_EXPORTER": "none", ENDPOINT: "http://a"}, ""),
        ({"OTEL_TRACES_EXPORTER": "zipkin", ENDPOINT: "http://a"}, ""),
    ],
)
def test_where_spans_are_sent(variables: dict[str, str], url: str) -> None:
    found = OtelVariables(variables).target()

    assert (found.url if found else "") == url


def test_grpc_takes_the_url_as_it_is() -> None:
    protocol = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}

    assert target(**protocol, OTEL_TRACES_EXPORTER="otlp").url == "http://localhost:4317"
    assert target(**protocol, **{ENDPOINT: "https://tempo:4317"}).url == "https://tempo:4317"


def test_grpc_without_a_scheme_uses_tls_unless_that_is_switched_off() -> None:
    address = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", ENDPOINT: "tempo:4317"}

    assert target(**address).url == "https://tempo:4317"
    plain = {**address, "OTEL_EXPORTER_OTLP_INSECURE": "true"}
    assert target(**plain).url == "http://tempo:4317"


@pytest.mark.parametrize(
    ("endpoint", "variables", "url"),
    [
        ("http://tempo:4317", {}, "http://tempo:4317"),
        ("https://tempo:4317/", {}, "https://tempo:4317/"),
        ("tempo:4317", {}, "https://tempo:4317"),
        ("tempo:4317", {"OTEL_EXPORTER_OTLP_INSECURE": "true"}, "http://tempo:4317"),
        ("tempo:4317", {ENDPOINT: "http://tempo:4317"}, "https://tempo:4317"),
        ("tempo:4317", {"OTEL_TRACES_EXPORTER": "none"}, "https://tempo:4317"),
    ],
)
def test_grpc_takes_the_url_of_our_own_setting_as_it_is_too(
    endpoint: str, variables: dict[str, str], url: str
) -> None:
    settings = OtelVariables({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", **variables})

    found = settings.target(endpoint)

    assert found is not None
    assert (found.url, found.protocol, settings.problems) == (url, "grpc", [])


def test_grpc_for_another_endpoint_leaves_ours_a_base_url_of_http() -> None:
    theirs = {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", ENDPOINT: "http://vendor.example:4317"}

    found = target("http://tempo:4318?k=v", **theirs)

    assert (found.url, found.protocol) == ("http://tempo:4318/v1/traces?k=v", "http/protobuf")


def test_an_address_of_grpc_that_cannot_be_used_is_told() -> None:
    variables = OtelVariables({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})

    variables.target("tempo:otlp")

    assert variables.problems == [
        "SPANVAS_OTLP_ENDPOINT='tempo:otlp': Port could not be cast to integer value as 'otlp'"
    ]


def test_our_variables_count_first() -> None:
    variables = OtelVariables({ENDPOINT: "http://theirs", HEADERS: "a=theirs"})

    found = variables.target("http://ours", {"a": "ours"}, "/ours.pem")

    assert found is not None
    assert (found.url, found.headers) == ("http://ours/v1/traces", {"a": "ours"})
    assert (found.certificate, found.is_ours) == ("/ours.pem", True)


def test_the_key_of_another_endpoint_is_not_sent_to_ours() -> None:
    theirs = {
        ENDPOINT: "https://vendor.example",
        HEADERS: "api-key=secret",
        "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/key.pem",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
    }

    found = target("http://ours", **theirs)

    assert (found.headers, found.client_key, found.protocol) == ({}, "", "http/protobuf")


def test_headers_alone_are_for_the_endpoint_that_there_is() -> None:
    assert target("http://ours", **{HEADERS: "a=b%20c"}).headers == {"a": "b c"}
    same = {ENDPOINT: "http://ours/other", HEADERS: "a=b"}
    assert target("http://OURS", **same).headers == {"a": "b"}
    assert target("http://ours?k=v", **same).headers == {"a": "b"}


def test_the_variable_of_traces_goes_before_the_common_one(tmp_path: Path) -> None:
    ca, certificate, key = (str(tmp_path / name) for name in ("ca.pem", "client.pem", "key.pem"))
    for path in (ca, certificate, key):
        Path(path).touch()
    found = target(
        **{
            ENDPOINT: "http://a",
            HEADERS: "a=common",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=traces",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "none",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": ca,
            "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE": certificate,
            "OTEL_EXPORTER_OTLP_CLIENT_KEY": key,
        }
    )

    assert (found.headers, found.compression) == ({"a": "traces"}, "none")
    assert (found.certificate, found.client_certificate) == (ca, certificate)
    assert (found.client_key, found.is_ours) == (key, False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 5), ("10", 10), ("0.5", 0.5), ("10000", 10), ("100", 0.1), ("9999999", 60)],
)
def test_a_timeout_is_seconds_or_milliseconds(text: str, seconds: float) -> None:
    variables = {ENDPOINT: "http://a", "OTEL_EXPORTER_OTLP_TIMEOUT": text}

    assert target(**variables).timeout_seconds == seconds


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (ENDPOINT, "collector:4318", "expected a URL with http:// or https://"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "expected one of gzip, deflate, none"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "expected a number"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1", "expected a number above 0"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "nan", "expected a number above 0"),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "thrift",
            "expected one of http/protobuf, grpc, http/json",
        ),
    ],
)
def test_what_cannot_be_read_is_told_once_by_name_and_its_default_counts(
    name: str, text: str, problem: str
) -> None:
    variables = OtelVariables({TRACES_ENDPOINT: "http://a/x", name: text})

    found = variables.target()
    variables.target()

    assert variables.problems == ([f"{name}={text!r}: {problem}"] if name != ENDPOINT else [])
    assert found is not None
    assert (found.url, found.compression, found.timeout_seconds) == ("http://a/x", "gzip", 5)


def test_an_endpoint_that_is_no_url_is_told_and_gets_nothing() -> None:
    variables = OtelVariables({ENDPOINT: "collector:4318"})

    assert variables.target() is None
    assert variables.problems == [
        f"{ENDPOINT}='collector:4318': expected a URL with http:// or https://"
    ]


def test_a_password_in_a_url_is_not_told() -> None:
    variables = OtelVariables({ENDPOINT: "ftp://ada:hunter2@tempo/a"})
    variables.target("ftp://ada:hunter2@mimir")

    assert variables.target() is None
    problem = "expected a URL with http:// or https://"
    assert {*variables.problems} == {
        f"SPANVAS_OTLP_ENDPOINT='ftp://...@mimir': {problem}",
        f"{ENDPOINT}='ftp://...@tempo/a': {problem}",
    }


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://tempo:otlp", "Port could not be cast to integer value as 'otlp'"),
        ("http://", "expected a URL with http:// or https://"),
        ("ftp://tempo", "expected a URL with http:// or https://"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_told_by_the_name_of_its_variable(
    url: str, problem: str
) -> None:
    theirs = OtelVariables({ENDPOINT: url})
    assert theirs.target() is None
    assert theirs.problems == [f"{ENDPOINT}={url!r}: {problem}"]

    ours = OtelVariables({})
    assert ours.target(url) is not None
    assert ours.problems == [f"SPANVAS_OTLP_ENDPOINT={url!r}: {problem}"]


def test_a_file_that_cannot_be_read_is_told_and_none_is_used() -> None:
    name = "OTEL_EXPORTER_OTLP_CERTIFICATE"
    variables = OtelVariables({ENDPOINT: "https://a", name: "/no/ca.pem"})
    found = variables.target()
    assert found is not None
    assert found.certificate == ""
    assert variables.problems == [
        f"{name}='/no/ca.pem': cannot be read (No such file or directory)"
    ]


def test_headers_that_cannot_be_read_are_told_without_their_secret() -> None:
    variables = OtelVariables({ENDPOINT: "http://a", HEADERS: "Bearer sk-secret"})

    found = variables.target()

    assert found is not None
    assert found.headers == {}
    assert variables.problems == [f"{HEADERS}: expected name=value pairs, separated by commas"]


def test_a_header_of_traces_that_cannot_be_read_leaves_the_common_one() -> None:
    names = {"OTEL_EXPORTER_OTLP_TRACES_HEADERS": "nonsense", HEADERS: "a=b", ENDPOINT: "http://a"}

    assert target(**names).headers == {"a": "b"}


def test_json_is_told_and_sent_as_protobuf() -> None:
    variables = OtelVariables({ENDPOINT: "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"})

    found = variables.target()

    assert found is not None
    assert found.protocol == "http/protobuf"
    assert variables.problems == ["OTEL_EXPORTER_OTLP_PROTOCOL='http/json': sent as http/protobuf"]


def test_who_the_service_is() -> None:
    assert OtelVariables({}).service_name == ""
    assert OtelVariables({"OTEL_SERVICE_NAME": " canvas "}).service_name == "canvas"
    named = {"OTEL_RESOURCE_ATTRIBUTES": "service.name=brief,deployment.environment.name=a%2Cb"}
    assert OtelVariables(named).service_name == "brief"
    assert OtelVariables(named).resource_attributes() == {
        "service.name": "brief",
        "deployment.environment.name": "a,b",
    }
    assert OtelVariables({**named, "OTEL_SERVICE_NAME": "canvas"}).service_name == "canvas"


def test_propagators_beside_the_w3cs() -> None:
    assert OtelVariables({}).propagators() == ()
    assert OtelVariables({"OTEL_PROPAGATORS": "none"}).propagators() == ()
    names = {"OTEL_PROPAGATORS": "tracecontext, baggage,xray,B3"}
    assert OtelVariables(names).propagators() == ("xray", "b3")
