"""GIFT as Moodle's importer reads it: the reader below follows the steps of its question/format/gift/format.php."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from studyapp.interop import gift
from studyapp.library.load import assemble, read_pack
from studyapp.study.study import Study

Answer = tuple[float, str, str]  # share in percent, text, feedback; of a match its two sides
ESCAPES = {f"\\{sign}": f"&&{ord(sign):03};" for sign in ":#={}~"} | {"\\n": "&&010;"}


@dataclass
class Read:
    kind: str
    stem: str
    answers: list[Answer]
    feedback: str


def moodle(text: str) -> dict[str, Read]:
    """The questions of a GIFT file by name."""
    questions = {}
    for block in re.split(r"\n\s*\n", text.strip()):
        if not block.startswith("$CATEGORY:"):
            name, read = _question(block)
            questions[name] = read
    return questions


def _question(block: str) -> tuple[str, Read]:
    block = block.replace("\\\\", "&&092;")
    for escape, placeholder in ESCAPES.items():
        block = block.replace(escape, placeholder)
    block = block.replace("&&092;", "\\")
    _, name, rest = block.split("::", 2)
    start, end = rest.index("{"), rest.index("}")
    answers, _, general = rest[start + 1 : end].strip().partition("####")
    stem = rest[:start] + rest[end + 1 :]
    assert stem.startswith("[markdown]")
    kind, read = _answers(answers.strip())
    return _plain(name), Read(kind, _plain(stem.removeprefix("[markdown]")), read, _plain(general))


def _answers(text: str) -> tuple[str, list[Answer]]:
    if not text:
        return "essay", []
    if text.startswith("#"):
        return "numerical", _split(text[1:])
    if "~" in text:
        kind = "single" if "=" in text else "multiple"
        return kind, [_weighed(part) for part in text.replace("=", "~=").split("~") if part.strip()]
    if "->" in text:
        pairs = [part.partition("->") for part in text.split("=") if part.strip()]
        return "match", [(100.0, _plain(left), _plain(right)) for left, _, right in pairs]
    return "short", _split(text)


def _split(text: str) -> list[Answer]:
    return [_weighed(f"={part}") for part in text.split("=") if part.strip()]


def _weighed(part: str) -> Answer:
    part = part.strip()
    share = 100.0 if part.startswith("=") else 0.0
    part = part.removeprefix("=")
    if weight := re.match(r"%(-*[0-9]{1,2}\.?[0-9]*)%", part):
        share, part = float(weight[1]), part[weight.end() :]
    answer, _, feedback = part.partition("#")
    return share, _plain(answer), _plain(feedback)


def _plain(text: str) -> str:
    for escape, placeholder in ESCAPES.items():
        text = text.replace(placeholder, "\n" if escape == "\\n" else escape[1])
    return text.strip()


@pytest.fixture
def read(study: Study) -> dict[str, Read]:
    return moodle(gift.write(study.library).text)


def test_choices_keep_their_shares_and_reasons(read: dict[str, Read]) -> None:
    single, multiple = read["alpha-q-single"], read["alpha-q-multiple"]
    assert single.kind == "single"
    assert single.stem == "Requests double in alpha. What is looked at first?"
    assert [share for share, *_ in single.answers] == [100, 0, 0]
    assert single.answers[1][1:] == ("The colour of the dashboard", "It says nothing.")
    assert multiple.kind == "multiple"
    assert [share for share, *_ in multiple.answers] == [50, 50, -100]


def test_numbers_keep_their_tolerance_and_name_their_unit(read: dict[str, Read]) -> None:
    numeric = read["alpha-q-numeric"]
    assert numeric.kind == "numerical"
    assert numeric.stem.endswith("(in requests)")
    (share, answer, why), number, slack = numeric.answers[0], *numeric.answers[0][1].split(":")
    assert (share, float(number), float(slack)) == (100, 8.64e9, 8.64e7)
    assert answer == "8640000000:86400000"
    assert why == "Seconds in a day times requests."


def test_pairs_keep_what_matches_nothing(read: dict[str, Read]) -> None:
    matching = read["alpha-q-matching"]
    assert matching.kind == "match"
    assert [pair[1:] for pair in matching.answers] == [("SLO", "a target"), ("SLA", "a contract"), ("", "a wish")]
    assert "SLO: Objective." in matching.feedback


def test_every_form_of_a_short_answer_counts(read: dict[str, Read]) -> None:
    assert [answer[:2] for answer in read["alpha-q-short"].answers] == [
        (100, "doubly linked list"),
        (100, "linked list"),
    ]


def test_what_gift_has_no_kind_for_becomes_an_essay(study: Study, read: dict[str, Read]) -> None:
    assert gift.write(study.library).essays[:3] == ("alpha-q-ordering", "alpha-q-fault", "alpha-q-open")
    ordering, fault, essay = (read[f"alpha-q-{name}"] for name in ("ordering", "fault", "open"))
    assert {ordering.kind, fault.kind, essay.kind} == {"essay"}
    assert ordering.stem.endswith("- Deploy\n- Train\n- Watch")  # by the alphabet: the order is what is asked
    assert ordering.feedback.startswith("1. Train (Nothing to deploy before.)\n2. Deploy")
    assert "```yaml\nkind: Deployment\n" in fault.stem
    assert "- line 3: A number is expected." in fault.feedback
    assert "It breaks and someone notices." in essay.feedback


def test_every_shipped_question_reads_back_with_its_signs() -> None:
    library = assemble([read_pack(Path(__file__).parents[2] / "content", "content")])
    read = moodle(gift.write(library).text)
    assert set(read) == set(library.questions)
    for id_, question in library.questions.items():
        assert read[id_].stem.startswith(question.stem.strip())
        for option in getattr(question, "options", ()):
            assert (option.text.strip(), option.why.strip()) in [answer[1:] for answer in read[id_].answers]
