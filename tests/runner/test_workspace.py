"""A workspace is laid out whole or not at all, and what a learner wrote is never lost."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from studyapp.domain.labs import Lab
from studyapp.runner.solution import solution
from studyapp.runner.watch import saves
from studyapp.runner.workspace import Upgrade, Workspace, WorkspaceError
from tests.runner.tiny_lab import SHELF, STARTER

STARTER_YAML = "# step 2: `probe` and `list`\n# step 12: `other`\n"
REFERENCE_YAML = """\
pods:
  - name: a
    # Why.
    probe:
      path: /live

      period: 5
    other: 1
  - all:
    - probe: {path: /}
      name: b
    # another
list:
  - 1
"""


def test_the_starter_is_laid_over_a_copy_of_the_service(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.path == tmp_path / "data" / "labs" / "alpha" / "recsys"
    assert workspace.written == [workspace.path / "recsys" / "shelf.py"]
    assert workspace.written[0].read_text("utf-8") == STARTER
    assert (workspace.path / "recsys" / "other.py").read_text("utf-8") == "VALUE = 1\n"


def test_a_workspace_that_is_there_is_not_laid_out_again(lab: Lab, workspace: Workspace) -> None:
    workspace.written[0].write_text("mine", "utf-8")
    again = Workspace.create(lab, workspace.labs_root, workspace.data_root)
    assert again.written[0].read_text("utf-8") == "mine"


def test_what_is_read_only_where_it_is_installed_can_be_written(lab: Lab, labs_root: Path, tmp_path: Path) -> None:
    for path in labs_root.rglob("*.py"):
        path.chmod(0o444)
    workspace = Workspace.create(lab, labs_root, tmp_path / "data")
    assert workspace.written[0].stat().st_mode & 0o200


def test_reset_keeps_each_version_that_was_there(workspace: Workspace) -> None:
    kept = []
    for text in ("first", "second"):
        workspace.written[0].write_text(text, "utf-8")
        kept.append(workspace.reset())
        assert workspace.written[0].read_text("utf-8") == STARTER
    assert [(path.name, (path / "recsys" / "shelf.py").read_text("utf-8")) for path in kept] == [
        ("001", "first"),
        ("002", "second"),
    ]


def test_diff_tells_what_the_learner_changed(workspace: Workspace) -> None:
    assert workspace.diff() == ""
    workspace.written[0].write_text(STARTER.replace("return 0 ", "return 2 "), "utf-8")
    (workspace.path / "notes.txt").write_text("an idea", "utf-8")
    (workspace.path / "recsys" / "other.py").unlink()
    lines = workspace.diff().splitlines()
    assert [line for line in lines if line.startswith(("---", "+++"))] == [
        "--- given/notes.txt",
        "+++ yours/notes.txt",
        "--- given/recsys/other.py",
        "+++ yours/recsys/other.py",
        "--- given/recsys/shelf.py",
        "+++ yours/recsys/shelf.py",
    ]
    assert "-        return 0  # step 2: count them" in lines
    assert "+        return 2  # step 2: count them" in lines


def test_diff_of_what_is_not_text_is_one_line(workspace: Workspace) -> None:
    workspace.written[0].write_bytes(b"\xff\xfe\x00")
    assert workspace.diff() == "recsys/shelf.py: not text any more\n"


def test_what_running_leaves_behind_is_no_change(workspace: Workspace) -> None:
    cache = workspace.path / "recsys" / "__pycache__"
    cache.mkdir()
    (cache / "shelf.cpython-311.pyc").write_bytes(b"x")
    assert workspace.diff() == ""


def newer(workspace: Workspace) -> Workspace:
    """The same workspace, as a newer version of the app sees it."""
    package = workspace.labs_root / "recsys" / "recsys"
    (package / "other.py").write_text("VALUE = 2\n", "utf-8")
    (package / "added.py").write_text("NEW = 1\n", "utf-8")
    starter = workspace.labs_root / "alpha" / "starter" / "recsys" / "shelf.py"
    starter.write_text(f"{STARTER}# newer\n", "utf-8")
    return Workspace(workspace.lab, workspace.labs_root, workspace.data_root)


def test_untouched_files_follow_an_upgrade(workspace: Workspace) -> None:
    assert workspace.upgrade() == Upgrade()
    upgraded = newer(workspace)
    assert upgraded.upgrade() == Upgrade(("recsys/added.py", "recsys/other.py", "recsys/shelf.py"), ())
    assert (workspace.path / "recsys" / "other.py").read_text("utf-8") == "VALUE = 2\n"
    assert workspace.written[0].read_text("utf-8").endswith("# newer\n")
    assert upgraded.diff() == ""
    assert upgraded.upgrade() == Upgrade()


def test_touched_files_are_kept_and_told_once(workspace: Workspace) -> None:
    workspace.written[0].write_text("mine", "utf-8")
    (workspace.path / "recsys" / "other.py").unlink()
    (workspace.path / "recsys" / "added.py").write_text("also mine", "utf-8")
    upgraded = newer(workspace)
    kept = ("recsys/added.py", "recsys/other.py", "recsys/shelf.py")
    assert upgraded.upgrade() == Upgrade((), kept)
    assert workspace.written[0].read_text("utf-8") == "mine"
    assert not (workspace.path / "recsys" / "other.py").exists()
    assert (workspace.path / "recsys" / "added.py").read_text("utf-8") == "also mine"
    assert upgraded.upgrade() == Upgrade()


def test_a_file_that_left_the_service_goes_unless_it_was_touched(workspace: Workspace) -> None:
    (workspace.labs_root / "recsys" / "recsys" / "other.py").unlink()
    upgraded = Workspace(workspace.lab, workspace.labs_root, workspace.data_root)
    assert upgraded.upgrade() == Upgrade(("recsys/other.py",), ())
    assert not (workspace.path / "recsys" / "other.py").exists()


def test_a_full_disk_is_told_and_leaves_nothing_half_done(
    lab: Lab, labs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = []
    copyfile = shutil.copyfile

    def full_after_two(source: Path, target: Path) -> None:
        copied.append(copyfile(source, target))
        if len(copied) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr(shutil, "copyfile", full_after_two)
    with pytest.raises(WorkspaceError, match=r"no room left on the disk .* free some space and try again"):
        Workspace.create(lab, labs_root, tmp_path / "data")
    assert list((tmp_path / "data" / "labs" / "alpha").iterdir()) == []
    monkeypatch.undo()
    workspace = Workspace.create(lab, labs_root, tmp_path / "data")
    workspace.written[0].write_text("mine", "utf-8")
    monkeypatch.setattr(shutil, "copyfile", full_after_two)
    with pytest.raises(WorkspaceError, match="no room left"):
        workspace.reset()
    assert workspace.written[0].read_text("utf-8") == "mine"


def test_a_place_where_nothing_can_be_made_is_told(lab: Lab, labs_root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    with pytest.raises(WorkspaceError, match="Not a directory"):
        Workspace.create(lab, labs_root, tmp_path / "data")


def test_the_solution_of_a_step_is_what_the_starter_marks(lab: Lab, workspace: Workspace) -> None:
    (part,) = solution(workspace, lab.steps[0])
    assert (part.file, part.name) == ("recsys/shelf.py", "Shelf.put")
    assert part.text.startswith("    def put(self, thing):\n")
    assert part.text.endswith("del self.things[: -self.room]\n")


def test_the_solution_is_whole_files_where_nothing_is_marked(lab: Lab, workspace: Workspace) -> None:
    (part,) = solution(workspace, lab.steps[2])
    assert (part.file, part.name, part.text) == ("recsys/shelf.py", "", SHELF)


def test_the_solution_of_a_step_in_another_language_is_that_file(lab: Lab, labs_root: Path, tmp_path: Path) -> None:
    for folder, text in (("alpha/starter", "# Step 1: no rights yet"), ("recsys", "permissions: {}")):
        (labs_root / folder / "release.yaml").write_text(text, "utf-8")
    more = replace(lab, replaces=(*lab.replaces, "release.yaml"))
    workspace = Workspace.create(more, labs_root, tmp_path / "data")
    parts = solution(workspace, more.steps[0])
    assert [(part.file, part.name) for part in parts] == [("recsys/shelf.py", "Shelf.put"), ("release.yaml", "")]
    assert parts[1].text == "permissions: {}"


def test_the_solution_in_yaml_is_what_stands_under_the_keys_that_the_mark_names(
    lab: Lab, labs_root: Path, tmp_path: Path
) -> None:
    for folder, text in (("recsys", REFERENCE_YAML), ("alpha/starter", STARTER_YAML)):
        (labs_root / folder / "pod.yaml").write_text(text, "utf-8")
    workspace = Workspace(replace(lab, replaces=("pod.yaml",)), labs_root, tmp_path / "data")
    parts = solution(workspace, lab.steps[1])
    assert [(part.name, part.text) for part in parts] == [
        ("probe", "    # Why.\n    probe:\n      path: /live\n\n      period: 5\n"),
        ("probe", "    - probe: {path: /}\n      name: b\n"),
        ("list", "list:\n  - 1\n"),
    ]


def test_a_constant_is_a_part_of_the_solution(lab: Lab, labs_root: Path, tmp_path: Path) -> None:
    for folder, text in (
        ("alpha/starter/recsys", "ROOM = 0  # step 1: how much\n"),
        ("recsys/recsys", "ROOM = (\n    3\n)\n"),
    ):
        (labs_root / folder / "room.py").write_text(text, "utf-8")
    more = replace(lab, replaces=("recsys/room.py",))
    (part,) = solution(Workspace.create(more, labs_root, tmp_path / "data"), more.steps[0])
    assert (part.name, part.text) == ("ROOM", "ROOM = (\n    3\n)\n")


def test_saves_are_noticed_those_made_meanwhile_too(workspace: Workspace) -> None:
    path = workspace.written[0]
    saved = saves([path], seconds=0.01)
    path.write_text("one", "utf-8")
    assert next(saved) == [path]
    path.unlink()
    assert next(saved) == [path]
    path.write_text("three", "utf-8")
    assert next(saved) == [path]
