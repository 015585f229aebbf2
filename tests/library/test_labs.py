"""Lab manifests: read into labs, every fault named with its place; what they and the content name of each other."""

from datetime import date
from pathlib import Path

import pytest

from studyapp.domain.labs import Lab, PredictionKind
from studyapp.library.cache import read_cached_labs
from studyapp.library.check import check
from studyapp.library.labs import load_lab, load_labs, load_wrong
from studyapp.library.load import assemble, read_pack
from studyapp.library.rules import labs as links
from tests.content import write_pack
from tests.runner.tiny_lab import read_lab, write_labs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_labs(tmp_path / "labs")


def broken(root: Path, old: str, new: str) -> list[str]:
    path = root / "alpha" / "lab.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    lab, problems = load_lab(root / "alpha", "labs/alpha")
    assert lab is None
    return [str(problem) for problem in problems]


def test_a_manifest_becomes_a_lab(root: Path) -> None:
    lab = read_lab(root)
    assert (lab.slug, lab.minutes, lab.replaces, lab.explain) == ("alpha", 5, ("recsys/shelf.py",), "alpha-q-open")
    assert [step.id for step in lab.steps] == ["put", "count", "newest", "full", "kinds", "clear"]
    assert lab.steps[0].hints == ("think of put", "go about put", "write put")
    assert [step.measured for step in lab.steps] == [False] * 5 + [True]
    assert [(each.kind, each.tolerance) for each in lab.experiments][:2] == [
        (PredictionKind.NUMBER, 1.0),
        (PredictionKind.DIRECTION, 0.0),
    ]
    assert lab.find("count") == lab.find("2") == lab.steps[1]
    assert [lab.find(name) for name in ("0", "7", "cuont")] == [None] * 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 5", "minuts: 5", "labs/alpha/lab.yaml:4:1: unknown field `minuts`. Did you mean `minutes`?"),
        ("minutes: 5", "minutes: soon", "labs/alpha/lab.yaml:4:10: `minutes`: expected a whole number"),
        ("slug: alpha", "slug: beta", "labs/alpha/lab.yaml:1:7: the slug is `beta` but the folder is `alpha`"),
        ("[recsys/shelf.py]", "[../shelf.py]", "labs/alpha/lab.yaml:6:12: `../shelf.py` is no path inside labs/recsys"),
        ("[recsys/shelf.py]", "[/etc/passwd]", "labs/alpha/lab.yaml:6:12: `/etc/passwd` is no path inside"),
        (', "write put"]', "]", "labs/alpha/lab.yaml:14:12: put: 2 hints; give 3: a nudge"),
        ("test_02_count", "test_03_count", "labs/alpha/lab.yaml:21:13: count: expected `test_02_count.py`"),
        ("- id: count", "- id: put", "labs/alpha/lab.yaml:18:9: the id `put` stands twice under `steps`"),
        ("    tolerance: 1\n", "", "more-room: a `number` needs a `tolerance` above 0, in its unit"),
        ("kind: direction", "kind: wild", "labs/alpha/lab.yaml:"),
    ],
)
def test_a_fault_is_named_where_it_stands(root: Path, old: str, new: str, said: str) -> None:
    problems = broken(root, old, new)
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize("path", ["recsys/cache.py", "deploy/k8s/api.yaml", "deploy/.dockerignore", "a"])
def test_a_path_inside_the_service_is_taken(root: Path, path: str) -> None:
    manifest = root / "alpha" / "lab.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("recsys/shelf.py", path), "utf-8")
    assert read_lab(root).replaces == (path,)


def test_one_broken_lab_does_not_hide_the_others(root: Path) -> None:
    (root / "beta").mkdir()
    (root / "beta" / "lab.yaml").write_text("slug: [", "utf-8")
    labs, problems = load_labs(root, "labs")
    assert list(labs) == ["alpha"]
    assert [problem.origin.file for problem in problems] == ["labs/beta/lab.yaml"]


def test_labs_come_from_the_cache_until_a_manifest_changes(root: Path, tmp_path: Path) -> None:
    fresh = read_cached_labs(root, "labs", tmp_path / "cache")
    assert fresh == load_labs(root, "labs")
    assert read_cached_labs(root, "labs", tmp_path / "cache") == fresh
    manifest = root / "alpha" / "lab.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("A shelf", "A new shelf"), "utf-8")
    assert read_cached_labs(root, "labs", tmp_path / "cache")[0]["alpha"].title == "A new shelf"


def test_wrong_implementations_name_a_step_that_exists(root: Path) -> None:
    path = root / "alpha" / "checks" / "wrong" / "wrong.yaml"
    path.write_text("early: {step: cuont, why: x}\nlate: {step: put}\ngood: {step: put, why: y}\n", "utf-8")
    wrong, problems = load_wrong(read_lab(root), root / "alpha", "labs/alpha")
    assert [each.name for each in wrong] == ["good"]
    assert [str(problem) for problem in problems] == [
        "labs/alpha/checks/wrong/wrong.yaml:1:15: early: there is no step `cuont`. Did you mean `count`?",
        "labs/alpha/checks/wrong/wrong.yaml:2:7: `why` is missing",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "cards: [alpha-basic]",
            "cards: [alpha-basik]",
            "put: `cards` names `alpha-basik`, which does not exist. Did you mean `alpha-basic`?",
        ),
        ("questions: [alpha-q-single]", "questions: [x]", "put: `questions` names `x`, which does not exist."),
        ("explain: alpha-q-open", "explain: alpha-q-single", "`explain` names `alpha-q-single`, which does not exist."),
    ],
)
def test_links_into_the_content_resolve(root: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    library = assemble([read_pack(write_pack(tmp_path / "content"), "content")])
    assert list(links.problems(read_lab(root), library)) == []
    manifest = root / "alpha" / "lab.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert next(links.problems(read_lab(root), library)).message.startswith(said)


def test_a_step_that_an_item_names_exists_where_the_lab_does(root: Path, tmp_path: Path) -> None:
    content = write_pack(tmp_path / "content")
    cards = content / "alpha" / "cards.yaml"
    text = cards.read_text("utf-8")
    cards.write_text(text.replace("id: alpha-basic\n", "id: alpha-basic\n    step: cuont\n"), "utf-8")

    def said(labs: dict[str, Lab]) -> list[str]:
        _, problems = check(read_pack(content, "content"), None, date(2026, 11, 1), labs)
        return [str(problem) for problem in problems if "step" in problem.message]

    assert said({}) == []
    assert said({"alpha": read_lab(root)}) == [
        "content/alpha/cards.yaml:2:5: alpha-basic: the lab alpha has no step `cuont`. Did you mean `count`?"
    ]
    cards.write_text(text.replace("id: alpha-basic\n", "id: alpha-basic\n    step: count\n"), "utf-8")
    assert said({"alpha": read_lab(root)}) == []
