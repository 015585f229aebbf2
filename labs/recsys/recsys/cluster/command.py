"""`rehearse` on the command line: exit status 0 where all was sound, 1 where not, 2 where nothing can be rehearsed."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.cluster import kubectl
from recsys.cluster.plan import LAG, Conditions, Plan
from recsys.cluster.spec import SpecError, read
from recsys.settings import Settings

if TYPE_CHECKING:
    from recsys.cluster.rehearsal import Outcome

ABOUT = (
    "Rehearse a Deployment on this machine: its pods are processes, its probes are asked with their real periods and"
    " thresholds, its Service is a proxy to the ready ones, and requests come meanwhile. Endpoints reach the proxy"
    " --lag seconds late, as in a cluster. Images, volumes, network policies and placement are not rehearsed."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to a parser."""
    parser.description = ABOUT
    parser.add_argument("path", type=Path, metavar="OVERLAY", help="kustomization, directory or file with manifests")
    parser.add_argument("--update", action="store_true", help="roll out a new revision under load")
    parser.add_argument("--autoscale", action="store_true", help="let the autoscaler decide, every 15 s, for --seconds")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second (default: 20)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of load without --update (default: 60)")
    parser.add_argument("--speed", type=float, default=1.0, help="let the cluster's clock run so many times as fast")
    parser.add_argument("--lag", type=float, default=LAG, help="seconds until proxies learn of endpoints (default: 1)")
    parser.add_argument("--room", type=int, default=Conditions().room, help="pods at most (default: 6)")
    parser.add_argument("--json", action="store_true", help="print JSON at the end, and nothing before")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where models are (default: your cache directory)")
    kubectl.add_arguments(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Rehearse, or apply to a cluster where that is asked for; the exit status."""
    from recsys.cluster.rehearsal import rehearse
    from recsys.prepare import prepare

    if options.cluster:
        return kubectl.run(options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    try:
        spec, notes = read(options.path)
    except (SpecError, OSError) as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 2
    settings = Settings(state=options.state) if options.state else Settings()
    prepare(settings, lambda line: None)
    say = (lambda line: None) if options.json else _say
    for note in notes:
        say(f"note: {note}")
    outcome = rehearse(spec, settings, _plan(options), say)
    print(json.dumps(outcome.to_json(), indent=1) if options.json else text(outcome))
    return 0 if outcome.sound else 1


def text(outcome: Outcome) -> str:
    """The verdict, and what it rests on."""
    tally = outcome.tally
    lines = [f"{'sound' if outcome.sound else 'NOT SOUND'}: {outcome.verdict}"]
    if tally.answered:
        lines.append(f"answers: p50 {tally.quantile(0.5) * 1000:.0f} ms, p99 {tally.quantile(0.99) * 1000:.0f} ms")
    return "\n".join(lines)


def _plan(options: argparse.Namespace) -> Plan:
    conditions = Conditions(options.lag, options.room, options.autoscale)
    return Plan(options.update, options.rate, options.seconds, options.speed, conditions)


def _say(line: object) -> None:
    print(line, flush=True)
