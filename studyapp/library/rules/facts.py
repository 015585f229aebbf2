"""Facts can be checked: arithmetic holds, and what ages carries a date that is not too old."""

import re
from collections.abc import Iterator
from datetime import date

from studyapp.domain.origin import Authored
from studyapp.domain.questions import Numeric
from studyapp.domain.topics import Problem, Topic
from studyapp.library.calc import problem_with
from studyapp.library.rules.wording import item_text

STALE_MONTHS = 18
# what ages: a price, a version number, a year of release
AGES = re.compile(
    r"[$€]\s?\d|\bv?\d+\.\d+(\.\d+)?\+?\s*(or newer|onwards|and later)|\b(since|from|in) v?1\.\d\d\b", re.IGNORECASE
)


def problems(topic: Topic, today: date) -> Iterator[Problem]:
    """Items with arithmetic that fails, or with a date that is missing or stale."""
    for item in topic.items:
        about = item.about
        names = {"answer": item.answer} if isinstance(item, Numeric) else {}
        for expression in about.calc:
            if wrong := problem_with(expression, names):
                yield Problem(about.origin, f"{about.id}: {wrong}")
        yield from _dated(about, item_text(item), today)


def _dated(about: Authored, text: str, today: date) -> Iterator[Problem]:
    if not about.as_of:
        if found := AGES.search(text):
            yield Problem(about.origin, f'{about.id}: {found[0]!r} ages; give `as_of: "{today:%Y-%m}"`')
        return
    year, month = (int(part) for part in about.as_of.split("-")[:2])
    age = (today.year - year) * 12 + today.month - month
    if age < 0:
        yield Problem(about.origin, f"{about.id}: `as_of` {about.as_of} lies in the future")
    elif age > STALE_MONTHS:
        yield Problem(about.origin, f"{about.id}: `as_of` {about.as_of} is {age} months old; check it again")
