"""A pytest plugin that watches one check file and tells the first failure in words for its learner."""

import re
import reprlib
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

MOST_OUTPUT = 2000
NOT_RAISED = re.compile(r"DID NOT RAISE (?:<class ')?(?:builtins\.)?([\w.]+)")
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 200
SHORT.maxlist = SHORT.maxtuple = SHORT.maxdict = SHORT.maxset = 12


class Witness:
    """What happened, test by test. `root` is the workspace: places in it are the learner's."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.passed = 0
        self.skipped = ""
        self.failure: dict[str, str] = {}
        self._compared: tuple[str, str, str] | None = None

    def pytest_runtest_setup(self) -> None:
        """A new test: nothing is compared yet."""
        self._compared = None

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        """`assert got == expected` failed: keep both sides."""
        self._compared = (op, shown(left), shown(right))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what passed; of what was skipped keep the reason."""
        self.passed += report.when == "call" and report.passed
        if report.skipped:
            self._skip(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole file may be skipped too."""
        if report.skipped:
            self._skip(report.longrepr)

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any], report: Any
    ) -> None:
        """The first failure is the one that is told."""
        if self.failure or call.excinfo is None:
            return
        error = call.excinfo.value
        collecting = isinstance(node, pytest.Collector)
        self.failure = self._import(error.__cause__ or error) if collecting else self._failed(error)
        self.failure["output"] = report.capstdout[-MOST_OUTPUT:]

    def said(self, status: int, complaint: str) -> dict[str, Any]:
        """What came of the file. `complaint` is what pytest itself said, where it could not even begin."""
        if self.failure:
            return {"passed": False, **self.failure}
        if status == pytest.ExitCode.OK and self.passed:
            return {
                "passed": True,
                "message": f"passed, but not looked at here: {self.skipped}" if self.skipped else "",
            }
        if self.skipped:
            return {"passed": False, "cause": "skipped", "message": f"cannot be checked here: {self.skipped}"}
        lines = [line[1:].strip() for line in complaint.splitlines() if line.startswith("E ")]
        said = lines[-1] if lines else complaint.strip() or f"no check ran (pytest status {status})"
        return {"passed": False, "cause": "import", "message": said}

    def _skip(self, reason: Any) -> None:
        said = reason[2] if isinstance(reason, tuple) else str(reason)
        self.skipped = said.removeprefix("Skipped: ")

    def _failed(self, error: BaseException) -> dict[str, str]:
        place = self._place(error)
        match error:
            case pytest.fail.Exception():
                return self._unmet(str(error.msg))
            case AssertionError() if not place:
                return self._unmet(str(error))
            case NotImplementedError():
                return {"cause": "unwritten", "message": f"not written yet: {error}{place}"}
            case ImportError():
                return self._import(error)
            case MemoryError():
                return {"cause": "memory", "message": f"it used more memory than a check may{place}"}
        return {"cause": "error", "message": f"{_named(error)}{place}"}

    def _unmet(self, text: str) -> dict[str, str]:
        said = {"cause": "expectation", "message": re.split(r"(?:^|\n)assert ", text)[0].strip()}
        if missing := NOT_RAISED.search(text):
            return {**said, "message": "", "expected": f"{missing[1]} is raised", "got": "nothing is raised"}
        if self._compared:
            op, left, right = self._compared
            said |= {"expected": right if op in ("==", "is") else f"{op} {right}", "got": left}
        elif not said["message"]:
            said["message"] = f"this does not hold: {text.strip() or 'an assertion of the check'}"
        return said

    def _import(self, error: BaseException) -> dict[str, str]:
        if isinstance(error, SyntaxError):
            file = (error.filename or "").removeprefix(f"{self.root}/")
            return {"cause": "syntax", "message": f"{file} line {error.lineno} is not valid Python: {error.msg}"}
        return {"cause": "import", "message": f"the code cannot be imported: {_named(error)}{self._place(error)}"}

    def _place(self, error: BaseException) -> str:
        """Where in the learner's files an error came from; empty where it did not."""
        places = list(self._places(error))
        return f" ({places[-1]})" if places else ""

    def _places(self, error: BaseException) -> Iterator[str]:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith(f"{self.root}/"):
                yield f"{frame.filename.removeprefix(f'{self.root}/')} line {frame.lineno}"


def shown(value: object) -> str:
    """A value in a line, cut where it is long, whatever its own `__repr__` does."""
    try:
        return SHORT.repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}"[:500] if text else type(error).__name__
