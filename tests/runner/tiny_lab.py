"""A lab on a package of a few lines, written out for a test to work in or to break."""

import json
from pathlib import Path

from studyapp.domain.labs import Lab
from studyapp.library.labs import load_lab

SHELF = '''\
"""A shelf of things."""


class Shelf:
    def __init__(self, room):
        self.room = room
        self.things = []

    def put(self, thing):
        """Put a thing on the shelf; the oldest one falls off a full one."""
        self.things.append(thing)
        del self.things[: -self.room]

    def count(self, thing):
        return self.things.count(thing)

    def newest(self):
        """The thing put last. Raises LookupError when there is none."""
        if not self.things:
            raise LookupError("nothing here")
        return self.things[-1]

    def full(self):
        return len(self.things) == self.room

    def kinds(self):
        return len(set(self.things))

    def clear(self):
        self.things = []
'''
STARTER = '''\
"""A shelf of things."""


class Shelf:
    def __init__(self, room):
        self.room = room
        self.things = []

    def put(self, thing):
        """Put a thing on the shelf; the oldest one falls off a full one."""
        raise NotImplementedError("step 1: keep the newest things")

    def count(self, thing):
        return 0  # step 2: count them

    def newest(self):
        """The thing put last. Raises LookupError when there is none."""
        return None

    def full(self):
        raise NotImplementedError("step 4: say whether there is no room left")

    def kinds(self):
        return len(self.things)

    def clear(self):
        raise NotImplementedError("step 6: take everything away")
'''
CHECKS = {
    "test_01_put.py": """\
from recsys.shelf import Shelf


def test_put(shelf):
    shelf.put("a")
    assert shelf.things == ["a"], "a shelf holds what was put on it"


def test_the_oldest_falls_off(shelf):
    for thing in "abc":
        shelf.put(thing)
    assert shelf.things == ["b", "c"], "after a, b and c on a shelf for two, a is gone"
""",
    "test_02_count.py": """\
from recsys.shelf import Shelf


def test_count(shelf):
    shelf.things = ["a", "b", "a"]
    print("counting")
    assert shelf.count("a") == 2, "a stands there twice"
""",
    "test_03_newest.py": """\
import pytest

from recsys.shelf import Shelf


def test_newest_of_an_empty_shelf(shelf):
    with pytest.raises(LookupError):
        shelf.newest()
""",
    "test_04_full.py": """\
def test_full(shelf):
    shelf.things = ["a", "b"]
    assert shelf.full(), "two things fill a shelf for two"
""",
    "test_05_kinds.py": """\
def test_kinds(shelf):
    shelf.things = ["a", "a"]
    assert shelf.kinds() == 1, "two of a kind are one kind"
""",
    "test_06_clear.py": """\
def test_clear(shelf):
    shelf.things = ["a"]
    shelf.clear()
    assert shelf.things == [], "a cleared shelf holds nothing"
""",
    "conftest.py": """\
import pytest


@pytest.fixture
def shelf():
    from recsys.shelf import Shelf

    return Shelf(2)
""",
}
EDITED = ("counts-kinds", "newest-is-none")  # the other two are whole files
WRONG = {
    "keeps-all": ("put", "the shelf never drops anything", ("del self.things[: -self.room]", "pass")),
    "drops-one-early": ("put", "one thing less than there is room for", ("-self.room]", "1 - self.room]")),
    "counts-kinds": ("count", "counts kinds, not things", ("self.things.count(thing)", "int(thing in self.things)")),
    "newest-is-none": ("newest", "says None of an empty shelf", ('raise LookupError("nothing here")', "return None")),
}
STEP = """\
  - id: {id}
    title: Write {id}
    task: Write `{id}` so that its check passes.
    checks: {checks}
    hints: ["think of {id}", "go about {id}", "write {id}"]
    cards: [alpha-basic]
    questions: [alpha-q-single]
    measured: {measured}
"""
MANIFEST = """\
slug: {slug}
title: A shelf
goal: Keep the newest things.
minutes: 5
prerequisites: [A shelf]
replaces: [recsys/shelf.py]
services: []
explain: alpha-q-open
steps:
{steps}experiments:
  - id: more-room
    ask: How many are left?
    kind: number
    unit: things
    tolerance: 1
    expected: 2
    run: more_room
    explain: Room.
  - {{id: less-room, ask: Up or down?, kind: direction, expected: up, run: less_room, explain: Less room.}}
  - {{id: same-room, ask: And now?, kind: direction, expected: same, run: same_room, explain: Same room.}}
"""
EXPERIMENTS = "\n\n".join(
    f"def {name}(service):\n    return None\n" for name in ("more_room", "less_room", "same_room")
)


def write_service(root: Path) -> Path:
    """The package that all labs below a root are about."""
    package = root / "recsys" / "recsys"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "shelf.py").write_text(SHELF, "utf-8")
    (package / "other.py").write_text("VALUE = 1\n", "utf-8")
    return root


def write_lab(root: Path, slug: str = "alpha") -> Path:
    """A lab with six steps, four wrong implementations and three experiments."""
    folder = root / slug
    steps = [
        STEP.format(id=name[8:-3], checks=name, measured=str(name.startswith("test_06")).lower())
        for name in sorted(CHECKS)
        if name.startswith("test")
    ]
    texts = {
        "lab.yaml": MANIFEST.format(slug=slug, steps="".join(steps)),
        "brief.md": "Why a shelf matters. " * 100,
        "experiments.py": EXPERIMENTS,
        "starter/recsys/shelf.py": STARTER,
        **{f"checks/{name}": text for name, text in CHECKS.items()},
        **{
            f"checks/wrong/{name}/recsys/shelf.py": SHELF.replace(*swap)
            for name, (_, _, swap) in WRONG.items()
            if name not in EDITED
        },
        "checks/wrong/wrong.yaml": json.dumps({name: _listed(name) for name in WRONG}, indent=1),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def _listed(name: str) -> dict[str, object]:
    """How wrong.yaml tells of a wrong implementation."""
    step, why, (find, put) = WRONG[name]
    edits = [{"file": "recsys/shelf.py", "find": find, "put": put}] if name in EDITED else []
    return {"step": step, "why": why, "edits": edits}


def write_labs(root: Path) -> Path:
    """A labs folder: the service and one lab."""
    write_lab(write_service(root))
    return root


def read_lab(root: Path, slug: str = "alpha") -> Lab:
    """The lab that was written."""
    lab, problems = load_lab(root / slug, f"labs/{slug}")
    assert lab is not None, problems
    return lab
