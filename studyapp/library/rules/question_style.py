"""How questions are written: short, positive, with options that are real mistakes. Limits: `content/README.md`."""

import re
from collections.abc import Iterator

from studyapp.domain.questions import MultipleChoice, Numeric, Question, SingleChoice, SpotTheFault
from studyapp.domain.topics import Problem, Topic
from studyapp.library.decode import suggestion
from studyapp.library.rules.wording import ABSOLUTES, words

MOST_STEM_WORDS = 50
MOST_OPTION_WORDS = 20
SMALL_SET = 20
LANGUAGES = ["yaml", "python", "promql", "sql", "text"]
ALL_OR_NONE = re.compile(r"\b(all|none|both|neither) of (the )?(above|these|them)\b", re.IGNORECASE)
LOWER_NEGATION = re.compile(r"\b(not|except)\b.*\?\s*$")
ASKED_NEGATION = re.compile(r"\b(which|what|who|where|when)\b[^?.]*\b(not|except)\b[^?]*\?\s*$", re.IGNORECASE)


def problems(topic: Topic) -> Iterator[Problem]:
    """Questions of a topic that break a rule, and rules that the set as a whole breaks."""
    for question in topic.questions:
        for said in faults(question):
            yield Problem(question.about.origin, f"{question.id}: {said}")
    yield from _mix(topic)


def faults(question: Question) -> Iterator[str]:
    """Which rules one question breaks, in sentences."""
    if (count := len(words(question.stem))) > MOST_STEM_WORDS:
        yield f"the stem has {count} words; at most {MOST_STEM_WORDS}"
    if ASKED_NEGATION.search(question.stem) and LOWER_NEGATION.search(question.stem):
        yield "the stem asks for what does not hold: write NOT or EXCEPT in capitals, or turn it round"
    if isinstance(question, SingleChoice | MultipleChoice):
        yield from _options(question)
    if isinstance(question, SpotTheFault) and question.language not in LANGUAGES:
        near = suggestion(question.language, LANGUAGES)
        yield f"`language` is one of {', '.join(LANGUAGES)}, not {question.language!r}.{near}"


def has_absolute(text: str) -> bool:
    """Whether a text says always, never, only or all."""
    return bool(ABSOLUTES & {word.lower() for word in words(text)})


def _options(question: SingleChoice | MultipleChoice) -> Iterator[str]:
    options = question.options
    if isinstance(question, SingleChoice) and not 3 <= len(options) <= 4:
        yield f"{len(options)} options; 3 or 4, each a mistake that people make"
    for option in options:
        if (count := len(words(option.text))) > MOST_OPTION_WORDS:
            yield f"an option has {count} words; at most {MOST_OPTION_WORDS}: {option.text[:40]!r}"
        if ALL_OR_NONE.search(option.text):
            yield f"{option.text!r} is a filler; every option is an answer of its own"
    wrong = [option for option in options if not option.correct]
    absolute = [option for option in wrong if has_absolute(option.text)]
    if absolute and not any(has_absolute(option.text) for option in options if option.correct):
        yield f"always, never, only and all stand in wrong options alone: {absolute[0].text[:50]!r}"


def _mix(topic: Topic) -> Iterator[Problem]:
    count = len(topic.questions)
    if count < SMALL_SET:
        return
    origin = topic.questions[0].about.origin
    scenarios = sum(question.scenario for question in topic.questions) / count
    if scenarios < 0.40:
        yield Problem(origin, f"{scenarios:.0%} of {count} questions are a `scenario`; at least 40 % should be")
    for kind, name, least in ((SpotTheFault, "fault", 5), (Numeric, "numeric", 5)):
        if (found := sum(isinstance(question, kind) for question in topic.questions)) < least:
            yield Problem(origin, f"{found} of {count} questions are `{name}`; a set of this size has at least {least}")
