"""Check a workflow: read it, look at its structure, apply the rules, then ask the tools that are installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recsys.manifests.finding import Finding, Report
from recsys.manifests.resource import Resource, UnreadableError, parse
from recsys.workflows.rules import RULES
from recsys.workflows.tools import TOOLS, Tool
from recsys.workflows.workflow import Workflow


def check(path: Path, tools: Sequence[Tool] = TOOLS) -> Report:
    """Everything wrong with one workflow file; notes name the tools that are not installed. Raises OSError."""
    report = check_text(path.read_text(encoding="utf-8"), str(path))
    if any(finding.rule == "yaml" for finding in report.findings):
        return report
    for tool in tools:
        tool.look(path, report)
    report.findings.sort(key=lambda finding: finding.line)
    return report


def check_text(text: str, file: str = "stdin") -> Report:
    """What the rules alone find in a workflow given as text."""
    report = Report()
    try:
        documents = list(parse(text, file))
    except UnreadableError as error:
        documents = []
        report.findings.append(Finding("yaml", file, error.line, Path(file).name, str(error), "Correct the YAML"))
    else:
        if len(documents) != 1 or not isinstance(documents[0].get("jobs"), dict):
            reason = "is no workflow: one mapping with `on` and `jobs` is expected"
            report.findings.append(Finding("yaml", file, 1, Path(file).name, reason, "Name a workflow file"))
            documents = []
    for document in documents:
        _look(document, report)
    report.findings.sort(key=lambda finding: finding.line)
    return report


def _look(document: Resource, report: Report) -> None:
    workflow = Workflow(document)
    for rule in RULES:
        report.findings.extend(rule(workflow))
