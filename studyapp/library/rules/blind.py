"""A set of questions cannot be beaten without knowing the subject.

Strategies and limits after Haladyna, Downing & Rodriguez 2002 (Applied Measurement in Education 15): picking the
longest option, one fixed place, the option that shares most words with the stem, or one without absolutes, must not
score more than ten points above chance.
"""

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from studyapp.domain.questions import SingleChoice
from studyapp.domain.topics import Problem, Topic
from studyapp.library.rules.question_style import has_absolute
from studyapp.library.rules.wording import content_words

SMALL_SET = 10
MARGIN = 0.10
LONGEST_SHARE = 0.35
RATIO = (0.9, 1.15)
Pick = Callable[[SingleChoice], list[int]]


def _extreme(scores: Sequence[float]) -> list[int]:
    return [index for index, score in enumerate(scores) if score == max(scores)]


def longest(question: SingleChoice) -> list[int]:
    """The longest options."""
    return _extreme([len(option.text) for option in question.options])


def echo(question: SingleChoice) -> list[int]:
    """The options that share most words with the stem."""
    stem = content_words(question.stem)
    return _extreme([len(stem & content_words(option.text)) for option in question.options])


def without_absolutes(question: SingleChoice) -> list[int]:
    """The options without always, never, only or all; every option where none or all have one."""
    kept = [index for index, option in enumerate(question.options) if not has_absolute(option.text)]
    return kept or list(range(len(question.options)))


def at(place: int) -> Pick:
    """The option at one place, the last one where there are fewer."""
    return lambda question: [min(place, len(question.options) - 1)]


STRATEGIES: dict[str, Pick] = {
    "the longest option": longest,
    "the most words in common with the stem": echo,
    "an option without absolutes": without_absolutes,
    **{f"option {place + 1} as written": at(place) for place in range(4)},
}


def score(questions: Sequence[SingleChoice], pick: Pick) -> float:
    """Expected share of right answers by a strategy; ties are broken by chance."""
    return sum(_chance_of_key(question, pick(question)) for question in questions) / len(questions)


def chance(questions: Sequence[SingleChoice]) -> float:
    """Expected share of right answers by guessing."""
    return sum(1 / len(question.options) for question in questions) / len(questions)


def key_ratio(question: SingleChoice) -> float:
    """Length of the right option over the mean length of the wrong ones."""
    wrong = [len(option.text) for option in question.options if not option.correct]
    return next(len(option.text) for option in question.options if option.correct) / (sum(wrong) / len(wrong))


def problems(topic: Topic) -> Iterator[Problem]:
    """Strategies that beat a topic's single-choice questions."""
    questions = [question for question in topic.questions if isinstance(question, SingleChoice)]
    if len(questions) < SMALL_SET:
        return
    origin = questions[0].about.origin
    most = chance(questions) + MARGIN
    for name, pick in STRATEGIES.items():
        if (reached := score(questions, pick)) > most:
            yield Problem(origin, f"picking {name} scores {reached:.0%}; chance and ten points are {most:.0%}")
    alone = sum(longest(question) == [_key(question)] for question in questions) / len(questions)
    if alone > LONGEST_SHARE:
        yield Problem(
            origin, f"the right option is the single longest in {alone:.0%} of items; at most {LONGEST_SHARE:.0%}"
        )
    ratio = median(key_ratio(question) for question in questions)
    if not RATIO[0] <= ratio <= RATIO[1]:
        yield Problem(origin, f"right options are {ratio:.2f} times as long as wrong ones at the median; 0.9 to 1.15")


def _key(question: SingleChoice) -> int:
    return next(index for index, option in enumerate(question.options) if option.correct)


def _chance_of_key(question: SingleChoice, picked: list[int]) -> float:
    return (_key(question) in picked) / len(picked)
