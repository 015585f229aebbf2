"""A release, step by step: `python -m recsys.pipeline STEP --events FILE --state DIR`, or `release`: all in a row.

validate, train, evaluate, then one of `canary`, `blue-green` and `shadow` (both versions run here behind the splitter;
one of them ends as champion) or `promote` (where a cluster does that). Each step is a gate: status 1 stops the release,
and the audit trail keeps why. Training sees all but the latest events; champion and challenger are judged on those, the
same users for both.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast, get_args

from recsys.bundle import Model, label, load, registry_of
from recsys.data import read_events
from recsys.drift.quality import ColumnRule, Expectations
from recsys.evaluation import ndcg, relevant_items, split_by_time
from recsys.events import COLUMNS, Events
from recsys.history import by_user
from recsys.prepare import train_tenant
from recsys.registry import UnknownVersionError, Version
from recsys.rehearsal import is_ready, rehearse
from recsys.release import add_arguments
from recsys.rollout import AuditTrail, CanaryPolicy, Strategy, Terms, TrainingRules, challenge, run_gates, validate
from recsys.settings import Settings
from recsys.training import recommender

HOLDOUT = 0.9
"""The share of the time before the moment from which on models are judged."""
MARGIN = 0.01
"""The loss of NDCG@10 that is still "not worse"."""
K = 10
DAY = 86_400.0


def validate_events(options: argparse.Namespace, _: AuditTrail) -> list[str]:
    """What makes the events unfit to train on."""
    events = read_events(options.events)
    expected = Expectations(options.min_rows, options.max_age * DAY, {"timestamp": ColumnRule(missing=0.0)})
    rules = TrainingRules(expected, COLUMNS, "timestamp")
    return validate({name: getattr(events, name) for name in COLUMNS}, rules, now=time.time())


def train_challengers(options: argparse.Namespace, _: AuditTrail) -> list[str]:
    """Train and register one challenger a tenant."""
    past = split_by_time(read_events(options.events), HOLDOUT)[0]
    models = Settings(state=options.state).models
    for tenant in past.tenants():
        version = train_tenant(models, past.of_tenant(tenant), tenant, options.seed)
        registry_of(models, tenant).set_alias("challenger", version, reason=options.reason)
        print(f"{tenant}: challenger {label(version)}")
    return []


def evaluate_challengers(options: argparse.Namespace, _: AuditTrail) -> list[str]:
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


def release_challengers(strategy: Strategy, options: argparse.Namespace, audit: AuditTrail) -> list[str]:
    """Champions and challengers on live traffic of this machine: promoted, or the evidence for the rollback."""
    past, future = split_by_time(read_events(options.events), HOLDOUT)
    settings = Settings(state=options.state)
    if not any(_resolve(settings.models, tenant, "champion") for tenant in past.tenants()):
        print("no champion yet: the first models have no rival")
        return promote_challengers(options, audit)
    policy = CanaryPolicy(
        options.steps, options.window, options.patience, options.min_requests, options.min_requests,
        max_latency_factor=options.latency_factor, max_quality_loss=options.quality_loss,
    )  # fmt: skip
    terms = Terms(policy, audit, lambda: _promoted(options, audit), is_ready, options.min_agreement)
    result = rehearse(settings, past, future, strategy, terms, options.rate)
    print(f"{strategy}: {result.progress.outcome}; answers by status: {json.dumps(result.statuses)}")
    return [] if result.progress.outcome == "promoted" else evidence(audit)


def evidence(audit: AuditTrail) -> list[str]:
    """What the latest decision was made on."""
    return [str(line) for line in cast("Sequence[str]", audit.entries()[-1].details["evidence"])]


def promote_challengers(options: argparse.Namespace, _: AuditTrail) -> list[str]:
    """Let every tenant's champion be what was its challenger."""
    models = Settings(state=options.state).models
    for tenant in sorted(path.parent.name for path in models.glob("*/registry.sqlite3")):
        if (version := _resolve(models, tenant, "challenger")) is not None:
            registry_of(models, tenant).set_alias("champion", version, reason=options.reason)
            print(f"{tenant}: champion {label(version)}")
    return []


STEPS: dict[str, Callable[[argparse.Namespace, AuditTrail], Sequence[str]]] = {
    "validate": validate_events, "train": train_challengers, "evaluate": evaluate_challengers,
    **{strategy: partial(release_challengers, strategy) for strategy in get_args(Strategy)},
    "promote": promote_challengers,
}  # fmt: skip
BEFORE = ("validate", "train", "evaluate")
"""The steps of `release` before its strategy, which promotes what passes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step, or a release; the exit status."""
    return run(_parser().parse_args(arguments))


def run(options: argparse.Namespace) -> int:
    """Run `options.step`; the exit status."""
    options.state.mkdir(parents=True, exist_ok=True)
    audit = AuditTrail(options.state / "audit.jsonl")
    names = (*BEFORE, options.strategy) if options.step == "release" else (options.step,)
    stopped = run_gates({name: partial(STEPS[name], options, audit) for name in names}, audit)
    for problem in cast("Sequence[str]", audit.entries()[-1].details["problems"]):
        print(f"{stopped}: {problem}", file=sys.stderr)
    return 1 if stopped else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m recsys.pipeline", description="Steps of a model's release.")
    parser.add_argument("step", choices=(*STEPS, "release"))
    add_arguments(parser)
    return parser


def _promoted(options: argparse.Namespace, audit: AuditTrail) -> None:
    promote_challengers(options, audit)


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


if __name__ == "__main__":
    sys.exit(main())
