"""An item that cannot be asked or marked is named and left out."""

import pytest

from tests.library.conftest import Author

ITEM = {"cards.yaml": "cards", "quiz.yaml": "questions"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cards.yaml", "{{c2::24}}", "{{c2::24}", "a blank is not closed"),
        ("cards.yaml", "{{c2::24}}", "{{c2::}}", "a blank is not closed"),
        ("quiz.yaml", "replica, correct: true", "replica", "exactly one option must be `correct: true`; 0 are"),
        (
            "quiz.yaml",
            "cluster, why",
            "cluster, correct: true, why",
            "exactly one option must be `correct: true`; 2 are",
        ),
        (
            "quiz.yaml",
            "text: The name of the cluster",
            "text: The colour of the dashboard",
            "two options read the same",
        ),
        ("quiz.yaml", "text: Colour, why", "text: Colour, correct: true, why", "one or more options must be"),
        ("quiz.yaml", "answer: 8.64e9", "answer: 1e999", "`answer` must be a finite number, not inf"),
        ("quiz.yaml", "tolerance: 1%", "tolerance: a bit", "`tolerance` is a number or a percentage"),
        ("quiz.yaml", "tolerance: 1%", "tolerance: -1%", "`tolerance` is a number or a percentage"),
        ("quiz.yaml", "{text: Deploy", "{text: Train", "two items read the same: 'Train'"),
        ("quiz.yaml", "{left: SLA", "{left: SLO", "two left sides read the same: 'SLO'"),
        ("quiz.yaml", "extra: [a wish]", "extra: [a target]", "`extra` must match nothing, but 'a target'"),
        ("quiz.yaml", "line: 3", "line: 5", "a fault is on line 5, but the code has 4 lines"),
        ("quiz.yaml", "lines: [4]", "lines: [3]", "two faults are on line 3; make them one"),
        ("quiz.yaml", "{line: 3, why", "{why", "a fault names no `line`"),
    ],
)
def test_an_item_that_cannot_be_asked(author: Author, file: str, old: str, new: str, said: str) -> None:
    author.edit(f"beta/{file}", old, new)
    library, (problem, *more) = author.checked()
    assert more == []
    assert said in problem.message
    id_ = problem.message.partition(":")[0]
    line = (author.root / "beta" / file).read_text("utf-8").split("\n")[problem.origin.line - 1]
    assert line == f"  - id: {id_}"  # the place is the item's
    topic = library.topics["beta"]
    assert id_ not in {item.id for item in topic.items}
    assert len(topic.items) == 11
