"""One violation of each rule is planted into a pack without a fault: exactly that is found, at the item's place."""

from pathlib import Path

import pytest

from tests.library.conftest import Author

LONG = " ".join(["word"] * 70)
LINKS = [
    ("cards.yaml", "questions: [alpha-q-single]", "questions: [alpha-q-singel]",
     "alpha-basic: `questions` names `alpha-q-singel`, which does not exist. Did you mean `alpha-q-single`?"),
    ("quiz.yaml", "cards: [alpha-basic, alpha-cloze]", "cards: [alpha-q-short]",
     "alpha-q-single: `cards` names `alpha-q-short`, which does not exist."),
    ("interview.yaml", "cards: [alpha-basic]", "cards: [alpha-basik]",
     "alpha-i-design: `rubric: cards` names `alpha-basik`, which does not exist. Did you mean `alpha-basic`?"),
    ("cards.yaml", "section: first-things", "section: first-thing",
     "alpha-basic: no section `first-thing` in notes.md. Did you mean `first-things`?"),
    ("interview.yaml", "    minutes: 45", "    minutes: 45\n    section: nowhere",
     "alpha-i-design: no section `nowhere` in notes.md."),
]  # fmt: skip
FACTS = [
    ("cards.yaml", 'calc: "24 * 60 * 60 == 86_400"', "calc: 24 * 60 == 86_400",
     "alpha-cloze: calc `24 * 60 == 86_400` does not hold: the left side is 1440, the right 86400"),
    ("quiz.yaml", "calc: answer == 100_000 * 86_400", "calc: [answer > 1, answer == 1]",
     "alpha-q-numeric: calc `answer == 1` does not hold"),
    ("cards.yaml", "tags: [why]", "as_of: 2026-12", "alpha-basic: `as_of` 2026-12 lies in the future"),
    ("cards.yaml", "tags: [why]", "as_of: 2025-04", "alpha-basic: `as_of` 2025-04 is 19 months old; check it again"),
    ("cards.yaml", "back: A measurement.", "back: Python 3.11 or newer.",
     "alpha-basic: '3.11 or newer' ages; give `as_of: \"2026-11\"`"),
    ("quiz.yaml", "Explain how alpha fails.", "Explain why it costs $5.", "alpha-q-open: '$5' ages"),
    ("cards.yaml", "back: A measurement.\n    source: book", "back: A measurement.",
     "alpha-basic: no source; cite a key of the topic's `sources`"),
    ("cards.yaml", "back: A measurement.\n    source: book", "back: A measurement.\n    source: [book, boko]",
     "alpha-basic: source `boko` is not declared in topic.yaml. Did you mean `book`?"),
    ("coverage.yaml", "source: book, ids", "source: bok, ids",
     "alpha-p-all: source `bok` is not declared in topic.yaml. Did you mean `book`?"),
]  # fmt: skip
CARDS = [
    ("cards.yaml", "back: A measurement.", f"back: {' '.join(['word'] * 41)}", "alpha-basic: the back has 41 words"),
    ("cards.yaml", "back: A measurement.", 'back: "\\n- a\\n- b\\n- c\\n- d"', "alpha-basic: the back lists 4 points"),
    ("cards.yaml", "back: A measurement.", "back: Yes.", "alpha-basic: the back is a bare yes or no"),
    ("cards.yaml", "back: A measurement.", "back: 27. One call each.", "alpha-basic: the back begins with a number"),
    ("cards.yaml", "What does Alpha need first?", "Alpha needs this first.", "alpha-basic: the front asks nothing"),
    ("cards.yaml", "What does Alpha need first?", f"What is {' '.join(['word'] * 29)}?",
     "alpha-basic: the front has 31 words; at most 30"),
    ("cards.yaml", "share of relevant items found in alpha", " ".join(["word"] * 35),
     "alpha-reversed: the front has 35 words; at most 30"),
    ("cards.yaml", "What does Alpha need first?", "Is a measurement first?", "alpha-basic: the answer stands in"),
    ("cards.yaml", "In alpha a day", f"{LONG} a day", "alpha-cloze: the text has 79 words; at most 60 around a blank"),
    ("cards.yaml", "Which command lists the topics of alpha?", "What does Alpha need first here?",
     "alpha-typed: the front is nearly that of alpha-basic; merge or part them"),
]  # fmt: skip
QUESTIONS = [
    ("quiz.yaml", "Requests double in alpha.", f"{' '.join(['Word'] * 47)}.", "alpha-q-single: the stem has 52 words"),
    ("quiz.yaml", "What is looked at first?", "Which is not looked at?", "alpha-q-single: the stem asks for what"),
    ("quiz.yaml", "text: The colour of the dashboard", f"text: {' '.join(['word'] * 21)}",
     "alpha-q-single: an option has 21 words; at most 20"),
    ("quiz.yaml", "text: The colour of the dashboard", "text: None of the above",
     "alpha-q-single: 'None of the above' is a filler"),
    ("quiz.yaml", "text: The colour of the dashboard", "text: Never the dashboard",
     "alpha-q-single: always, never, only and all stand in wrong options alone"),
    ("quiz.yaml", "      - {text: The name of the cluster, why: Names do not serve requests.}\n", "",
     "alpha-q-single: 2 options; 3 or 4"),
    ("quiz.yaml", "language: yaml", "language: yml",
     "alpha-q-fault: `language` is one of yaml, python, promql, sql, text, not 'yml'. Did you mean `yaml`?"),
]  # fmt: skip
INTERVIEWS = [
    ("interview.yaml", "minutes: 15", "minutes: 20", "alpha-i-design: the outline adds up to 50 minutes; `min"),
    ("interview.yaml", "phase: trade-offs", "phase: tradeoffs",
     "alpha-i-design: `tradeoffs` is no phase: expected one of clarify, high level, deep dives, trade-offs, operations."
     " Did you mean `trade-offs`?"),
    ("interview.yaml", "{phase: clarify, minutes: 5, say: Ask first.}\n      - {phase: high level, minutes: 10",
     "{phase: high level, minutes: 5, say: x}\n      - {phase: clarify, minutes: 10",
     "alpha-i-design: the phases stand in another order"),
]  # fmt: skip
COVERAGE = [
    ("coverage.yaml", "alpha-i-design]", "alpha-i-design, alpha-q-opn]",
     "alpha-p-rest: names `alpha-q-opn`, which does not exist. Did you mean `alpha-q-open`?"),
    ("coverage.yaml", "alpha-q-open, ", "", "alpha-q-open: stands under no point of coverage.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), [*LINKS, *FACTS, *CARDS, *QUESTIONS, *INTERVIEWS, *COVERAGE])
def test_a_violation_is_found_and_nothing_else(author: Author, file: str, old: str, new: str, said: str) -> None:
    author.edit(f"alpha/{file}", old, new)
    (problem,) = author.checked()[1]
    assert problem.message.startswith(said)
    id_ = said.partition(":")[0]
    lines = (author.root / problem.origin.file.removeprefix("pack/")).read_text("utf-8").split("\n")
    assert f"id: {id_}" in lines[problem.origin.line - 1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("cards.yaml", "What does Alpha need first?", f"What is {' '.join(['word'] * 50)}?"),  # a scenario may be long
        ("cards.yaml", "What does Alpha need first?", "Explain what Alpha needs first."),
        ("cards.yaml", "What does Alpha need first?", "Alpha needs ___ first."),
        ("cards.yaml", "back: A measurement.", 'back: "- one\\n- two\\n- three"'),
        ("cards.yaml", "tags: [why]", "as_of: 2025-05"),
        ("cards.yaml", "tags: [why]", "as_of: 2026-11-30"),
        ("quiz.yaml", "What is looked at first?", "Which is NOT looked at?"),
        ("quiz.yaml", "What is looked at first?", "The cache is not warm. What is looked at?"),
        ("quiz.yaml", "text: The saturation of a replica", "text: Only the saturation of a replica"),
        ("interview.yaml", "      - {phase: operations, minutes: 5, say: Watch.}\n", ""),
    ],
)  # fmt: skip
def test_what_comes_near_a_violation_is_none(author: Author, file: str, old: str, new: str) -> None:
    if "word word" in new:
        author.edit("alpha/cards.yaml", "tags: [why]", "tags: [scenario]")
    if "operations" in old:
        author.edit("alpha/interview.yaml", "minutes: 45", "minutes: 40")
    author.edit(f"alpha/{file}", old, new)
    assert author.problems() == []


def test_an_addition_is_judged_with_what_is_shipped_around_it(shipped: Path, tmp_path: Path) -> None:
    author = Author(tmp_path / "mine")
    (author.root / "gamma").mkdir(parents=True)
    card = "{id: gamma-own, kind: basic, front: What is mine?, back: Nothing., source: SRC, questions: [Q], section: S}"
    good = card.replace("SRC", "book").replace("Q", "gamma-q-single").replace("S", "then")
    author.write("gamma/cards.yaml", f"cards:\n  - {good}\n")
    assert author.problems(shipped) == []
    bad = card.replace("SRC", "bok").replace("Q", "gamma-q-sngle").replace(" S}", " than}")
    author.write("gamma/cards.yaml", f"cards:\n  - {bad}\n")
    author.root.rename(tmp_path / "pack")
    found = Author(tmp_path / "pack").problems(shipped)
    assert [said.rpartition(" Did you mean ")[2] for said in found] == ["`book`?", "`then`?", "`gamma-q-single`?"]


def test_problems_of_what_is_shipped_are_not_the_authors(author: Author, shipped: Path) -> None:
    (shipped / "gamma" / "quiz.yaml").write_text("questions: {")
    assert author.problems(shipped) == []
