"""`studyapp export anki|gift|reviews` and `studyapp import anki`, beside the exports of progress as they were."""

import csv
import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.interop.conftest import needs, needs_extra


def test_text_formats_are_written_to_a_file_or_to_the_pipe(run: Run, tmp_path: Path) -> None:
    for form, begins in (
        ("anki", "#separator:Comma\n"),
        ("gift", "$CATEGORY: studyapp/alpha"),
        ("reviews", "card_id,"),
    ):
        ran = run("export", form, str(tmp_path / form))
        assert ran.status == 0, ran.err
        assert (tmp_path / form).read_text("utf-8").startswith(begins)
        piped = run("export", form, "-")
        assert piped.out == (tmp_path / form).read_text("utf-8")
        assert piped.err  # what there is to say goes past the pipe


def test_reviews_made_here_are_in_the_log(run: Run) -> None:
    run("review", "alpha", typed="\n3\nq\n")
    rows = list(csv.DictReader(io.StringIO(run("export", "reviews", "-").out)))
    assert [(row["review_rating"], row["review_state"]) for row in rows] == [("3", "0")]


def test_progress_is_exported_and_imported_as_before(run: Run, tmp_path: Path) -> None:
    run("review", "alpha", typed="\n3\nq\n")
    assert "1 events written" in run("export", str(tmp_path / "p.jsonl")).out
    assert run("export").out == run("export", "-").out == (tmp_path / "p.jsonl").read_text("utf-8")
    assert "0 of 1 events" in run("import", str(tmp_path / "p.jsonl")).out
    assert "0 of 1 events" in run("import", "-", typed=run("export").out).out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("export", "anki"), "name the file: studyapp export anki FILE"),
        (("export", "word", "x"), "expected a FILE, or one of anki, gift, reviews"),
        (("export", "gift", "nowhere/x"), "cannot be written"),
        (("import", "anki"), "name the file: studyapp import anki FILE"),
        (("import", "x", "--to", "y"), "--to goes with `anki`"),
        (("import", "anki", "nowhere.apkg"), "nowhere.apkg: cannot be read"),
        (("import", "a", "b"), "expected a FILE, or anki and a FILE"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, argv: tuple[str, ...], said: str) -> None:
    ran = run(*argv)
    assert ran.status == 1
    assert said in ran.err


def test_a_file_that_is_no_deck_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    assert "neither a package of Anki's (.apkg) nor UTF-8 text" in run("import", "anki", str(tmp_path / "x")).err


@needs_extra
def test_an_edited_deck_becomes_content_that_can_be_studied(run: Run, tmp_path: Path) -> None:
    text = run("export", "anki", "-").out
    deck, folder = tmp_path / "deck.csv", tmp_path / "pack"
    deck.write_text(text.replace("What does Alpha need first?", "What comes first?") + "x,Basic,Mine,,f,b\n", "utf-8")
    said = run("import", "anki", str(deck)).out
    assert "9 notes: 7 as they are here, 1 edited, 1 new." in said
    assert "--to" in said
    assert not folder.exists()
    assert f"studyapp --content {folder}" in run("import", "anki", str(deck), "--to", str(folder)).out
    assert "What comes first?" in run("--content", str(folder), "search", "comes", "first").out
    again = run("--content", str(folder), "import", "anki", str(deck), "--to", str(folder))
    assert "1 edited, 1 new" in again.out  # the folder itself is not what it is compared with
    assert "What comes first?" in (folder / "alpha" / "cards.yaml").read_text("utf-8")


@needs("genanki", "extra `anki`")
@needs_extra
def test_a_package_goes_out_and_comes_in(run: Run, tmp_path: Path) -> None:
    assert "8 cards written" in run("export", "anki", str(tmp_path / "c.apkg")).out
    assert "8 notes: 8 as they are here" in run("import", "anki", str(tmp_path / "c.apkg")).out


def test_without_the_extra_nothing_is_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genanki", None)
    ran = run("export", "anki", str(tmp_path / "c.apkg"))
    assert ran.status == 1
    assert "pip install 'studyapp[anki]'" in ran.err
    assert list(tmp_path.glob("*c.apkg*")) == []
