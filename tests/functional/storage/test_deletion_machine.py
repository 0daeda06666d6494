"""Whatever comes before, between and after a deletion, and wherever it is cut off: in the end nothing is left of it.

Runs are registered, traces come over OTLP and are joined, and each text says something that stands nowhere else. Any
request to AWS may be the last that its sender makes. When all is done, no item, object or version holds a text of a
deleted execution, and every acknowledged text of the others is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from spanvas.model.artifact import Artifact
from spanvas.model.errors import ConflictError, StoreUnavailableError
from spanvas.model.execution import Cause
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch, TraceStore
from tests.functional.storage.received import send
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, Clock, make_artifact, make_execution, make_span
from tests.support.memory_store import MemoryTraceStore
from tests.support.what_is_stored import stored_items, stored_texts

REGISTERED = ("run-1", "run-2")
TRACES = ("1" * 32, "2" * 32, "3" * 32)
NAMES = ("", "", "trip-1", "trip-2", *REGISTERED)
CUT_OFF = st.one_of(st.none(), st.none(), st.integers(1, 14))
PADDING = "".join(f"{number * 2654435761 % 2**32:x} " for number in range(9_000))


class Deletions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = Clock()
        self.numbers = count(1)
        self.acknowledged: list[tuple[str, str]] = []
        self.tried: list[tuple[str, str]] = []
        """Ids of executions, and what was said in them."""

    @initialize()
    def start(self) -> None:
        self.store = self.make_store()

    def make_store(self) -> TraceStore:
        return MemoryTraceStore(clock=self.clock)

    @contextmanager
    def cut_off(self, failing: int | None) -> Iterator[None]:
        """The fake does everything at once."""
        yield

    def does(self, failing: int | None, action: Callable[[], Any]) -> bool:
        """Returns whether it was done to its end."""
        self.clock.advance(1)
        try:
            with self.cut_off(failing):
                action()
        except StoreUnavailableError:
            return False
        return True

    def says(self, execution_id: str, failing: int | None, action: Callable[[str], Any]) -> None:
        text = f"<said-{next(self.numbers)}>"
        self.tried.append((execution_id, text))
        if self.does(failing, lambda: action(text)):
            self.acknowledged.append((execution_id, text))

    @rule(name=st.sampled_from(REGISTERED), failing=CUT_OFF)
    def begins(self, name: str, failing: int | None) -> None:
        trace = TRACES[2] if name == REGISTERED[1] else "9" * 32
        run = make_execution(name, trace_id=trace, workflow_name="")
        self.does(failing, lambda: self.store.start_execution(run))

    @rule(name=st.sampled_from(REGISTERED), failing=CUT_OFF, is_large=st.booleans())
    def writes(self, name: str, failing: int | None, is_large: bool) -> None:
        def write(text: str) -> None:
            attributes = {"spanvas.input": text + PADDING * is_large}
            span = make_span(f"{next(self.numbers)}", name=text, attributes=attributes)
            self.store.write(SpanBatch("acme", name, [span]))

        self.says(name, failing, write)

    @rule(name=st.sampled_from(REGISTERED), failing=CUT_OFF)
    def attaches(self, name: str, failing: int | None) -> None:
        def attach(text: str) -> Artifact:
            artifact = make_artifact(
                execution_id=name, artifact_id=f"a{next(self.numbers)}", name=text
            )
            return self.store.put_artifact(artifact, text.encode())

        self.says(name, failing, attach)

    @rule(name=st.sampled_from(REGISTERED), failing=CUT_OFF)
    def fails(self, name: str, failing: int | None) -> None:
        """A later end replaces an earlier one and its text, so it is not asked for."""
        text = f"<said-{next(self.numbers)}>"
        self.tried.append((name, text))
        self.does(
            failing,
            lambda: self.store.end_execution("acme", name, "failed", T0 + SECOND, Cause("E", text)),
        )

    @rule(
        trace=st.sampled_from(TRACES),
        name=st.sampled_from(NAMES),
        failing=CUT_OFF,
        is_large=st.booleans(),
    )
    def sends(self, trace: str, name: str, failing: int | None, is_large: bool) -> None:
        kept: list[str] = []

        def receive(text: str) -> None:
            attributes = {"spanvas.input": text + PADDING * is_large}
            label = f"{next(self.numbers)}"
            span = make_span(label, "root", trace_id=trace, name=text, attributes=attributes)
            kept.append(send(self.store, span, wanted=name, now=self.clock()))

        before = len(self.acknowledged)
        self.says(trace, failing, receive)
        if len(self.acknowledged) > before:
            self.acknowledged[-1] = (kept[-1], self.acknowledged[-1][1])

    @rule(name=st.sampled_from((*REGISTERED, *TRACES, *NAMES[2:4])), failing=CUT_OFF)
    def deletes(self, name: str, failing: int | None) -> None:
        def delete() -> None:
            found = self.store.read_execution("acme", name)
            try:
                deleted = self.store.deletions.delete("acme", name, "ada")
            except ConflictError:
                assert found is not None
                assert found.hold is not None
                return
            if deleted is not None:
                self.store.deletions.purge("acme", deleted.execution_id, lambda: True)

        self.does(failing, delete)

    @rule(name=st.sampled_from((*REGISTERED, *TRACES)), failing=CUT_OFF)
    def holds(self, name: str, failing: int | None) -> None:
        found = self.store.read_execution("acme", name)
        if found is not None:
            self.does(failing, lambda: self.hold(found.execution_id))

    def hold(self, execution_id: str) -> None:
        with suppress(ConflictError):
            self.store.deletions.holds.hold("acme", execution_id, "ada")
            self.store.deletions.holds.apply("acme", execution_id, lambda: True)

    @rule(name=st.sampled_from((*REGISTERED, *TRACES)), failing=CUT_OFF)
    def releases(self, name: str, failing: int | None) -> None:
        found = self.store.read_execution("acme", name)
        if found is not None:
            self.does(failing, lambda: self.release(found.execution_id))

    def release(self, execution_id: str) -> None:
        self.store.deletions.holds.release("acme", execution_id)
        self.store.deletions.holds.apply("acme", execution_id, lambda: True)

    @rule(failing=CUT_OFF, seconds=st.sampled_from([1, 1_300]))
    def sweeps(self, failing: int | None, seconds: int) -> None:
        self.clock.advance(seconds)
        self.does(failing, self.purge)

    def purge(self) -> None:
        for overdue in list(self.store.deletions.due()):
            self.store.deletions.purge(*overdue, lambda: True)
        for overdue in list(self.store.deletions.holds.due()):
            self.store.deletions.holds.apply(*overdue, lambda: True)

    def teardown(self) -> None:
        try:
            if self.tried:
                self.check()
        finally:
            self.stack.close()

    def check(self) -> None:
        self.clock.advance(3 * 86_400)
        self.purge()
        self.check_expiry()
        left = b"\n".join(data for _, data in stored_texts(self.store))
        for name, text in self.acknowledged:
            assert (text.encode() in left) is not self.is_deleted(name), (name, text)
        for name, text in self.tried:
            if self.is_deleted(name):
                assert text.encode() not in left, (name, text)

    def check_expiry(self) -> None:
        """The fake does everything at once."""

    def is_deleted(self, name: str) -> bool:
        found = self.store.read_execution("acme", name)
        return found is not None and found.deletion is not None


class DeletionsOfTheRealStore(Deletions):
    store: DynamoTraceStore

    def make_store(self) -> TraceStore:
        return self.stack.enter_context(mocked_store(self.clock))

    def check_expiry(self) -> None:
        """Of what is held nothing expires, of all else everything; no object is where it should not be."""
        for item in stored_items(self.store):
            found = self.store.read_execution("acme", items.owner_of(item["pk"]["S"])[1])
            owner = items.partition("acme", found.execution_id) if found else ""
            if owner != item["pk"]["S"] or found is None:
                continue
            sort = item["sk"]["S"]
            is_kept = found.hold is not None and not sort.startswith(items.CLAIM)
            assert ("expires_at" not in item) is is_kept or sort == "HOLD", (sort, found)
            key = item.get("s3_key", {}).get("S", "")
            assert not key or key.startswith("held/") is is_kept, (key, found)

    @contextmanager
    def cut_off(self, failing: int | None) -> Iterator[None]:
        numbers = count(1)

        def fail(**_: Any) -> None:
            if failing is not None and next(numbers) >= failing:
                raise StoreUnavailableError("cut off")

        clients: tuple[Any, ...] = (self.store._dynamodb, self.store._s3)
        for client in clients:
            client.meta.events.register("before-call.*.*", fail)
        try:
            yield
        finally:
            for client in clients:
                client.meta.events.unregister("before-call.*.*", fail)


TestDeletionsOfTheFake = Deletions.TestCase
TestDeletionsOfTheFake.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
TestDeletionsOfTheRealStore = DeletionsOfTheRealStore.TestCase
TestDeletionsOfTheRealStore.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None
)
