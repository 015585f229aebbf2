"""How interview questions are laid out: five phases, and an outline that fills the time."""

from collections.abc import Iterator

from studyapp.domain.topics import Problem, Topic
from studyapp.library.decode import suggestion

PHASES = ["clarify", "high level", "deep dives", "trade-offs", "operations"]


def problems(topic: Topic) -> Iterator[Problem]:
    """Interview questions of a topic whose outline has other phases, or does not add up."""
    for interview in topic.interviews:
        phases = [phase.phase for phase in interview.outline]
        minutes = sum(phase.minutes for phase in interview.outline)
        origin = interview.about.origin
        for phase in phases:
            if phase not in PHASES:
                said = f"`{phase}` is no phase: expected one of {', '.join(PHASES)}.{suggestion(phase, PHASES)}"
                yield Problem(origin, f"{interview.id}: {said}")
        known = [phase for phase in phases if phase in PHASES]
        if known != [phase for phase in PHASES if phase in known]:
            yield Problem(origin, f"{interview.id}: the phases stand in another order than {', '.join(PHASES)}")
        if minutes != interview.minutes:
            said = f"the outline adds up to {minutes} minutes; `minutes` is {interview.minutes}"
            yield Problem(origin, f"{interview.id}: {said}")
