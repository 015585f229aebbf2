"""`content check`: the author's command, and the JSON that programs rely on."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_sound_content(run: Run) -> None:
    ran = run("content", "check", "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == {
        "ok": True,
        "topics": [
            {"slug": "alpha", "cards": 4, "questions": 8, "interview": 0},
            {"slug": "beta", "cards": 4, "questions": 8, "interview": 0},
        ],
        "problems": [],
    }
    text = run("content", "check").out
    assert text.endswith("No problems.\n")
    assert "alpha                   4 cards    8 questions   0 interviews" in text


def test_a_problem_as_json_and_as_text(run: Run, content: Path) -> None:
    cards = content / "beta" / "cards.yaml"
    cards.write_text(cards.read_text().replace("answer:", "anwser:"))
    ran = run("content", "check", str(content), "--json")
    assert ran.status == 1
    said = "unknown field `anwser`. Did you mean `answer`?"
    given = json.loads(ran.out)
    assert given["ok"] is False
    assert given["problems"] == [{"file": str(cards), "line": 23, "column": 5, "message": said}]
    assert given["topics"][1] == {"slug": "beta", "cards": 3, "questions": 8, "interview": 0}
    ran = run("content", "check", str(content) + "/")
    assert ran.status == 1
    assert ran.out.endswith(f"{cards}:23:5: {said}\n1 problem\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x01\xff\xfe", "not UTF-8 text; is this a binary file?"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 text; is this a binary file?"),
        (b"PK\x03\x04", "the character U+0003 is no text; is this a binary file?"),
        (b"", "the file is empty; expected a mapping"),
        (None, "this is not a file"),
    ],
)
def test_an_unreadable_file_is_a_problem_like_any_other(run: Run, content: Path, data: bytes | None, said: str) -> None:
    file = content / "beta" / "notes.md" if data == b"" else content / "beta" / "topic.yaml"
    file.unlink()
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)
    if data == b"":
        file = content / "beta" / "topic.yaml"
        file.write_bytes(data)
    ran = run("content", "check", str(content), "--json")
    assert ran.status == 1
    messages = [(one["file"], one["message"]) for one in json.loads(ran.out)["problems"]]
    assert (str(file), said) in messages
    assert ran.err == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "there is no such folder"),
        ("empty", "there is no topic"),
        ("file", "cannot be read as a folder"),
        ("loop", "there is no such folder"),
    ],
)
def test_what_is_no_content_folder(run: Run, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    ran = run("content", "check", str(tmp_path / name), "--json")
    assert ran.status == 1
    (problem,) = json.loads(ran.out)["problems"]
    assert problem["message"].startswith(said)
    assert (problem["line"], problem["column"]) == (1, 1)


def test_one_topic_from_inside_its_folder(run: Run, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(content / "alpha")
    given = json.loads(run("content", "check", ".", "--json").out)
    assert given["ok"]
    assert given["topics"] == [{"slug": "alpha", "cards": 4, "questions": 8, "interview": 0}]


def test_ones_own_pack_may_cite_and_link_what_is_shipped(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "alpha"
    folder.mkdir(parents=True)
    card = (
        "{id: alpha-own, kind: basic, front: What is mine?, back: Nothing., source: book, questions: [alpha-q-short]}"
    )
    (folder / "cards.yaml").write_text(f"cards:\n  - {card}\n")
    assert run("content", "check", str(tmp_path / "mine")).status == 0
    (folder / "cards.yaml").write_text(f"cards:\n  - {card.replace('short', 'shrt')}\n")
    assert "Did you mean `alpha-q-short`?" in run("content", "check", str(tmp_path / "mine")).out
