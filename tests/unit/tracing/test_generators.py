"""A span around a generator is current while the generator runs, not while it waits to be asked for more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from functools import partial
from threading import Thread

import pytest

import spanvas
from tests.support.recording import Recording


@spanvas.node("first")
def first() -> Iterator[int]:
    with spanvas.span("inside"):
        yield 1
    yield 2


@spanvas.node("second")
def second() -> Iterator[int]:
    yield 1
    yield 2


def parents(recorded: Recording) -> dict[str, str | None]:
    """The name of the span above each."""
    names = {span.span_id: span.name for span in recorded.spans}
    return {span.name: names.get(span.parent_span_id or "") for span in recorded.spans}


def test_generators_that_take_turns_leave_the_callers_span_current(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        for _ in zip(first(), second(), strict=False):
            with spanvas.node("between"):
                pass
        with spanvas.node("after"):
            pass
    assert parents(recorded) == {
        "inside": "first",
        "between": "brief",
        "first": "brief",
        "second": "brief",
        "after": "brief",
        "brief": None,
    }


def test_a_generator_may_be_finished_by_another_thread(
    recorded: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        results = first()
        next(results)
        thread = Thread(target=lambda: list(results))
        thread.start()
        thread.join()
        with spanvas.node("after"):
            pass
    found = parents(recorded)
    assert (found["inside"], found["first"], found["after"]) == ("first", "brief", "brief")
    assert caplog.messages == []


def test_what_is_sent_and_thrown_reaches_a_generator_and_what_it_returns_comes_back(
    recorded: Recording,
) -> None:
    @spanvas.node("ask")
    def ask() -> Generator[object, object, object]:
        try:
            answer = yield "question"
        except ValueError:
            answer = "none"
        return answer

    def outer() -> Generator[object, object, None]:
        yield (yield from ask())

    sent, thrown = outer(), outer()
    assert (next(sent), sent.send("yes")) == ("question", "yes")
    next(thrown)
    assert thrown.throw(ValueError()) == "none"


def test_what_is_sent_and_thrown_reaches_an_asynchronous_generator(recorded: Recording) -> None:
    @spanvas.node("ask")
    async def ask() -> AsyncGenerator[str, str]:
        try:
            yield "got " + (yield "question")
        except ValueError:
            yield "none"

    async def main() -> list[str]:
        sent, thrown = ask(), ask()
        await anext(sent)
        await anext(thrown)
        found = [await sent.asend("yes"), await thrown.athrow(ValueError())]
        await sent.aclose()
        await thrown.aclose()
        return found

    assert asyncio.run(main()) == ["got yes", "none"]


def test_an_asynchronous_generator_that_is_left_is_not_current_any_more(
    recorded: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    @spanvas.node("stream")
    async def stream() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def main() -> None:
        with spanvas.workflow("brief", execution_id="e1"):
            async for _ in stream():
                break
            with spanvas.node("after"):
                pass
            await asyncio.sleep(0)

    asyncio.run(main())
    found = parents(recorded)
    assert (found["after"], found["stream"]) == ("brief", "brief")
    assert caplog.messages == []


class Asked:
    """A callable object that has to be awaited."""

    async def __call__(self, name: str = "inside") -> None:
        """Opens a span."""
        with spanvas.span(name):
            await asyncio.sleep(0)


def test_partials_and_callable_objects_are_awaited_within_their_span(recorded: Recording) -> None:
    async def main() -> None:
        with spanvas.workflow("brief", execution_id="e1"):
            await spanvas.node("object")(Asked())()
            await spanvas.node("partial")(partial(Asked(), "deeper"))()

    asyncio.run(main())
    found = parents(recorded)
    assert (found["inside"], found["deeper"]) == ("object", "partial")
