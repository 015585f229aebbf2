"""Runs one function of a lab's experiments.py in the workspace's environment, and says what it came to.

A program of its own, so that a learner's code never runs inside the app. The job is JSON in the environment (it holds
API keys, and everybody may read arguments); the argument is the file for the result.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studyapp.domain.predictions import Outcome
from studyapp.runner.client import Client

JOB = "STUDYAPP_EXPERIMENT"


def main(result: str) -> int:
    """Run the job and write `{value, series, unit}`."""
    asked: dict[str, Any] = json.loads(os.environ.pop(JOB))
    sys.path.insert(0, asked["workspace"])
    outcome = _function(Path(asked["file"]), asked["run"])(Client(asked["port"], asked["keys"]))
    if not isinstance(outcome, Outcome):
        raise TypeError(f"{asked['run']} gave {type(outcome).__name__}, and not an Outcome")
    value = outcome.value if isinstance(outcome.value, str) else float(outcome.value)
    series = {name: [float(each) for each in values] for name, values in outcome.series.items()}
    Path(result).write_text(json.dumps({"value": value, "series": series, "unit": outcome.unit}), "utf-8")
    return 0


def _function(path: Path, name: str) -> Callable[[Client], object]:
    spec = importlib.util.spec_from_file_location("experiments", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["experiments"] = module
    spec.loader.exec_module(module)
    function: Callable[[Client], object] = getattr(module, name)
    return function


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
