"""Step 8: a new user, a new item, a new tenant: each has something to see, and to be seen by."""

import numpy as np

from recsys.ranking import Ranker
from recsys.recommend import Query, recommend
from recsys.starter import STARTER_ITEMS, starter, with_new_item

LIST = [f"board:{number}" for number in range(10)]


def test_a_new_user_sees_what_is_popular(make_retriever, wants):
    popularity = np.random.default_rng(2).permutation(20) / 20 + 0.01
    retriever = make_retriever(np.eye(20), popularity=popularity)
    wanted = [retriever.catalogue.items[row] for row in np.argsort(-popularity)[:5]]
    for name, ranker in (("untrained", Ranker.untrained()), ("a ranker that wants trend", wants("trend"))):
        (answer,) = recommend(retriever, ranker, [Query([], k=5)], diversity=0.0)
        assert answer.items == wanted, f"five items for a user without a history, by popularity; the ranker: {name}"


def test_a_new_user_among_others(make_retriever, wants):
    retriever = make_retriever(np.eye(20), popularity=np.linspace(0.01, 1, 20))
    queries = [Query([("board:0", "done")], k=5), Query([], k=5), Query([("nothing:1", "done")], k=5)]
    together = [answer.items for answer in recommend(retriever, wants("trend", -1), queries, diversity=0.0)]
    assert together[1][0] == retriever.catalogue.items[19], "the first item of the new user, asked among others"
    assert together[2] == together[1], "a user who did only what the model does not know is as good as new"
    assert together[0][0] == retriever.catalogue.items[1], "the first item of the user with a history: least trend"


def test_a_new_tenant_sees_what_is_new_then_starters():
    got = starter(["board:9", "board:7"], [], 4)
    assert got == ["board:9", "board:7", *STARTER_ITEMS[:2]], "starter(recent=[board:9, board:7], k=4)"


def test_what_is_left_out_of_starters():
    got = starter(["board:9"], ["board:9", STARTER_ITEMS[0]], 3)
    assert got == list(STARTER_ITEMS[1:4]), "starter of three, where the recent board and the first starter are done"
    assert starter([], STARTER_ITEMS, 3) == [], "where all is done there is nothing to show"


def test_starters_do_not_repeat():
    got = starter(["board:9", "board:9", STARTER_ITEMS[1]], [], 3)
    assert got == ["board:9", STARTER_ITEMS[1], STARTER_ITEMS[0]], "starter with the same item twice among the recent"


def test_a_new_item_gets_the_last_place():
    got = with_new_item(LIST, ["board:new"], [], turn=5)
    assert got == [*LIST[:9], "board:new"], "ten items, of which the model cannot know board:new"
    assert len(LIST) == 10, "the list that was given is left as it was"


def test_new_items_take_turns():
    new = [f"board:new-{number}" for number in range(4)]
    shown = [with_new_item(LIST, new, [], turn)[-1] for turn in range(400)]
    counts = sorted(shown.count(item) for item in new)
    assert counts == [100] * 4, "how often each of four new items is shown, over 400 turns"


def test_what_is_no_news():
    assert with_new_item(LIST, [], [], 3) == LIST, "no new item: the list as it is"
    assert with_new_item(LIST, ["board:new"], ["board:new"], 3) == LIST, "the new item is done: the list as it is"
    assert with_new_item(LIST, ["board:3"], [], 3) == LIST, "the new item is in the list: not twice"
    assert with_new_item(["board:1"], ["board:new"], [], 3) == ["board:1"], "a list of one keeps its one"
