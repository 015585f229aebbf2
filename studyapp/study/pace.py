"""How long a prompt takes this person, from the log."""

from collections.abc import Mapping

from studyapp.domain.pacing import Pace
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import Grade
from studyapp.study.study import Study

DAYS_BACK = 60
ENOUGH = 50  # measured prompts of a kind before they are believed
LONGEST_ANSWER_MS = 120_000  # longer than this, the person was away
LEAST_SECONDS = 3.0


def measured(study: Study, states: Mapping[str, PromptState]) -> Pace:
    """Mean seconds that a prompt takes on a day, repeats included; the default where too few were measured."""
    days: dict[tuple[str, int], list[tuple[int, int]]] = {}
    since = study.clock.day_start(study.clock.today() - DAYS_BACK)
    for prompt, at, grade, duration in study.progress.reviews(since=since):
        days.setdefault((prompt, study.clock.day(at)), []).append((grade, min(duration, LONGEST_ANSWER_MS)))
    kinds: dict[str, list[float]] = {"new": [], "recalled": [], "forgotten": []}
    for (prompt, day), answers in days.items():
        seconds = sum(duration for _, duration in answers) / 1000
        if prompt in states and study.clock.day(states[prompt].introduced) == day:
            kinds["new"].append(seconds)
        else:
            kinds["forgotten" if answers[0][0] == Grade.AGAIN else "recalled"].append(seconds)
    means = {kind: max(LEAST_SECONDS, sum(all_) / len(all_)) for kind, all_ in kinds.items() if len(all_) >= ENOUGH}
    return Pace(**means)
