"""The proof of a lab names what is wrong with a bad one (that a good one holds: tests/cli/test_lab.py)."""

import json
import shutil
from itertools import islice
from pathlib import Path

import pytest

from studyapp.domain.labs import Wrong
from studyapp.library.labs import load_wrong
from studyapp.runner import orphans
from studyapp.runner.verify import verify
from tests.runner.tiny_lab import SHELF, STARTER, read_lab

KEPT = ("keeps-all", "counts-kinds")


def found(labs_root: Path, scratch: Path, most: int | None = None) -> list[str]:
    """What does not hold; only the first `most`, which spares running the rest."""
    lab = read_lab(labs_root)
    wrong, problems = load_wrong(lab, labs_root / "alpha", "labs/alpha")
    return [*map(str, problems), *islice(verify(lab, wrong, labs_root, scratch), most)]


def test_what_runs_otherwise_than_it_should_is_named(labs_root: Path, tmp_path: Path) -> None:
    lab = labs_root / "alpha"
    starter = STARTER.replace("return len(self.things)", "return len(set(self.things))")
    (lab / "starter/recsys/shelf.py").write_text(starter, "utf-8")
    (labs_root / "recsys/recsys/shelf.py").write_text(SHELF.replace("== self.room", "> self.room"), "utf-8")
    (lab / "checks/wrong/keeps-all/recsys/shelf.py").write_text("import nothere\n", "utf-8")
    shutil.rmtree(lab / "checks/wrong/drops-one-early")
    listed = lab / "checks/wrong/wrong.yaml"
    kept = {name: told for name, told in json.loads(listed.read_text("utf-8")).items() if name in KEPT}
    kept["counts-kinds"]["edits"][0]["put"] = kept["counts-kinds"]["edits"][0]["find"]  # an edit that changes nothing
    listed.write_text(json.dumps(kept), "utf-8")
    assert found(labs_root, tmp_path / "scratch") == [
        "2 wrong implementations; a lab keeps 4 at least",
        "the starter passes kinds, so that there is nothing to do",
        "the reference fails full: two things fill a shelf for two",
        "checks/wrong/keeps-all fails put for no reason in the code: the code cannot be imported: "
        "ModuleNotFoundError: No module named 'nothere' (recsys/shelf.py line 1)",
        "checks/wrong/counts-kinds passes count, though: counts kinds, not things",
    ]
    assert orphans.left_below(tmp_path / "scratch") == []


def test_a_starter_that_cannot_be_imported_is_named_for_every_step(labs_root: Path, tmp_path: Path) -> None:
    (labs_root / "alpha/starter/recsys/shelf.py").write_text("import nothere\nclass Shelf: pass\n", "utf-8")
    said = found(labs_root, tmp_path / "scratch", 6)
    assert len(said) == 6
    assert all("for no reason in the code: the code cannot be imported" in line for line in said)


def test_a_starter_with_another_interface_is_named(labs_root: Path, tmp_path: Path) -> None:
    path = labs_root / "recsys/recsys/shelf.py"
    path.write_text(f"MOST: int = 3\nLEAST = 1\n_OWN = 2\n{SHELF}", "utf-8")
    assert found(labs_root, tmp_path / "scratch", 2) == [
        "starter/recsys/shelf.py has no `LEAST`, which is public in the reference",
        "starter/recsys/shelf.py has no `MOST`, which is public in the reference",
    ]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("starter/recsys/shelf.py", "`replaces` names recsys/shelf.py, but there is no"),
        ("checks/test_02_count.py", "checks/test_02_count.py is missing"),
        ("checks/wrong/keeps-all/recsys/shelf.py", "wrong.yaml gives keeps-all no `edits`, and there is no file in"),
        ("checks/wrong/wrong.yaml", "cannot be read"),
    ],
)
def test_a_missing_file_is_named(labs_root: Path, tmp_path: Path, broken: str, said: str) -> None:
    (labs_root / "alpha" / broken).unlink()
    assert any(said in line for line in found(labs_root, tmp_path / "scratch"))


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("starter/recsys/extra.py", "starter/recsys/extra.py would be laid over, but `replaces` does not name it"),
        ("checks/test_07_more.py", "no step names checks/test_07_more.py"),
        ("checks/wrong/unnamed/recsys/shelf.py", "wrong.yaml does not name unnamed, or gives it `edits` too"),
    ],
)
def test_a_file_that_nothing_names_is_named(labs_root: Path, tmp_path: Path, added: str, said: str) -> None:
    path = labs_root / "alpha" / added
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", "utf-8")
    assert said in found(labs_root, tmp_path / "scratch")


def test_an_edit_that_does_not_fit_the_reference_is_named(labs_root: Path, tmp_path: Path) -> None:
    shelf = labs_root / "recsys/recsys/shelf.py"
    shelf.write_text(SHELF.replace("self.things.count(thing)", "len([1 for each in self.things if each == thing])"))
    assert found(labs_root, tmp_path / "scratch") == [
        "wrong.yaml: counts-kinds: `self.things.count(thing)` stands 0 times in the reference's recsys/shelf.py, "
        "not once"
    ]


def test_a_lab_that_is_too_small_is_told_what_it_lacks(labs_root: Path, tmp_path: Path) -> None:
    folder = labs_root / "alpha"
    manifest = (folder / "lab.yaml").read_text("utf-8")
    short = manifest[: manifest.index("  - id: clear")] + manifest[manifest.index("experiments:") :].replace(
        "more_room", "x"
    )
    (folder / "lab.yaml").write_text(short[: short.index("  - {id: same-room")], "utf-8")
    (folder / "brief.md").write_text("Too short.", "utf-8")
    said = list(verify(read_lab(labs_root), [Wrong("keeps-all", "put", "why")], labs_root, tmp_path / "scratch"))
    assert said[:6] == [
        "5 steps; a lab has 6 to 10",
        "the last step, kinds, is not `measured: true`",
        "2 experiments; a lab has 3 at least",
        "1 wrong implementations; a lab keeps 4 at least",
        "brief.md has 2 words; 300 to 600 say enough",
        "more-room: there is no function x in experiments.py",
    ]
