"""Step 1: gates run in order, the first that fails stops the release, and the trail says what each came to."""

from recsys.rollout.gates import run_gates


def gates(ran, **problems):
    """Gates that note that they ran and come to the problems given; an exception is raised."""

    def gate(name, result):
        def run():
            ran.append(name)
            if isinstance(result, Exception):
                raise result
            return result

        return run

    return {name: gate(name, result) for name, result in problems.items()}


def trail(audit):
    return [(entry.action, entry.details["passed"]) for entry in audit.entries()]


def test_all_pass(audit):
    ran = []
    assert run_gates(gates(ran, data=[], train=[]), audit) is None, "two gates that find nothing wrong"
    assert ran == ["data", "train"], "the gates that ran, in their order"
    assert trail(audit) == [("gate data", True), ("gate train", True)], (
        "what the audit trail has of two gates that passed"
    )


def test_the_first_failure_stops(audit):
    ran = []
    stopped = run_gates(gates(ran, data=["no rows", "old"], train=[]), audit)
    assert stopped == "data", "which gate stopped the release, when `data` named two problems"
    assert ran == ["data"], "the gates that ran: training on data that were refused costs money and may be promoted"
    assert trail(audit) == [("gate data", False)], "what the trail has of a gate that found problems"
    said = "the problems that the trail keeps: a year later somebody asks why"
    assert audit.entries()[-1].details["problems"] == ["no rows", "old"], said


def test_a_gate_that_crashes_has_not_passed(audit):
    ran = []
    try:
        stopped = run_gates(gates(ran, data=ZeroDivisionError("division by zero"), train=[]), audit)
    except ZeroDivisionError:
        stopped = "nothing: the exception went through, and the trail knows of no gate"
    assert stopped == "data", "which gate stopped the release, when `data` raised ZeroDivisionError"
    assert ran == ["data"], "the gates that ran after one crashed"
    problems = str(audit.entries()[-1].details["problems"])
    assert "ZeroDivisionError" in problems, f"the trail names the exception; it has {problems}"
    assert trail(audit) == [("gate data", False)], "what the trail has of a gate that crashed"


def test_the_actor_is_kept(audit):
    run_gates(gates([], data=[]), audit, actor="ada")
    assert audit.entries()[-1].actor == "ada", "who ran the gates, as the trail has it"


def test_problems_that_come_one_by_one_count_too(audit):
    stopped = run_gates({"data": lambda: (problem for problem in ["no rows"])}, audit)
    assert stopped == "data", "which gate stopped the release, when it yields its problems (a generator is always true)"
    assert run_gates({"data": lambda: iter(())}, audit) is None, "a gate that yields nothing has found nothing"
