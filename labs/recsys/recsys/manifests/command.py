"""The command line: exit status 0 without errors, 1 with some, 2 where there is nothing to check."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from recsys.manifests.check import check_resources, load, load_text
from recsys.manifests.finding import Report
from recsys.manifests.inventory import Inventory
from recsys.manifests.live import unanswered_probes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to a parser."""
    parser.description = "Find faults in Kubernetes manifests, across resources: file, line, reason and remedy."
    parser.add_argument("path", type=Path, help="file, directory or kustomization; - reads standard input")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--kubernetes",
        action="append",
        metavar="VERSION",
        help="version to validate for (default: 1.31 and the newest)",
    )
    parser.add_argument("--url", help="a running service: ask it for every path that its probes name")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Check and print; the exit status."""
    report = Report()
    try:
        given = str(options.path) == "-"
        resources = load_text(sys.stdin.read(), "stdin", report) if given else load(options.path, report)
    except OSError as error:
        print(f"manifests: {error}", file=sys.stderr)
        return 2
    check_resources(resources, report, options.kubernetes or ())
    if options.url:
        report.findings += unanswered_probes(Inventory(resources), options.url)
    print(json.dumps(report.to_json(), indent=1) if options.json else text(report))
    return 0 if report.ok else 1


def text(report: Report) -> str:
    """Findings, notes and a count, one a line."""
    errors = sum(finding.severity == "error" for finding in report.findings)
    count = f"{errors} error(s), {len(report.findings) - errors} warning(s)"
    return "\n".join([*map(str, report.findings), *(f"note: {note}" for note in report.notes), count])
