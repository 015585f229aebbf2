"""How cards are written: one fact, a real question, an answer that takes effort. Limits: `content/README.md`."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from studyapp.domain.cards import Card, CardKind
from studyapp.domain.text import normalised
from studyapp.domain.topics import Problem, Topic
from studyapp.library.rules.wording import bullets, content_words, front_of, words

MOST_BACK_WORDS = 40
MOST_BULLETS = 3
MOST_FRONT_WORDS = 30
MOST_SCENARIO_WORDS = 60
ALIKE = 85.0
SMALL_SET = 20
TASKS = frozenset(
    "compute explain compare name write give state describe define complete work estimate convert derive order spell"
    " translate calculate list read contrast predict sketch show say tell find fill trace pick choose put correct"
    " fix type mend justify turn express".split()
)
LIST_NUMBER = re.compile(r"\s*(?!1[.)])\d+[.)]\s")
BARE = re.compile(r"^(yes|no|true|false)\b[.!]?$", re.IGNORECASE)


def problems(topic: Topic) -> Iterator[Problem]:
    """Cards of a topic that break a rule, and rules that the set as a whole breaks."""
    for card in topic.cards:
        for said in faults(card):
            yield Problem(card.about.origin, f"{card.id}: {said}")
    yield from _alike(topic)
    yield from _mix(topic)


def faults(card: Card) -> Iterator[str]:
    """Which rules one card breaks, in sentences."""
    if card.kind is CardKind.CLOZE:
        if (count := len(words(front_of(card)))) > MOST_SCENARIO_WORDS:
            yield f"the text has {count} words; at most {MOST_SCENARIO_WORDS} around a blank"
        return
    yield from _back(card)
    sides = [card.front, card.back] if card.kind is CardKind.REVERSED else [card.front]
    for side in sides:
        most = MOST_SCENARIO_WORDS if "scenario" in card.about.tags else MOST_FRONT_WORDS
        if (count := len(words(side))) > most:
            yield f"the front has {count} words; at most {most}"
    if card.kind is not CardKind.REVERSED and not asks(card.front):
        yield "the front asks nothing: end with a question mark, leave a blank or begin with a task verb"
    answer = normalised(card.accept[0] if card.accept else card.back)
    if (
        len(answer) > 3
        and card.kind is not CardKind.REVERSED
        and re.search(rf"\b{re.escape(answer)}\b", card.front.casefold())
    ):
        yield "the answer stands in the front"


def asks(front: str) -> bool:
    """Whether a front has a question mark, a blank or a task verb."""
    first = words(front)[:1]
    return "?" in front or "___" in front or "…" in front or bool(first and first[0].lower() in TASKS)


def _back(card: Card) -> Iterator[str]:
    if card.kind is CardKind.TYPEIN:
        return
    if (count := len(words(card.back))) > MOST_BACK_WORDS:
        yield f"the back has {count} words; at most {MOST_BACK_WORDS}: split the card or move the rest to `explain`"
    if (count := bullets(card.back)) > MOST_BULLETS:
        yield f"the back lists {count} points; at most {MOST_BULLETS}: split it, use a cloze or an ordering question"
    if BARE.match(card.back.strip()):
        yield "the back is a bare yes or no; ask for the reason"
    if LIST_NUMBER.match(card.back):
        yield "the back begins with a number and a full stop, which Markdown reads as a list; give the number its unit"


def _alike(topic: Topic) -> Iterator[Problem]:
    fronts = [
        (card, " ".join(sorted(content_words(front_of(card)))), normalised(front_of(card))) for card in topic.cards
    ]
    for index, (card, bag, front) in enumerate(fronts):
        for other, other_bag, other_front in fronts[:index]:
            if fuzz.ratio(front, other_front) > ALIKE and fuzz.ratio(bag, other_bag) > ALIKE:
                yield Problem(
                    card.about.origin, f"{card.id}: the front is nearly that of {other.id}; merge or part them"
                )


def _mix(topic: Topic) -> Iterator[Problem]:
    """Shares that a set of cards should have; a handful of cards is no set."""
    count = len(topic.cards)
    if count < SMALL_SET:
        return
    origin = topic.cards[0].about.origin
    cloze = sum(card.kind is CardKind.CLOZE for card in topic.cards) / count
    if not 0.10 <= cloze <= 0.40:
        yield Problem(origin, f"{cloze:.0%} of {count} cards are cloze; 10 to 40 % is the mix that holds attention")
    examples = sum(bool(card.example) for card in topic.cards) / count
    if examples < 0.30:
        yield Problem(origin, f"{examples:.0%} of {count} cards have an `example`; at least 30 % should")
    why = sum("why" in card.about.tags for card in topic.cards) / count
    if why < 0.20:
        yield Problem(origin, f"{why:.0%} of {count} cards are tagged `why`; at least 20 % should ask for a reason")
