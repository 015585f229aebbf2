"""The last-minute checklist: ticks that stay."""

from studyapp.domain.events import EventKind
from studyapp.study.study import Study


def ticked(study: Study) -> set[str]:
    """The ids that are ticked now."""
    state = {event.subject: bool(event.value) for event in study.progress.events(EventKind.TICK)}
    return {id_ for id_, on in state.items() if on}


def toggle(study: Study, entry_id: str) -> bool:
    """Tick an entry, or take its tick away; whether it is ticked now."""
    on = entry_id not in ticked(study)
    study.progress.record(EventKind.TICK, entry_id, study.clock.now(), float(on))
    return on
