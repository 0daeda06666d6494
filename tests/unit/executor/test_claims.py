"""Whose event it is: taking a claim, waiting for a sign of life of its holder, and keeping it while working."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from executor.claims import RENEWING, ClaimResult, Claims, claims_in
from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.claims import Claim, LeaseState

CLAIM = Claim("acme", "exec-1", "event-1", "0000000000000001")
WORKING = LeaseState(False, "0000000000000002", 30)
RENEWED = LeaseState(False, "0000000000000002", 40)
DONE = LeaseState(True, "0000000000000002", 30)
UNSAID = LeaseState(False, "", 0)


class Items:
    """Answers in turn, the last one for ever. `done` is what was asked for besides."""

    def __init__(self, *answers: LeaseState | Exception | None) -> None:
        self._answers = list(answers) or [None]
        self.done: list[str] = []
        self.renewals: list[bool | Exception] = []
        self.down: Exception | None = None
        self.before: Callable[[], object] = lambda: None
        self.before_renewal: Callable[[], object] = lambda: None

    def take(self, claim: Claim, lease_seconds: int) -> LeaseState | None:
        assert (claim, lease_seconds) == (CLAIM, 30)
        self.before()
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(found, Exception):
            raise found
        return found

    def renew(self, claim: Claim, lease_seconds: int) -> bool:
        self.before_renewal()
        self.done.append("renewed")
        answer = self.renewals.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def finish(self, claim: Claim) -> bool:
        return self._settle("finished")

    def give_back(self, claim: Claim) -> bool:
        return self._settle("given back")

    def _settle(self, how: str) -> bool:
        if self.down is not None:
            raise self.down
        self.done.append(how)
        return True


def taken(items: Items) -> tuple[ClaimResult, list[float]]:
    """What became of it, and how long was slept for it."""
    slept: list[float] = []
    return Claims(items, 60, slept.append).take(CLAIM), slept


def test_an_event_that_nobody_has_is_ones_own_at_once() -> None:
    assert taken(Items(None)) == (ClaimResult.MINE, [])


def test_an_event_that_has_been_run_is_a_repetition_at_once() -> None:
    assert taken(Items(DONE)) == (ClaimResult.REPEATED, [])


def test_a_holder_that_renews_its_claim_lives() -> None:
    assert taken(Items(WORKING, WORKING, WORKING, RENEWED)) == (
        ClaimResult.REPEATED,
        [1.0, 1.0, 1.0],
    )


def test_a_holder_that_ends_meanwhile_has_run_it() -> None:
    assert taken(Items(WORKING, DONE)) == (ClaimResult.REPEATED, [1.0])


def test_a_claim_that_another_repetition_took_over_is_its_holders() -> None:
    other = WORKING._replace(holder="0000000000000003")
    assert taken(Items(WORKING, other)) == (ClaimResult.REPEATED, [1.0])


def test_a_holder_that_was_killed_leaves_the_event_when_its_lease_ends() -> None:
    assert taken(Items(*[WORKING] * 30, None)) == (ClaimResult.MINE, [1.0] * 30)


def test_an_engine_that_does_not_say_who_holds_a_claim_is_asked_for_a_lease() -> None:
    assert taken(Items(UNSAID)) == (ClaimResult.REPEATED, [1.0] * 31)


@pytest.mark.parametrize(
    "answers",
    [
        (StoreUnavailableError("the store failed claiming an event", 2, "X"),),
        (WORKING, StoreUnavailableError("the store failed claiming an event", 2, "X")),
        (RuntimeError("a defect"),),
    ],
)
def test_where_the_store_cannot_tell_the_event_is_run(
    answers: tuple[LeaseState | Exception, ...], caplog: pytest.LogCaptureFixture
) -> None:
    assert taken(Items(*answers))[0] is ClaimResult.UNKNOWN
    assert caplog.messages == [f"runs unclaimed, since the store cannot tell: {answers[-1]}"]


def test_a_store_that_does_not_answer_is_not_waited_for() -> None:
    items, ended = Items(None), threading.Event()
    items.before = ended.wait
    assert Claims(items, 0.01).take(CLAIM) is ClaimResult.UNKNOWN
    ended.set()


def test_what_has_been_run_is_finished() -> None:
    items = Items()
    with Claims(items, 60).held(CLAIM):
        assert items.done == []
    assert items.done == ["finished"]


def test_an_event_that_failed_is_given_back_for_whoever_tries_it_again() -> None:
    items = Items()
    with pytest.raises(SystemExit), Claims(items, 60).held(CLAIM):
        raise SystemExit
    assert items.done == ["given back"]


def test_a_store_that_is_down_at_the_end_changes_nothing_of_the_result(
    caplog: pytest.LogCaptureFixture,
) -> None:
    items = Items()
    items.down = StoreUnavailableError("the store failed claiming an event", 2, "X")
    with Claims(items, 60).held(CLAIM):
        result = "the workflow's"
    assert result == "the workflow's"
    assert caplog.messages == [f"the claim runs out by itself: {items.down}"]


def test_a_claim_is_renewed_while_its_holder_works_whatever_the_store_says_now_and_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    items = Items()
    items.renewals = [True, StoreUnavailableError("down", 2, "X"), True, False]
    with Claims(items, 60, renewal_seconds=0.001).held(CLAIM):
        (renewing,) = [thread for thread in threading.enumerate() if thread.name == RENEWING]
        renewing.join(60)
    assert items.done == ["renewed"] * 4 + ["finished"]
    assert caplog.messages == ["another delivery has taken over: the claim was not renewed in time"]


def test_a_renewal_that_comes_after_the_end_is_nothing_to_speak_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    items, ended = Items(), threading.Event()
    items.renewals = [False]
    items.before_renewal = ended.set
    Claims(items, 60, renewal_seconds=0)._renew(CLAIM, ended)
    assert items.done == ["renewed"]
    assert caplog.messages == []


def test_the_claims_of_a_process_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert claims_in("traces-of-a-test", 2_000) is claims_in("traces-of-a-test", 2_000)
