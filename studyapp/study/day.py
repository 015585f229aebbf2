"""What today already holds."""

from studyapp.domain.queue import DayDone
from studyapp.study.study import Study


def day_done(study: Study) -> DayDone:
    """How many prompts were introduced and reviewed today, and the ids of all that were seen."""
    start = study.clock.day_start(study.clock.today())
    seen = list(dict.fromkeys(prompt for prompt, *_ in study.progress.reviews(since=start)))
    introduced = sum(study.progress.state(prompt).introduced >= start for prompt in seen)
    return DayDone(introduced=introduced, reviewed=len(seen) - introduced, seen=frozenset(seen))
