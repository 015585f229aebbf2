"""The command line: exit status 0 without errors, 1 with some, 2 where there is nothing to check."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from recsys.manifests.command import text
from recsys.manifests.finding import Report
from recsys.workflows.check import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to a parser."""
    parser.description = "Find faults in GitHub Actions workflows: file, line, reason and remedy."
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a workflow")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Check and print; the exit status."""
    report = Report()
    for path in options.files:
        try:
            found = check(path)
        except (OSError, UnicodeDecodeError) as error:
            print(f"workflows: {path}: {error}", file=sys.stderr)
            return 2
        report.findings += found.findings
        report.notes += [note for note in found.notes if note not in report.notes]
    print(json.dumps(report.to_json(), indent=1) if options.json else text(report))
    return 0 if report.ok else 1
