"""A release, step by step: `python -m recsys.pipeline validate|train|evaluate|promote --events FILE --state DIR`.

Each step is a gate: status 1 stops the release, and the audit trail keeps why. Training sees all but the latest events;
champion and challenger are judged on those, the same users for both.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from recsys.bundle import Model, label, load, registry_of
from recsys.data import read_events
from recsys.drift.quality import ColumnRule, Expectations
from recsys.evaluation import ndcg, relevant_items, split_by_time
from recsys.events import COLUMNS, Events
from recsys.history import by_user
from recsys.prepare import train_tenant
from recsys.registry import UnknownVersionError, Version
from recsys.rollout import AuditTrail, TrainingRules, challenge, run_gates, validate
from recsys.settings import Settings
from recsys.training import recommender

HOLDOUT = 0.9
"""The share of the time before the moment from which on models are judged."""
MARGIN = 0.01
"""The loss of NDCG@10 that is still "not worse"."""
K = 10
DAY = 86_400.0


def validate_events(options: argparse.Namespace) -> list[str]:
    """What makes the events unfit to train on."""
    events = read_events(options.events)
    expected = Expectations(options.min_rows, options.max_age * DAY, {"timestamp": ColumnRule(missing=0.0)})
    rules = TrainingRules(expected, COLUMNS, "timestamp")
    return validate({name: getattr(events, name) for name in COLUMNS}, rules, now=time.time())


def train_challengers(options: argparse.Namespace) -> list[str]:
    """Train and register one challenger a tenant."""
    past, _ = split_by_time(read_events(options.events), HOLDOUT)
    models = Settings(state=options.state).models
    for tenant in past.tenants():
        version = train_tenant(models, past.of_tenant(tenant), tenant, options.seed)
        registry_of(models, tenant).set_alias("challenger", version, reason=options.reason)
        print(f"{tenant}: challenger {label(version)}")
    return []


def evaluate_challengers(options: argparse.Namespace) -> list[str]:
    """Tenants whose challenger is not shown to be at least as good as the champion; a first model has no rival."""
    events, models = read_events(options.events), Settings(state=options.state).models
    problems = []
    for tenant in events.tenants():
        champion, challenger = (_resolve(models, tenant, alias) for alias in ("champion", "challenger"))
        if challenger is None:
            problems.append(f"{tenant}: no challenger; run the step train")
        elif champion is not None and champion.number != challenger.number:
            scores = [_quality(load(version, tenant), events.of_tenant(tenant)) for version in (champion, challenger)]
            result = challenge(*scores, margin=MARGIN)
            print(f"{tenant}: {result.decision}: {'; '.join(result.reasons)}")
            problems += [] if result.passes else [f"{tenant}: {result.decision}"]
    return problems


def promote_challengers(options: argparse.Namespace) -> list[str]:
    """Let every tenant's champion be what was its challenger."""
    models = Settings(state=options.state).models
    for tenant in sorted(path.parent.name for path in models.glob("*/registry.sqlite3")):
        if (version := _resolve(models, tenant, "challenger")) is not None:
            registry_of(models, tenant).set_alias("champion", version, reason=options.reason)
            print(f"{tenant}: champion {label(version)}")
    return []


STEPS: dict[str, Callable[[argparse.Namespace], Sequence[str]]] = {
    "validate": validate_events, "train": train_challengers,
    "evaluate": evaluate_challengers, "promote": promote_challengers,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; the exit status."""
    options = _parser().parse_args(arguments)
    options.state.mkdir(parents=True, exist_ok=True)
    audit = AuditTrail(options.state / "audit.jsonl")
    stopped = run_gates({options.step: lambda: STEPS[options.step](options)}, audit)
    for problem in audit.entries()[-1].details["problems"]:  # type: ignore[attr-defined]
        print(f"{options.step}: {problem}", file=sys.stderr)
    return 1 if stopped else 0


def _resolve(models: Path, tenant: str, alias: str) -> Version | None:
    try:
        return registry_of(models, tenant).resolve(alias)
    except UnknownVersionError:
        return None


def _quality(model: Model, events: Events) -> list[float]:
    """NDCG@10 of each judged user, in the order of their names."""
    past, future = split_by_time(events, HOLDOUT)
    relevant = relevant_items(past, future)
    users = sorted(relevant)
    lists = recommender(model.retriever, model.ranker, by_user(past), k=K)(users)
    hits = [[item in relevant[user] for item in items] for user, items in zip(users, lists, strict=True)]
    return [ndcg(row, len(relevant[user]), K) for user, row in zip(users, hits, strict=True)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m recsys.pipeline", description="One step of a model's release.")
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--events", type=Path, metavar="FILE", help="CSV or Parquet: tenant,user,item,event,timestamp")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where models and the audit trail are")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--min-rows", type=int, default=1_000, help="fewer events stop the release (default: 1000)")
    parser.add_argument("--max-age", type=float, default=2.0, metavar="DAYS", help="of the newest event (default: 2)")
    parser.add_argument("--reason", default="release", help="what the registry notes beside a changed alias")
    return parser


if __name__ == "__main__":
    sys.exit(main())
