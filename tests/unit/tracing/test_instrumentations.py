"""Instrumentations in a folder: which are found, which are switched on, and what does not stop the function."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from spanvas.tracing.instrumentations import LAYER, Found, found_in, own_folders, switch_on
from tests.support.recording import Recording, recording

MODULE = """
calls = []

class DependencyConflictError(Exception):
    pass

class Instrumentor:
    is_instrumented_by_opentelemetry = False

    def instrument(self, **options):
        calls.append(sorted(options))

class Already(Instrumentor):
    is_instrumented_by_opentelemetry = True

class Conflicts(Instrumentor):
    def instrument(self, **options):
        raise DependencyConflictError("redis is not there")

class Fails(Instrumentor):
    def instrument(self, **options):
        raise ValueError("of another version")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "acme_instrumentation.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("acme_instrumentation", None)


def bring(folder: Path, distribution: str, *entries: str) -> None:
    """A package's metadata, as pip writes it."""
    info = folder / f"{distribution}-1.0.dist-info"
    info.mkdir()
    lines = ["[console_scripts]", "tool = tool:main", "", "[opentelemetry_instrumentor]", *entries]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n\n[other]\nx = y:z\n")


def calls() -> list[list[str]]:
    found: list[list[str]] = sys.modules["acme_instrumentation"].calls
    return found


def test_entry_points_of_the_group_are_found(folder: Path) -> None:
    bring(folder, "Acme_Tool", "tool = acme_instrumentation:Instrumentor [extra]")
    (folder / "none-1.0.dist-info").mkdir()
    (folder / "other-1.0.dist-info").mkdir()
    (folder / "other-1.0.dist-info" / "entry_points.txt").write_text("[console_scripts]\na = b:c\n")
    (folder / "odd-1.0.dist-info").mkdir()
    (folder / "odd-1.0.dist-info" / "entry_points.txt").write_bytes(b"\xff\xfe")
    assert list(found_in(folder)) == [
        Found("tool", "acme_instrumentation:Instrumentor", "acme-tool")
    ]
    assert list(found_in(folder / "nowhere")) == []


def test_the_folders_are_the_functions_and_the_layers() -> None:
    assert own_folders("/var/task") == [Path("/var/task"), LAYER]
    assert own_folders("") == [LAYER]
    assert (LAYER / "spanvas").is_dir()


def test_they_are_switched_on_with_our_providers(folder: Path) -> None:
    bring(folder, "acme", "acme = acme_instrumentation:Instrumentor")
    with recording() as recorded:
        assert switch_on(recorded.engine, [folder]) == ["acme"]
    assert calls() == [["logger_provider", "raise_exception_on_conflict", "tracer_provider"]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("all",), ["one", "two"]),
        (("none",), []),
        ((), []),
        (("one",), ["one"]),
        (("beta",), ["two"]),
        (("three", "two"), ["two"]),
    ],
)
def test_the_setting_chooses_by_name_or_package(
    folder: Path, wanted: tuple[str, ...], expected: list[str]
) -> None:
    bring(folder, "alpha", "one = acme_instrumentation:Instrumentor")
    bring(
        folder,
        "beta",
        "two = acme_instrumentation:Instrumentor",
        "aws-lambda = acme_instrumentation:Instrumentor",
    )
    with recording(instrumentations=wanted) as recorded:
        assert switch_on(recorded.engine, [folder]) == expected


def test_what_is_on_already_and_what_has_no_library_is_passed_over_in_silence(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bring(
        folder,
        "acme",
        "already = acme_instrumentation:Already",
        "redis = acme_instrumentation:Conflicts",
    )
    with recording() as recorded:
        assert switch_on(recorded.engine, [folder]) == []
    assert caplog.text == ""


def test_what_fails_is_said_once_and_costs_that_one_alone(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bring(folder, "a_missing", "missing = no_such_module:Instrumentor")
    bring(
        folder,
        "b_broken",
        "broken = acme_instrumentation:Fails",
        "absent = acme_instrumentation:Absent",
    )
    bring(folder, "c_fine", "fine = acme_instrumentation:Instrumentor")
    with recording() as recorded:
        assert switch_on(recorded.engine, [folder]) == ["fine"]
    assert [record.getMessage() for record in caplog.records] == [
        "the instrumentation missing of a-missing is not switched on: "
        "ModuleNotFoundError: No module named 'no_such_module'",
        "the instrumentation broken of b-broken is not switched on: ValueError: of another version",
    ]


@pytest.mark.parametrize(("wanted", "expected"), [(("all",), []), (("acme",), ["acme"])])
def test_a_function_with_a_provider_of_its_own_instruments_itself(
    folder: Path, wanted: tuple[str, ...], expected: list[str], own_provider: TracerProvider
) -> None:
    bring(folder, "acme", "acme = acme_instrumentation:Instrumentor")
    with recording(instrumentations=wanted, is_global=True) as recorded:
        assert switch_on(recorded.engine, [folder]) == expected
        # Never with the function's provider: its exporters get no span that they do not get otherwise.
        options = recorded.engine.providers.instrumentation_options()
        assert options["tracer_provider"] is recorded.engine.providers.own


def test_an_empty_folder_costs_no_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording() as recorded:
        monkeypatch.setattr(recorded.engine.providers, "instrumentation_options", lambda: 1 / 0)
        assert switch_on(recorded.engine, [tmp_path]) == []
        assert switch_on(recorded.engine) == []


class TestOptions:
    def test_they_are_ours(self) -> None:
        with recording() as recorded:
            options = recorded.engine.providers.instrumentation_options()
            assert set(options) == {"tracer_provider", "logger_provider"}
            assert_spans_come(recorded, options["tracer_provider"])


def assert_spans_come(recorded: Recording, provider: trace.TracerProvider) -> None:
    import spanvas

    with spanvas.workflow("brief"):
        provider.get_tracer("acme").start_span("call").end()
    assert recorded.names == ["call", "brief"]
