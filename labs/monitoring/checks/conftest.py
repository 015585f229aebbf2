"""What the checks share: a service's metrics, and promtool as the judge of rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path("deploy/prometheus")
FILES = ("rules.yaml", "alerts-slo.yaml", "alerts.yaml")
READ = 'route="/v1/recommendations"'


@pytest.fixture
def metrics():
    """Fresh metrics of a service."""
    from recsys.metrics import Metrics

    return Metrics()


@pytest.fixture
def samples() -> Callable[[object], dict]:
    """What Prometheus would scrape: value by (name, labels in order)."""
    from prometheus_client.parser import text_string_to_metric_families

    def scraped(metrics):
        families = text_string_to_metric_families(metrics.render().decode())
        return {
            (one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples
        }

    return scraped


@pytest.fixture(scope="session")
def ask() -> Callable[..., list]:
    """What questions come to with your rules (of `files`), on series that are made up: values by name."""
    from recsys.observe import PromtoolError, Series, evaluate

    def evaluated(series, *questions, interval="1m", files=FILES):
        given = [Series(name, values) for name, values in series.items()]
        try:
            return evaluate([FOLDER / name for name in files], given, questions, interval=interval)
        except PromtoolError as error:
            if "not installed" in str(error):
                pytest.skip(str(error))
            pytest.fail(f"promtool does not understand your rules: {error}")

    return evaluated


@pytest.fixture(scope="session")
def value(ask) -> Callable[..., float | None]:
    """The one value of an expression, rounded; None where there is none."""

    def of(series, expression, time):
        (found,) = ask(series, (expression, time), files=FILES[:1])
        if len(found) > 1:
            pytest.fail(
                f"{expression} has {len(found)} values, one was expected: {[dict(one.labels) for one in found]}"
            )
        return round(found[0].value, 6) if found else None

    return of


@pytest.fixture(scope="session")
def firing(ask) -> Callable[..., list[str]]:
    """`NAME severity` of each alert that fires, of those whose name begins with a word; in order."""

    def at(series, time, begins, interval="1m"):
        question = f'ALERTS{{alertstate="firing", alertname=~"{begins}.*"}}'
        (found,) = ask(series, (question, time), interval=interval, files=(FILES[0], FILES[2]))
        return named(found)

    return at


def named(found) -> list[str]:
    """Alerts as `NAME severity`."""
    return sorted(f"{one.labels['alertname']} {one.labels.get('severity', 'nobody')}" for one in found)


@pytest.fixture(scope="session")
def alerts() -> dict[str, dict]:
    """Each alerting rule of yours, by name."""
    import yaml

    found = {}
    for name in FILES[1:]:
        for group in yaml.safe_load((FOLDER / name).read_text("utf-8"))["groups"]:
            found |= {rule["alert"]: rule for rule in group["rules"] if "alert" in rule}
    return found


@pytest.fixture(scope="session")
def requests() -> Callable[..., dict[str, str]]:
    """Series of a service's requests: `ok` and `bad` (503) are promtool's values."""

    def made(ok, bad=None, route="/v1/recommendations", instance="a", status="503", job="recsys"):
        labels = f'job="{job}", instance="{instance}", route="{route}"'
        series = {f'recsys_requests_total{{{labels}, status="200"}}': ok}
        return series if bad is None else {**series, f'recsys_requests_total{{{labels}, status="{status}"}}': bad}

    return made


@pytest.fixture(scope="session")
def durations() -> Callable[..., dict[str, str]]:
    """Series of a latency histogram: requests a minute up to each bound, for `minutes`."""

    def made(counts, minutes=90, instance="a", job="recsys"):
        labels = f'job="{job}", instance="{instance}", {READ}'
        series = {
            f'recsys_request_seconds_bucket{{{labels}, le="{bound}"}}': f"0+{count}x{minutes}"
            for bound, count in counts.items()
        }
        return {**series, f"recsys_request_seconds_count{{{labels}}}": f"0+{counts['+Inf']}x{minutes}"}

    return made
