"""Step 8: the workflow hands nobody more than they need, and deploys in order."""

from pathlib import Path

import pytest

from recsys.manifests.resource import parse
from recsys.workflows import Workflow, check, check_text

FILE = Path("deploy/ci/release.yaml")


def told(findings):
    """The first of some findings in words, and how many more there are."""
    first, more = findings[0], len(findings) - 1
    rest = f"; {more} more, see `python -m recsys workflows check {FILE}`" if more else ""
    return f"line {first.line}, {first.resource}: {first.reason}. {first.fix}{rest}"


@pytest.fixture(scope="module")
def workflow():
    """The workflow; without one there is nothing more to check."""
    text = FILE.read_text("utf-8")
    broken = [finding for finding in check_text(text, str(FILE)).findings if finding.rule == "yaml"]
    if broken:
        pytest.fail(str(broken[0]))
    return Workflow(next(iter(parse(text, str(FILE)))))


@pytest.fixture
def jobs(workflow):
    return {job.id: job for job in workflow.jobs}


def test_the_rules_find_nothing(workflow):
    findings = check_text(FILE.read_text("utf-8"), str(FILE)).findings
    assert not findings, told(findings)


def test_it_is_still_the_same_release(workflow, jobs):
    assert list(jobs) == ["check", "train", "images", "canary", "promote"], "the jobs"
    assert {"pull_request", "workflow_dispatch"} <= set(workflow.events), f"what starts it: {sorted(workflow.events)}"
    scripts = " ".join(str(step.data.get("run", "")) for step in jobs["train"].steps)
    for step in ("validate", "train", "evaluate", "promote"):
        assert f"recsys.pipeline {step}" in scripts, f"the job train still runs `python -m recsys.pipeline {step}`"
    assert "cluster.sh start" in str(jobs["canary"].data), "the job canary still starts the canary"
    assert "cluster.sh continue" in str(jobs["promote"].data), "the job promote still lets it go on"


def test_each_job_waits_for_the_one_before(jobs):
    for before, after in (("check", "train"), ("train", "images"), ("images", "canary"), ("canary", "promote")):
        assert before in jobs[after].needs, f"{after} waits for {before}; it waits for {jobs[after].needs}"


def test_a_pull_request_trains_and_deploys_nothing(jobs):
    condition = str(jobs["train"].data.get("if", ""))
    said = f"train runs where somebody dispatched the workflow, not for each pull request: its `if` is `{condition}`"
    assert "workflow_dispatch" in condition, said
    secret = [step.place + 1 for step in jobs["check"].steps if "secrets." in str(step.data)]
    assert secret == [], "steps of the job check, which runs a pull request's code, that are given secrets"


def test_rights_are_raised_only_where_they_are_needed(workflow, jobs):
    permissions = workflow.get("permissions")
    assert permissions == {"contents": "read"}, "the rights of every job"
    writing = sorted(name for name, job in jobs.items() if "write" in (job.data.get("permissions") or {}).values())
    assert writing == ["images", "promote"], "jobs that may write something: those that push images"
    for name in writing:
        given = jobs[name].data["permissions"]
        assert given == {"contents": "read", "packages": "write"}, f"what the job {name} may do"
    read = jobs["train"].data.get("permissions")
    assert read == {"contents": "read", "packages": "read"}, "what the job train, which pulls the last models, may do"


def test_a_person_decides_about_production(jobs):
    assert jobs["canary"].data.get("environment") == "canary", "the environment of the job canary"
    said = "the environment of the job promote: its rules ask a person who has seen the canary"
    assert jobs["promote"].data.get("environment") == "production", said


def test_releases_queue_and_pull_requests_do_not_wait_for_them(workflow):
    group = str(workflow.get("concurrency", "group") or workflow.get("concurrency") or "")
    assert group, "the workflow has a concurrency group"
    said = f"pull requests have groups of their own (by github.ref): the group is `{group}`"
    assert "github.ref" in group or "github.head_ref" in group or "pull_request.number" in group, said


def test_other_tools_find_nothing(workflow):
    """Those that are installed; the others are named, and the step has not looked through their eyes."""
    report = check(FILE)
    assert not report.findings, told(report.findings)
    if report.notes:
        pytest.skip("; ".join(report.notes))
