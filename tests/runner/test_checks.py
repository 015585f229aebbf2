"""A learner's code is checked in processes with limits, and told what did not come in plain words."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from studyapp.domain.labs import Cause, Lab, StepResult
from studyapp.runner import orphans
from studyapp.runner.checks import run_checks, stream_checks
from studyapp.runner.processes import Supervisor
from studyapp.runner.workspace import Workspace, WorkspaceError
from tests.runner.conftest import until
from tests.runner.tiny_lab import SHELF, STARTER

DROP = "del self.things[: -self.room]"


def check(lab: Lab, workspace: Workspace, code: str, step: str = "put", **limits: float) -> StepResult:
    workspace.written[0].write_text(code, "utf-8")
    (result,) = run_checks(lab, workspace, lab.find(step), seconds=limits.get("seconds", 20), megabytes=1024)
    return result


def test_the_starter_fails_every_step_and_the_reference_none(lab: Lab, workspace: Workspace) -> None:
    assert [result.cause for result in run_checks(lab, workspace)] == [
        Cause.UNWRITTEN,
        Cause.EXPECTATION,
        Cause.EXPECTATION,
        Cause.UNWRITTEN,
        Cause.EXPECTATION,
        Cause.UNWRITTEN,
    ]
    workspace.written[0].write_text(SHELF, "utf-8")
    results = run_checks(lab, workspace)
    assert [result.step.id for result in results] == ["put", "count", "newest", "full", "kinds", "clear"]
    assert all(result.passed and result.seconds > 0 and not result.message for result in results)


def test_a_failure_says_what_was_expected_what_came_and_what_was_printed(lab: Lab, workspace: Workspace) -> None:
    result = check(lab, workspace, STARTER, "count")
    assert (result.message, result.expected, result.got) == ("a stands there twice", "2", "0")
    assert result.output == "counting\n"


def test_an_exception_that_did_not_come_is_told_in_words(lab: Lab, workspace: Workspace) -> None:
    result = check(lab, workspace, STARTER, "newest")
    assert (result.expected, result.got) == ("LookupError is raised", "nothing is raised")


MISBEHAVING = """
class Shelf:
    def __init__(self, room):
        self.room, self.things = room, []
    def put(self, thing): raise KeyError(thing)
    def count(self, thing): assert thing is None, "mine"
    def newest(self): self.things = [0] * 10**9
    def full(self): import os; os._exit(3)
    def kinds(self): import os; os.kill(os.getpid(), 11)
    def clear(self): import sys; sys.exit(3)
"""


def test_whatever_the_code_does_has_its_plain_message_and_harms_no_other_step(lab: Lab, workspace: Workspace) -> None:
    workspace.written[0].write_text(MISBEHAVING, "utf-8")
    assert [(result.cause, result.message) for result in run_checks(lab, workspace, megabytes=1024)] == [
        (Cause.ERROR, "KeyError: 'a' (recsys/shelf.py line 5)"),
        (Cause.ERROR, "AssertionError: mine (recsys/shelf.py line 6)"),
        (Cause.MEMORY, "it used more memory than a check may (recsys/shelf.py line 7)"),
        (Cause.CRASH, "the process ended with status 3; does the code call exit?"),
        (Cause.CRASH, "the process died of SIGSEGV"),
        (Cause.ERROR, "SystemExit: 3 (recsys/shelf.py line 10)"),
    ]


@pytest.mark.parametrize(
    ("replaced", "by", "cause", "said"),
    [
        (
            "class Shelf",
            "import nothere\nclass Shelf",
            Cause.IMPORT,
            "No module named 'nothere' (recsys/shelf.py line 4)",
        ),
        (
            "class Shelf",
            "1 / 0\nclass Shelf",
            Cause.IMPORT,
            "ZeroDivisionError: division by zero (recsys/shelf.py line 4)",
        ),
        (DROP, "del (", Cause.SYNTAX, "recsys/shelf.py line 12 is not valid Python: '(' was never closed"),
        (DROP, "\0", Cause.SYNTAX, "recsys/shelf.py"),
    ],
)
def test_code_that_cannot_be_imported_says_where(
    lab: Lab, workspace: Workspace, replaced: str, by: str, cause: Cause, said: str
) -> None:
    result = check(lab, workspace, SHELF.replace(replaced, by))
    assert not result.passed
    assert result.cause is cause
    assert said in result.message


def test_a_loop_without_an_end_stops_at_its_limit_and_the_other_steps_are_checked(
    lab: Lab, workspace: Workspace
) -> None:
    workspace.written[0].write_text(SHELF.replace(DROP, "while True: pass"), "utf-8")
    results = run_checks(lab, workspace, seconds=2)
    assert [result.passed for result in results] == [False, True, True, True, True, True]
    assert results[0].cause is Cause.TIME
    assert "did not end within 2 s" in results[0].message


def test_a_syntax_error_is_shown_with_its_line(lab: Lab, workspace: Workspace) -> None:
    assert check(lab, workspace, SHELF.replace(DROP, "return return")).got == "return return"


def test_an_assertion_without_a_message_is_told_as_it_is_written(lab: Lab, workspace: Workspace) -> None:
    checks = workspace.labs_root / "alpha" / "checks" / "test_01_put.py"
    checks.write_text("def test_put(shelf):\n    assert shelf.full()\n", "utf-8")
    result = check(lab, workspace, SHELF)
    assert result.message.startswith("this does not hold: assert False")


def test_a_check_that_needs_what_is_not_here_says_so(lab: Lab, workspace: Workspace) -> None:
    checks = workspace.labs_root / "alpha" / "checks" / "test_01_put.py"
    checks.write_text("import pytest\n\n\ndef test_put():\n    pytest.skip('no kubectl')\n", "utf-8")
    result = check(lab, workspace, SHELF)
    assert (result.passed, result.cause, result.message) == (False, Cause.SKIPPED, "cannot be checked here: no kubectl")


def test_what_one_check_of_several_could_not_look_at_is_told_too(lab: Lab, workspace: Workspace) -> None:
    checks = workspace.labs_root / "alpha" / "checks" / "test_01_put.py"
    passing = "def test_put():\n    pass\n"
    checks.write_text(f"import pytest\n\n\n{passing}\n\ndef test_more():\n    pytest.skip('no kubectl')\n", "utf-8")
    result = check(lab, workspace, SHELF)
    assert (result.passed, result.message) == (True, "passed, but not looked at here: no kubectl")


def test_a_saved_change_counts_though_time_and_size_are_the_same(lab: Lab, workspace: Workspace) -> None:
    path = workspace.written[0]
    subprocess.run([sys.executable, "-c", "import recsys.shelf"], cwd=workspace.path, check=True)
    before = path.stat()
    path.write_text(STARTER.replace("return 0 ", "return 2 "), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run_checks(lab, workspace, lab.find("count"))[0].passed


def test_nothing_that_the_code_started_is_left(lab: Lab, workspace: Workspace) -> None:
    started = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True, env={})"
    before = {process.pid for process in psutil.process_iter()}
    assert check(lab, workspace, SHELF.replace(DROP, f"{DROP}; {started}")).passed
    left = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == ["sleep", "600"]]
    assert [process for process in left if process.pid not in before] == []
    assert orphans.left_below(workspace.data_root) == []


@pytest.mark.parametrize("loop", ["", "while True: pass"])
def test_no_temporary_file_is_left_even_of_a_check_that_is_killed(
    lab: Lab, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    workspace.written[0].write_text(f"import tempfile\ntempfile.mkstemp()\n{loop}\nclass Shelf: pass\n", "utf-8")
    run_checks(lab, workspace, lab.steps[0], seconds=1.5)
    assert list(scratch.iterdir()) == []


def test_leaving_early_ends_the_checks(lab: Lab, workspace: Workspace) -> None:
    results = stream_checks(lab, workspace)
    assert not next(results).passed
    results.close()
    assert orphans.left_below(workspace.data_root) == []


def test_whoever_stops_the_supervisor_ends_the_checks_measured_ones_too(lab: Lab, workspace: Workspace) -> None:
    endless = SHELF.replace("return self.things.count(thing)", "while True: pass")  # the second step
    workspace.written[0].write_text(endless, "utf-8")
    supervisor = Supervisor(workspace.data_root)
    results = stream_checks(lab, workspace, supervisor=supervisor)
    next(results)
    for child in list(supervisor.children):
        child.stop()
    assert [result.cause for result in results] == [Cause.STOPPED]
    assert orphans.left_below(workspace.data_root) == []


def test_nothing_is_left_after_sigkill_of_the_app_during_a_check(lab: Lab, workspace: Workspace) -> None:
    workspace.written[0].write_text(SHELF.replace(DROP, "while True: pass"), "utf-8")
    code = """
import sys
from pathlib import Path
from studyapp.runner.checks import run_checks
from studyapp.runner.workspace import Workspace
from tests.runner.tiny_lab import read_lab
labs_root, data_root = map(Path, sys.argv[1:])
lab = read_lab(labs_root)
run_checks(lab, Workspace(lab, labs_root, data_root))
"""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, str(workspace.labs_root), str(workspace.data_root)]
    with subprocess.Popen(command, cwd=root) as app:
        assert until(lambda: len(orphans.left_below(workspace.data_root)) >= 3)  # guardian, program, its fork
        os.kill(app.pid, signal.SIGKILL)
    assert until(lambda: not orphans.left_below(workspace.data_root))


def test_a_broken_workspace_is_told_with_the_way_out(lab: Lab, workspace: Workspace) -> None:
    workspace.written[0].unlink()
    with pytest.raises(
        WorkspaceError, match=r"recsys/shelf.py is gone .* `studyapp lab reset alpha` lays the starter out"
    ):
        run_checks(lab, workspace)


def test_a_lab_that_is_not_started_is_told_so(lab: Lab, labs_root: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="`studyapp lab start alpha`"):
        run_checks(lab, Workspace(lab, labs_root, tmp_path / "elsewhere"))


def test_checks_leave_no_files_among_the_labs(lab: Lab, workspace: Workspace, labs_root: Path) -> None:
    before = sorted(labs_root.rglob("*"))
    run_checks(lab, workspace, lab.find("put"))
    assert sorted(labs_root.rglob("*")) == before
    assert list((workspace.data_root / "logs").iterdir()) == []
