"""Step 5: what is done, dismissed or excluded never appears, and takes nobody's place."""

import numpy as np
import pytest

from recsys.history import encode
from recsys.ranking import Ranker
from recsys.recommend import Query, recommend

SIZE = 40


@pytest.fixture
def retriever(make_retriever):
    """Every item speaks for every other, those with a low number most."""
    weights = np.tile(np.linspace(1, 0, SIZE), (SIZE, 1))
    np.fill_diagonal(weights, 2.0)  # and for itself, so that only a filter keeps it away
    return make_retriever(weights, popularity=np.linspace(1, 0, SIZE))


def names(retriever, rows):
    return [retriever.catalogue.items[row] for row in rows]


def ask(retriever, *queries):
    answers = recommend(retriever, Ranker.untrained(), queries, diversity=0.0)
    return [answer.items for answer in answers]


def test_candidates_leave_out_what_they_are_told(retriever):
    histories = [encode(retriever.catalogue, [("board:0", "done")])] * 2
    positions, scores = retriever.candidates(histories, [[0, 1], []], 3)
    assert positions.tolist() == [[2, 3, 4], [0, 1, 2]], "best three positions of two users; 0 and 1 are out for one"
    assert np.isfinite(scores).all(), "scores of three candidates out of forty"


def test_where_nothing_is_left(retriever):
    histories = [encode(retriever.catalogue, [("board:0", "done")])]
    _, scores = retriever.candidates(histories, [list(range(SIZE - 1))], 3)
    got = np.isfinite(scores[0]).tolist()
    assert got == [True, False, False], "whether the three places are filled, where one item of forty is left"


def test_retrieve_excludes_by_name(retriever):
    items, _ = retriever.retrieve([("board:0", "done")], 2, exclude=["board:0", "board:unknown"])
    assert items == names(retriever, [1, 2]), "the two best, where board:0 is excluded and another is unknown"


@pytest.mark.parametrize("event", ["done", "open", "dismiss"])
def test_what_is_done_does_not_come_again(retriever, event):
    (items,) = ask(retriever, Query([("board:2", event), ("board:4", "done")], k=4))
    assert items == names(retriever, [0, 1, 3, 5]), f"four items for a user with {event} of board:2 and done of board:4"


def test_what_was_merely_viewed_may_come(retriever):
    (items,) = ask(retriever, Query([("board:2", "view")], k=3))
    assert items[0] == "board:2", "the first item for a user who viewed board:2 and has not used it yet"


def test_a_request_excludes(retriever):
    (items,) = ask(retriever, Query([("board:0", "done")], k=3, exclude=frozenset({"automation:1", "nothing:1"})))
    assert items == names(retriever, [2, 3, 4]), "three items after done of board:0, where automation:1 is excluded"


def test_the_list_is_as_long_as_asked(retriever):
    done = [(item, "done") for item in names(retriever, range(25))]
    (items,) = ask(retriever, Query(done, k=10))
    assert items == names(retriever, range(25, 35)), "ten items for a user who has done the best 25"


def test_a_list_may_be_short_but_never_wrong(retriever):
    done = [(item, "done") for item in names(retriever, range(SIZE - 2))]
    (items,) = ask(retriever, Query(done, k=10))
    assert items == names(retriever, [38, 39]), "ten items asked for, where the user has done all but two of forty"


def test_filters_do_not_mix(retriever):
    done, more = Query([("board:0", "done")], k=2), Query([("automation:1", "done")], k=5)
    assert ask(retriever, done, more) == [*ask(retriever, done), *ask(retriever, more)], "two users at once, and alone"
