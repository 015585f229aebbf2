"""Cards and the prompts that come of them."""

from studyapp.domain.cards import Card, CardKind, blank_numbers, card_id, plain_cloze, prompts
from studyapp.domain.origin import Authored, Origin


def card(kind: CardKind, front: str, back: str = "") -> Card:
    return Card(about=Authored("c", "t", Origin("f")), kind=kind, front=front, back=back)


def test_basic_and_typed_cards_have_one_prompt_with_the_cards_id() -> None:
    assert [p.id for p in prompts(card(CardKind.BASIC, "f", "b"))] == ["c"]
    assert [p.typed for p in prompts(card(CardKind.TYPEIN, "f", "b"))] == [True]


def test_a_reversed_card_asks_both_ways() -> None:
    assert [(p.id, p.front, p.back) for p in prompts(card(CardKind.REVERSED, "f", "b"))] == [
        ("c#forward", "f", "b"),
        ("c#backward", "b", "f"),
    ]


def test_a_cloze_card_asks_one_blank_at_a_time_and_hides_equal_numbers_together() -> None:
    text = "{{c1::A}} and {{c2::B::letter}} and {{c1::C}}"
    first, second = prompts(card(CardKind.CLOZE, text))
    assert (first.id, first.front) == ("c#c1", "**[…]** and B and **[…]**")
    assert first.back == "**A** and B and **C**"
    assert (second.id, second.front) == ("c#c2", "A and **[letter]** and C")
    assert blank_numbers(text) == [1, 2]
    assert plain_cloze(text) == "A and B and C"


def test_a_blank_may_hold_code_with_colons_and_braces() -> None:
    (only,) = prompts(card(CardKind.CLOZE, "Write {{c1::time.monotonic()}} in `{a: 1}`"))
    assert only.back == "Write **time.monotonic()** in `{a: 1}`"


def test_a_prompts_id_leads_back_to_its_card() -> None:
    assert card_id("c#c12") == card_id("c#forward") == card_id("c") == "c"
