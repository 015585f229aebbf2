"""What is asked today: limits, siblings, topics in turn, what is set aside."""

from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.cards import Card, CardKind, Prompt, prompts
from studyapp.domain.origin import Authored, Origin
from studyapp.domain.queue import DayDone, Limits, Moment, build, interleaved, next_in_steps, spread
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import DAY_MS, Memory, MemoryModel, Phase

NOW = 1_790_000_000_000
MOMENT = Moment(now=NOW, day_end=NOW + DAY_MS // 2, day=100)
MODEL = MemoryModel()


def make(topic: str, count: int, kind: CardKind = CardKind.BASIC) -> list[Prompt]:
    cards = [
        Card(about=Authored(f"{topic}-{n}", topic, Origin("f")), kind=kind, front="f", back="b") for n in range(count)
    ]
    return [prompt for card in cards for prompt in prompts(card)]


def seen(due: int, phase: Phase = Phase.REVIEW, stability: float = 5.0, **more: object) -> PromptState:
    return PromptState(Memory(phase, 0, stability, 5.0, due, NOW - 5 * DAY_MS, 2, 0), **more)  # type: ignore[arg-type]


def queue(
    items: list[Prompt], states: dict[str, PromptState], limits: Limits | None = None, **done: object
) -> list[str]:
    return build(items, states, MOMENT, limits or Limits(), DayDone(**done), MODEL)  # type: ignore[arg-type]


def test_new_and_reviews_stay_within_what_is_left_of_the_day() -> None:
    items = make("a", 50)
    states = {p.id: seen(NOW - DAY_MS) for p in items[:20]}
    asked = queue(items, states, Limits(new=5, reviews=8))
    assert len([id_ for id_ in asked if id_ in states]) == 8
    assert len([id_ for id_ in asked if id_ not in states]) == 5
    assert len(queue(items, states, Limits(new=5, reviews=8), introduced=5, reviewed=6)) == 2


def test_due_by_the_day_but_steps_by_the_minute() -> None:
    items = make("a", 4)
    states = {
        items[0].id: seen(NOW + 1000),
        items[1].id: seen(MOMENT.day_end + 1),
        items[2].id: seen(NOW + 1000, Phase.LEARNING),
        items[3].id: seen(NOW - 1000, Phase.LEARNING),
    }
    assert queue(items, states) == [items[3].id, items[0].id]


def test_siblings_wait_for_another_day() -> None:
    items = make("a", 3, CardKind.REVERSED)
    assert queue(items, {}) == ["a-0#forward", "a-1#forward", "a-2#forward"]
    states = {"a-1#forward": seen(NOW + 9 * DAY_MS)}
    assert queue(items, states, seen=frozenset({"a-1#forward"})) == ["a-0#forward", "a-2#forward"]


def test_a_prompt_seen_today_may_come_again_when_it_was_brought_forward() -> None:
    items = make("a", 1)
    assert queue(items, {items[0].id: seen(NOW)}, seen=frozenset({items[0].id})) == [items[0].id]


def test_what_is_suspended_or_buried_is_not_asked() -> None:
    items = make("a", 3)
    states = {
        items[0].id: seen(NOW - 1, suspended=True),
        items[1].id: seen(NOW - 1, buried_until=101),
        items[2].id: seen(NOW - 1, buried_until=100),
    }
    assert queue(items, states) == [items[2].id]


def test_the_least_certain_come_first() -> None:
    items = make("a", 3)
    states = {p.id: seen(NOW - 1, stability=s) for p, s in zip(items, (9.0, 1.0, 4.0), strict=True)}
    assert queue(items, states) == [items[1].id, items[2].id, items[0].id]


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_interleaving_keeps_all_and_never_repeats_a_topic_while_others_wait(topics: list[str]) -> None:
    items = [make(topic, 1)[0] for topic in topics]
    mixed = interleaved(items)
    assert sorted(p.topic for p in mixed) == sorted(topics)
    for index in range(len(mixed) - 1):
        waiting = {p.topic for p in mixed[index + 1 :]}
        if len(waiting) > 1:
            assert mixed[index].topic != mixed[index + 1].topic


@given(st.integers(0, 30), st.integers(0, 30))
def test_new_ones_are_spread_among_reviews(reviews: int, new: int) -> None:
    due, fresh = make("due", reviews), make("new", new)
    mixed = spread(due, fresh)
    assert sorted(p.id for p in mixed) == sorted(p.id for p in [*due, *fresh])
    assert [p for p in mixed if p.topic == "due"] == due
    if reviews and new:
        assert mixed[0].topic == "due"


def test_steps_a_little_ahead_only_when_asked() -> None:
    states = {"a": seen(NOW + 5 * 60_000, Phase.LEARNING), "b": seen(NOW + 60 * 60_000, Phase.RELEARNING)}
    assert next_in_steps(states, states, MOMENT, ahead=False) is None
    assert next_in_steps(states, states, MOMENT, ahead=True) == "a"
