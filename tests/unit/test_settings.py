from __future__ import annotations

import subprocess
import sys

import pytest

from spanvas import environment, settings
from spanvas.environment import LambdaEnvironment
from spanvas.settings import InvalidSettingError, Settings, is_enabled


def test_an_empty_environment_gives_the_defaults() -> None:
    found = Settings.from_env({})

    assert found.enabled is False
    assert found.content == "redacted"
    assert found.retention_days == 30
    assert found.flush_budget_ms == 100
    assert found.connections == {}


def test_variables_are_parsed() -> None:
    found = Settings.from_env(
        {
            "SPANVAS_ENABLED": "True",
            "SPANVAS_RETENTION_DAYS": "7",
            "SPANVAS_CONTENT": "none",
            "SPANVAS_OTLP_HEADERS": "authorization=Basic%20x=y, tenant = a,",
            "SPANVAS_CONNECTIONS": '{"orders": "https://orders.example"}',
            "SPANVAS_ARTIFACT_BUCKETS": "reports, models,",
        }
    )

    assert found.enabled is True
    assert found.retention_days == 7
    assert found.content == "none"
    assert found.otlp_headers == {"authorization": "Basic x=y", "tenant": "a"}
    assert found.connections == {"orders": "https://orders.example"}
    assert found.artifact_buckets == ("reports", "models")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SPANVAS_ENABLED", "perhaps"),
        ("SPANVAS_RETENTION_DAYS", "0"),
        ("SPANVAS_RETENTION_DAYS", "soon"),
        ("SPANVAS_CONTENT", "some"),
        ("SPANVAS_ENDS_EXECUTION", "perhaps"),
        ("SPANVAS_OTLP_HEADERS", "no-sign"),
        ("SPANVAS_CONNECTIONS", "[]"),
        ("SPANVAS_CONNECTIONS", '{"a": 1}'),
    ],
)
def test_a_value_that_cannot_be_read_is_named(variable: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=variable):
        Settings.from_env({variable: value})


def test_a_choice_that_may_be_empty_tells_the_words_alone() -> None:
    with pytest.raises(InvalidSettingError, match=r"expected one of tempo, jaeger$"):
        Settings.from_env({"SPANVAS_SPAN_SOURCE": "zipkin"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SPANVAS_OTLP_HEADERS", "authorization: Bearer hunter2"),
        ("SPANVAS_SPAN_SOURCE_HEADERS", "authorization: Bearer hunter2"),
        ("SPANVAS_SPAN_SOURCE_URL", "https://ada:hunter2@tempo.example.com"),
    ],
)
def test_a_value_that_may_hold_a_secret_is_not_told(variable: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"^{variable}=[.]{{3}}: expected") as raised:
        Settings.from_env({variable: value})

    assert "hunter2" not in str(raised.value)


def test_settings_are_frozen_and_complete() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        Settings().tenant = "other"
    with pytest.raises(TypeError, match="unknown settings: colour"):
        Settings(colour="blue")


@pytest.mark.parametrize(
    ("value", "enabled"),
    [("true", True), (" 1 ", True), ("false", False), ("", False), ("perhaps", False)],
)
def test_tracing_is_on_only_when_it_is_said_to_be(value: str, enabled: bool) -> None:
    assert is_enabled({"SPANVAS_ENABLED": value}) is enabled
    assert is_enabled({}) is False


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_loaded", None)
    monkeypatch.setenv("SPANVAS_TENANT", "acme")
    first = settings.load()
    monkeypatch.setenv("SPANVAS_TENANT", "globex")

    assert settings.load() is first
    assert first.tenant == "acme"


def test_the_runtimes_own_variables_are_read() -> None:
    found = LambdaEnvironment(
        {"AWS_LAMBDA_FUNCTION_NAME": "executor", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}
    )

    assert (found.function_name, found.memory_mb, found.region) == ("executor", 512, "")
    assert environment.lambda_environment().log_group_name == ""


def test_asking_whether_tracing_is_on_imports_next_to_nothing() -> None:
    heavy = ("asyncio", "boto3", "dataclasses", "datetime", "json", "opentelemetry", "typing")
    code = f"import sys, spanvas.settings; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "layers/spanvas"},
    )

    assert done.stdout.strip() == "[]"
