"""Off is off, and broken is off: whatever part of the layer fails, the function's own handler runs, logged once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.lambdas.sandbox import Sandbox
from tests.runtime.layer_sandbox import LayeredFunctions, answer

pytestmark = pytest.mark.runtime

Start = Callable[..., Sandbox]


@pytest.fixture
def start(functions: LayeredFunctions) -> Iterator[Start]:
    started: list[Sandbox] = []

    def begin(handler: str = "plain.handler", **options: object) -> Sandbox:
        started.append(functions.start(handler, **options))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for sandbox in started:
        sandbox.kill()


@pytest.fixture(scope="module")
def copied_opt(built_opt: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layer of the tests' own, to be broken and mended."""
    copy = tmp_path_factory.mktemp("layer") / "opt"
    shutil.copytree(built_opt, copy)
    for compiled in (copy / "python" / "spanvas").rglob("__pycache__"):
        shutil.rmtree(compiled)
    return copy


PARTS = (
    "spanvas/__init__.py",
    "spanvas/handles.py",
    "spanvas/settings.py",
    "spanvas/model/span.py",
    "spanvas/otlp/kept_fields.py",
    "spanvas/privacy/redact.py",
    "spanvas/propagation/inbound.py",
    "spanvas/attributes.py",
    "spanvas/storage/dynamo.py",
    "spanvas/tracing/__init__.py",
    "spanvas/tracing/engine.py",
    "spanvas/tracing/store_exporter.py",
    "spanvas/tracing/instrumentations.py",
    "spanvas/tracing/bootstrap.py",
    "spanvas/tracing/invocation.py",
    "spanvas/tracing/lambda_wrapper.py",
    "spanvas/tracing/messages.py",
)
"""One of every package and every stage: what is imported for the public API, for the engine, and for the handler."""


@pytest.fixture
def broken_opt(copied_opt: Path, module: str) -> Iterator[Path]:
    """The layer while one module of it cannot be imported; it is mended afterwards."""
    path = copied_opt / "python" / module
    own = path.read_bytes()
    path.write_text(f"raise ImportError({module!r})\n", encoding="utf-8")
    yield copied_opt
    path.write_bytes(own)


def named(prefix: str, module: str) -> str:
    """An execution id of a test's own."""
    return f"{prefix}-{module.replace('/', '.')}"


@pytest.mark.parametrize("module", PARTS)
def test_any_part_of_the_layer_may_fail_to_import(
    functions: LayeredFunctions, start: Start, broken_opt: Path, module: str
) -> None:
    sandbox = start(opt=broken_opt)
    for number in range(2):
        event = {"execution_id": named("broken", module), "n": number}
        assert answer(sandbox, event)["event"] == event
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("tracing is off") == 1
    assert module in log
    assert functions.engines.store.read_execution("acme", named("broken", module)) is None


LATE = (
    "spanvas/collector/http.py",
    "spanvas/otlp/protobuf_export.py",
    "spanvas/http/proxies.py",
)
"""What is imported when something is sent to an endpoint, in a thread of the layer's own."""


@pytest.mark.parametrize("module", LATE)
def test_what_is_imported_late_may_fail_too_and_costs_no_more_than_the_endpoint_its_spans(
    functions: LayeredFunctions, start: Start, broken_opt: Path, module: str
) -> None:
    sandbox = start(opt=broken_opt, SPANVAS_OTLP_ENDPOINT="http://127.0.0.1:9")
    for number in range(2):
        event = {"execution_id": named(f"late-{number}", module), "n": number}
        assert answer(sandbox, event)["event"] == event
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("spanvas failed in spanvas-otlp") == 1
    assert module in log
    for number in range(2):
        execution = functions.engines.store.read_execution("acme", named(f"late-{number}", module))
        assert execution is not None
        assert execution.status == "succeeded"
        assert execution.exporter_health["store"] == "ok"
        assert execution.exporter_health["otlp"] in {"failing", "open"}


SHADOWS = {
    "a package": ("spanvas/__init__.py", "NAME = 'own'\n"),
    "a module": ("spanvas.py", "NAME = 'own'\n"),
    "a package with parts of the same names": (
        "spanvas/tracing/__init__.py",
        "from spanvas.tracing import gone\n",
    ),
    "a package that counts calls": (
        "spanvas/tracing/lambda_wrapper.py",
        "def wrap(handler):\n    return None\n",
    ),
}
"""What a function may have of the same name: a file, and what is in it."""


@pytest.mark.parametrize("shadow", SHADOWS)
def test_a_function_with_a_package_of_the_same_name_runs_untraced(
    functions: LayeredFunctions, start: Start, tmp_path: Path, shadow: str
) -> None:
    task = tmp_path / "task"
    file, text = SHADOWS[shadow]
    (task / file).parent.mkdir(parents=True)
    if (task / "spanvas").is_dir():
        (task / "spanvas" / "__init__.py").write_text("NAME = 'own'\n", encoding="utf-8")
    (task / file).write_text(text, encoding="utf-8")
    (task / "own.py").write_text(
        "import spanvas\n\ndef handler(event, context):\n    return [event, spanvas.NAME]\n",
        encoding="utf-8",
    )
    sandbox = start("own.handler", folder=task)
    for number in range(2):
        assert answer(sandbox, {"n": number}) == [{"n": number}, "own"]
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("tracing is off") == 1
    assert "a package of the function's own has the name spanvas" in log


def test_the_same_layer_traces_when_it_is_whole(
    functions: LayeredFunctions, start: Start, copied_opt: Path
) -> None:
    answer(start(opt=copied_opt), {"execution_id": "whole-copy"})
    assert functions.engines.store.read_execution("acme", "whole-copy") is not None


@pytest.mark.parametrize(
    "setting",
    [
        {"SPANVAS_CONTENT": "everything"},
        {"SPANVAS_FLUSH_INTERVAL_MS": "0"},
        {"SPANVAS_OTLP_HEADERS": "no sign"},
        {"SPANVAS_ENDS_EXECUTION": "perhaps"},
    ],
)
def test_a_setting_that_cannot_be_read(
    functions: LayeredFunctions, start: Start, setting: dict[str, str]
) -> None:
    sandbox = start(**setting)
    for number in range(2):
        assert answer(sandbox, {"n": number})["event"] == {"n": number}
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("tracing is off") == 1
    assert next(iter(setting)) in log


def test_a_function_on_a_disk_that_cannot_be_written_is_traced_all_the_same(
    functions: LayeredFunctions, start: Start
) -> None:
    """The layer keeps nothing on disk: not in /tmp, which a function may fill, and not anywhere else."""
    found = answer(
        start("layered.handler", TMPDIR="/nonexistent"), {"execution_id": "disk", "nodes": ["a"]}
    )
    assert found["text"] == ""
    execution = functions.engines.store.read_execution("acme", "disk")
    assert execution is not None
    assert execution.status == "succeeded"


def test_a_layer_without_its_code_leaves_the_function_as_it_is(
    start: Start, built_opt: Path, tmp_path: Path
) -> None:
    opt = tmp_path / "opt"
    (opt / "python").mkdir(parents=True)
    shutil.copy(built_opt / "otel-instrument", opt)
    found = answer(start(opt=opt), {"n": 1})
    assert found["event"] == {"n": 1}
    assert "opentelemetry" not in found["loaded"]


@pytest.mark.parametrize("value", ["false", "", "0", "perhaps"])
def test_off_loads_nothing_of_ours(start: Start, value: str) -> None:
    loaded = set(answer(start(SPANVAS_ENABLED=value), {})["loaded"])
    assert not loaded & {"spanvas", "spanvas_entry", "opentelemetry"}


def test_without_any_setting_nothing_is_loaded(
    functions: LayeredFunctions, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LayeredFunctions, "_settings", lambda self: {})
    loaded = set(answer(start(), {})["loaded"])
    assert not loaded & {"spanvas", "spanvas_entry", "opentelemetry"}
