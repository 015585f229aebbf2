"""The reviews as CSV in the layout that FSRS tools read.

Columns: github.com/open-spaced-repetition/fsrs-optimizer, Review Logs Schema.
"""

import csv
import io

from studyapp.domain.events import EventKind
from studyapp.domain.review import PromptState, apply
from studyapp.store.progress import Progress

COLUMNS = ("card_id", "review_time", "review_rating", "review_state", "review_duration")


def write(progress: Progress) -> str:
    """Every review that counts, oldest first; times in milliseconds, the state is that before the review."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    states: dict[str, PromptState] = {}
    for event in progress.events(EventKind.REVIEW):
        state = states.get(event.subject, PromptState())
        rows.writerow([event.subject, event.at, int(event.value), int(state.memory.phase), event.duration])
        states[event.subject] = apply(state, event, progress.models.at(event.order))
    return out.getvalue()
