"""A Prometheus of one's own, promtool as an oracle, rules in fast motion."""

from __future__ import annotations

import math
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
import yaml

from recsys.observe import (
    Prometheus,
    PrometheusError,
    PromtoolError,
    Recorded,
    Series,
    evaluate,
    installed,
    shortened,
)
from recsys.observe.command import FILES, RULES, written
from recsys.observe.shorten import seconds

SERVICE = Path(__file__).resolve().parents[2] / "labs" / "recsys"
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
needs_prometheus = pytest.mark.skipif(installed() is None, reason="prometheus is not installed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(x[1h])", "rate(x[60000ms])"),
        ("rate(x[5m] offset 1w)", "rate(x[5000ms] offset 10080000ms)"),
        ("max_over_time(x[1h:5m])", "max_over_time(x[60000ms:5000ms])"),
        ("max_over_time(x[1h:])", "max_over_time(x[60000ms:])"),
        ("  for: 2m", "  for: 2000ms"),
        ('  for: "1h30m"', '  for: "90000ms"'),
        ("- {alert: A, expr: up == 0, for: 5m}", "- {alert: A, expr: up == 0, for: 5000ms}"),
        ("  keep_firing_for: 10m", "  keep_firing_for: 10000ms"),
        ("  interval: 1ms", "  interval: 1ms"),
        ("record: job:errors:ratio_rate1h", "record: job:errors:ratio_rate1h"),
        ("summary: lasts for 5m over 1h", "summary: lasts for 5m over 1h"),
        ("labels: {for: me}", "labels: {for: me}"),
        ("files: [rules.yaml]", "files: [rules.yaml]"),
    ],
)
def test_times_shrink_and_nothing_else(text: str, expected: str) -> None:
    assert shortened(text, 60) == expected


def test_our_rules_keep_their_shape_in_fast_motion(tmp_path: Path) -> None:
    for path in written(RULES, tmp_path, 60):
        before, after = (yaml.safe_load((folder / path.name).read_text()) for folder in (RULES, tmp_path))
        for group, short in zip(before["groups"], after["groups"], strict=True):
            for rule, fast in zip(group["rules"], short["rules"], strict=True):
                assert {**rule, "expr": "", "for": ""} == {**fast, "expr": "", "for": ""}
                assert ("for" in rule) == ("for" in fast)
                if "for" in rule:
                    assert seconds(fast["for"]) == pytest.approx(seconds(rule["for"]) / 60)
                assert rule["expr"].count("[") == fast["expr"].count("ms]")


@pytest.mark.parametrize("factor", [0, -1, math.nan])
def test_times_are_divided_by_something_positive(factor: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        shortened("", factor)


@needs_promtool
def test_promtool_says_what_rules_come_to() -> None:
    route = 'route="/v1/recommendations"'
    series = [
        Series(f'recsys_requests_total{{job="recsys", {route}, status="200"}}', "0+5880x90"),
        Series(f'recsys_requests_total{{job="recsys", {route}, status="503"}}', "0+120x90"),
        Series('up{job="recsys", instance="a"}', "1x90"),
    ]
    questions = [
        ("job:recsys_errors:ratio_rate1h", "65m"), ("up", "90m"), ("absent_metric", "5m"),
        ("count(ALERTS{alertstate='firing', severity='page'})", "65m"), ("0 * up / 0", "1m"),
    ]  # fmt: skip
    ratio, up, absent, pages, nothing = evaluate([RULES / name for name in FILES], series, questions)
    assert [(one.labels["job"], one.value) for one in ratio] == [("recsys", 0.02)]
    assert [dict(one.labels) for one in up] == [{"__name__": "up", "job": "recsys", "instance": "a"}]
    assert absent == []
    assert pages[0].value == 2  # 14.4 and 6 times too fast
    assert math.isnan(nothing[0].value)


@needs_promtool
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups: [{name: a, rules: [{record: x, expr: 'rate('}]}]", "broken.yaml"),
        ("rules: []", "no rule file with groups"),
        ("groups: [", "no rule file with groups"),
    ],
)
def test_what_promtool_does_not_understand_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(PromtoolError, match=said):
        evaluate([tmp_path / "broken.yaml"], [Series("up", "1x5")], [("up", "1m")])


def test_missing_programs_are_named_with_the_way_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromtoolError, match="promtool is not installed: apt or brew install prometheus"):
        evaluate([], [], [])
    with pytest.raises(PrometheusError, match="prometheus is not installed"), Prometheus(tmp_path / "p", [], []):
        pass


class Target(BaseHTTPRequestHandler):
    """A target with one gauge."""

    def do_GET(self) -> None:
        body = b"answers 42\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def target() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def own_prometheus() -> list[psutil.Process]:
    """Those that this process has started: other tests have children, too."""
    return [child for child in psutil.Process().children() if "prometheus" in child.name()]


@needs_prometheus
def test_it_scrapes_evaluates_and_leaves_nothing(target: str, tmp_path: Path) -> None:
    alert = "{alert: Answered, expr: answers == 42, for: 200ms, labels: {severity: page}}"
    (tmp_path / "rules.yaml").write_text(f"groups: [{{name: a, rules: [{alert}]}}]\n")
    with Prometheus(tmp_path / "p", [tmp_path / "rules.yaml"], [target], every=0.1) as prometheus:
        assert prometheus.until(lambda: prometheus.ask("answers"), 20)
        (sample,) = prometheus.ask("answers")
        assert (sample.labels["job"], sample.labels["instance"], sample.value) == ("recsys", target, 42)
        assert [one.value for one in prometheus.ask("scalar(answers)")] == [42]
        assert prometheus.until(lambda: [one.state for one in prometheus.alerts()] == ["firing"], 20)
        assert [(one.name, one.labels["severity"]) for one in prometheus.alerts()] == [("Answered", "page")]
        with pytest.raises(PrometheusError, match="does not understand"):
            prometheus.ask("rate(")
        (process,) = own_prometheus()
        listening = {connection.laddr.ip for connection in process.net_connections() if connection.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
    assert not process.is_running()


@needs_promtool
def test_without_prometheus_the_series_are_recorded_and_promtool_judges(target: str, tmp_path: Path) -> None:
    answered = "{alert: Answered, expr: answers == 42, for: 12s, labels: {severity: page}}"
    silent = "{alert: Silent, expr: 'absent(up == 1)'}"
    (tmp_path / "rules.yaml").write_text(f"groups: [{{name: a, rules: [{answered}, {silent}]}}]\n")
    with Recorded([tmp_path / "rules.yaml"], target, every=0.1, faster=60) as recorded:
        assert recorded.until(lambda: {one.name: one.state for one in recorded.alerts()} == {"Answered": "firing"}, 20)
        (sample,) = recorded.ask("answers")
        assert (sample.labels["job"], sample.labels["instance"], sample.value) == ("recsys", target, 42)
    with Recorded([tmp_path / "rules.yaml"], "127.0.0.1:9", every=0.1) as recorded:
        assert recorded.until(lambda: [one.name for one in recorded.alerts()] == ["Silent"], 20)


@needs_prometheus
def test_rules_that_it_refuses_are_told(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("groups: [{name: a, rules: [{record: x, expr: 'rate('}]}]\n")
    with (
        pytest.raises(PrometheusError, match="does not start"),
        Prometheus(tmp_path / "p", [tmp_path / "rules.yaml"], []),
    ):
        pass
    assert own_prometheus() == []


@needs_prometheus
def test_the_command_tells_alerts_as_they_come_and_ends_on_term() -> None:
    command = [sys.executable, "-m", "recsys", "observe", "http://127.0.0.1:9", "--every", "0.2", "--faster", "600"]
    with subprocess.Popen(command, cwd=SERVICE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout)
        assert next(lines).startswith("prometheus listens on http://127.0.0.1:")
        assert next(line for line in lines if line.startswith("RecsysAbsent")) in (
            "RecsysAbsent: pending\n", "RecsysAbsent: firing\n",
        )  # fmt: skip
        children = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert [child for child in children if child.is_running()] == []
