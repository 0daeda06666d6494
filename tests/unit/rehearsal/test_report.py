"""What `make rehearse` prints."""

from __future__ import annotations

from tests.rehearsal.report import RehearsalError, Step, run_steps


def refuse() -> str:
    raise RehearsalError("the stack is ROLLBACK_COMPLETE")


def test_a_failed_step_says_what_was_wrong_what_functions_said_and_what_to_do():
    said: list[str] = []
    steps = [
        Step("deployment", lambda: "88 resources", "-"),
        Step("workflow", refuse, "see the role in template.yaml"),
        Step("deletion", lambda: "-", "-"),
    ]
    assert not run_steps(steps, lambda: ["AccessDenied"], said.append)
    assert said[2:5] == [
        "rehearse: FAILED at workflow: the stack is ROLLBACK_COMPLETE",
        "rehearse: a function has said: AccessDenied",
        "rehearse: what to do: see the role in template.yaml",
    ]
    table = said[5].splitlines()
    assert [row.split()[0] for row in table] == ["deployment", "workflow", "deletion"]
    assert [row.split()[-1] for row in table] == ["resources", "FAILED", "reached"]


def test_an_error_of_another_kind_names_its_type():
    said: list[str] = []
    assert not run_steps([Step("sign-in", lambda: str(1 // 0), "-")], list, said.append)
    assert (
        said[1]
        == "rehearse: FAILED at sign-in: ZeroDivisionError: integer division or modulo by zero"
    )


def test_steps_that_work_end_with_what_each_has_seen():
    said: list[str] = []
    assert run_steps([Step("sign-in", lambda: "RS256", "-")], list, said.append)
    assert said[0] == "rehearse:  1/1 sign-in ..."
    assert said[1].endswith("RS256")
