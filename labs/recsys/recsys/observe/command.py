"""`python -m recsys observe URL`: a Prometheus beside a running service, with the rules of deploy/prometheus."""

from __future__ import annotations

import argparse
import contextlib
import signal
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

from recsys.observe.prometheus import Alert, Prometheus
from recsys.observe.shorten import shortened

RULES = Path(__file__).parents[2] / "deploy" / "prometheus"
FILES = ("rules.yaml", "alerts-slo.yaml", "alerts.yaml")
"""In the order in which they have to be evaluated: what is recorded first."""
LOOK_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to a parser."""
    parser.description = (
        "Scrape running services with a Prometheus on this machine and tell which alerts come and go. The rules' times"
        " are divided, so that an hour's window shows within a minute."
    )
    parser.add_argument("url", nargs="+", help="a running service, http://127.0.0.1:PORT")
    parser.add_argument("--faster", type=float, default=60.0, help="divide all times of the rules (default: 60)")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between scrapes (default: 1)")
    parser.add_argument("--rules", type=Path, default=RULES, metavar="DIR", help="where the rule files are")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run until ^C or TERM, telling each alert as it changes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        _run(options)
    return 0


def _run(options: argparse.Namespace) -> None:
    targets = [urlsplit(url if "//" in url else f"http://{url}").netloc for url in options.url]
    with tempfile.TemporaryDirectory(prefix="recsys-observe-") as folder:
        rules = written(options.rules, Path(folder), options.faster)
        with Prometheus(Path(folder) / "prometheus", rules, targets, every=options.every) as prometheus:
            print(
                f"prometheus listens on {prometheus.url}; an hour of the rules is {3600 / options.faster:g} s",
                flush=True,
            )
            _follow(prometheus)


def written(source: Path, folder: Path, faster: float) -> list[Path]:
    """The rule files of a folder, shortened, in another one. Raises OSError, ValueError."""
    for name in FILES:
        (folder / name).write_text(shortened((source / name).read_text(encoding="utf-8"), faster), encoding="utf-8")
    return [folder / name for name in FILES]


def _follow(prometheus: Prometheus) -> None:
    """Tell what is pending, fires or is over."""
    pause, before = threading.Event(), dict[str, str]()
    while True:
        now = {_named(alert): alert.state for alert in prometheus.alerts()}
        for name in sorted({*before, *now}):
            if before.get(name) != now.get(name):
                print(f"{name}: {now.get(name, 'over')}", flush=True)
        before = now
        pause.wait(LOOK_SECONDS)


def _named(alert: Alert) -> str:
    where = alert.labels.get("instance") or alert.labels.get("feature") or ""
    return f"{alert.name} ({where})" if where else alert.name
