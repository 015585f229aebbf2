"""Every lab that is shipped holds, as `studyapp lab verify` proves it to its author."""

from pathlib import Path

import pytest

from studyapp.domain.topics import Library
from studyapp.library.labs import load_lab, load_wrong
from studyapp.library.load import assemble, read_pack
from studyapp.library.rules import labs as links
from studyapp.runner.verify import verify

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent.name for path in (ROOT / "labs").glob("*/lab.yaml"))


@pytest.fixture(scope="module")
def library() -> Library:
    return assemble([read_pack(ROOT / "content", "content")])


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_lab_holds(
    slug: str, library: Library, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = ROOT / "labs" / slug
    lab, faults = load_lab(folder, f"labs/{slug}")
    assert lab is not None, faults
    wrong, problems = load_wrong(lab, folder, f"labs/{slug}")
    assert [*problems, *links.problems(lab, library)] == []
    seeds = tmp_path_factory.getbasetemp().parent / "seeds"  # one for all processes that run these tests
    assert list(verify(lab, wrong, ROOT / "labs", tmp_path.resolve(), seeds=seeds)) == []


def test_a_lab_is_shipped() -> None:
    assert "lru-cache" in SHIPPED
