"""What rules come to on series that are made up: promtool evaluates them, offline and in a tenth of a second.

promtool compares and does not tell values; asked to compare with a sample that cannot be, it says what it got instead.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

SECONDS = 60.0
NEVER = [{"labels": '{no="such series"}', "value": 0}]
GOT = re.compile(r"^\s+got: ?(.*)$", re.MULTILINE)
SAMPLE = re.compile(r"\{(?P<labels>[^}]*)\} (?P<value>[-+.\w]+)")
LABEL = re.compile(r'(?P<name>[a-zA-Z_]\w*)="(?P<value>(?:[^"\\]|\\.)*)"')


class PromtoolError(RuntimeError):
    """promtool is missing or does not understand the rules; the message says which."""


class Series(NamedTuple):
    """A series of a test: `up{job="recsys"}` with `values` in promtool's notation (`0+10x60`), one an interval."""

    name: str
    values: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of an answer; the metric's name is the label `__name__`."""

    labels: Mapping[str, str] = field(default_factory=dict)
    value: float = 0.0


def evaluate(
    rules: Sequence[Path],
    series: Sequence[Series],
    questions: Sequence[tuple[str, str]],
    *,
    interval: str = "1m",
) -> list[list[Sample]]:
    """The answers to (expression, time) questions, in order. Raises PromtoolError.

    Groups are evaluated in the order of the files, so that what is recorded in one can be read in the next.
    """
    program = shutil.which("promtool")
    if program is None:
        raise PromtoolError("promtool is not installed: apt or brew install prometheus")
    with tempfile.TemporaryDirectory(prefix="recsys-promtool-") as folder:
        path = Path(folder) / "asked.yaml"
        path.write_text(json.dumps(_test(rules, series, questions, interval)), encoding="utf-8")
        ended = subprocess.run(
            [program, "test", "rules", str(path)], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    answers = GOT.findall(ended.stdout + ended.stderr)
    if len(answers) != len(questions):
        raise PromtoolError(_complaint(ended.stdout + ended.stderr, rules))
    return [[_sample(found) for found in SAMPLE.finditer(answer)] for answer in answers]


def _test(
    rules: Sequence[Path], series: Sequence[Series], questions: Sequence[tuple[str, str]], interval: str
) -> dict[str, Any]:
    asked = [{"expr": expression, "eval_time": time, "exp_samples": NEVER} for expression, time in questions]
    given = [{"series": one.name, "values": one.values} for one in series]
    return {
        "rule_files": [str(path.resolve()) for path in rules],
        "evaluation_interval": interval,
        "group_eval_order": [name for path in rules for name in _groups(path)],
        "tests": [{"interval": interval, "input_series": given, "promql_expr_test": asked}],
    }


def _groups(path: Path) -> list[str]:
    """The groups of a rule file. Raises PromtoolError for a file without them."""
    try:
        return [str(group["name"]) for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PromtoolError(f"{path.name} is no rule file with groups: {error}") from None


def _sample(found: re.Match[str]) -> Sample:
    labels = {one["name"]: one["value"] for one in LABEL.finditer(found["labels"])}
    return Sample(labels, float(found["value"]))


def _complaint(said: str, rules: Sequence[Path]) -> str:
    """What promtool has against the rules, without its own words around it and with short names of files."""
    lines = [line.strip() for line in said.splitlines()]
    text = "; ".join(line for line in lines if line and "Unit Testing" not in line and line != "FAILED:")
    for path in rules:
        text = text.replace(str(path.resolve()), path.name)
    return text[:500] or "promtool said nothing"
