"""One thing described in full: its text, what is known of it, and what happened to it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from studyapp.domain.cards import Prompt, plain_cloze, prompts
from studyapp.domain.durations import spoken
from studyapp.domain.events import Event, EventKind
from studyapp.domain.schedule import Grade
from studyapp.study.search import Findable
from studyapp.study.study import Study

When = Callable[[datetime], str]


def shown_prompts(study: Study, card_id: str) -> list[Prompt]:
    """The prompts of the card with this id; none when it is no card."""
    cards = (card for topic in study.library.topics.values() for card in topic.cards if card.id == card_id)
    return [prompt for card in cards for prompt in prompts(card)]


def describe(study: Study, one: Findable, when: When) -> str:
    """What can be said of a found thing, as Markdown; `when` writes a moment out."""
    match one.kind:
        case "card":
            return "\n\n".join(_card(study, one, when))
        case "question":
            question = study.library.questions[one.id]
            return "\n\n".join([question.stem, "`enter` asks it.", *_attempts(study, one.id, when), f"`{one.id}`"])
        case "interview":
            interview = study.library.interviews[one.id]
            asks = f"{interview.minutes} minutes. `enter` begins the mock interview."
            return "\n\n".join([interview.prompt, asks, *_attempts(study, one.id, when), f"`{one.id}`"])
        case _:
            return f"## {one.title}\n\n{one.text}"


def _card(study: Study, one: Findable, when: When) -> Iterator[str]:
    for prompt in shown_prompts(study, one.id):
        if prompt.card.kind == "cloze":
            yield plain_cloze(prompt.card.front)
        else:
            yield prompt.card.front
            yield "---"
            yield prompt.card.back
        yield from filter(None, (prompt.card.example, prompt.card.about.explain))
        break
    for prompt in shown_prompts(study, one.id):
        yield from _prompt(study, prompt, when)


def _prompt(study: Study, prompt: Prompt, when: When) -> Iterator[str]:
    state = study.progress.state(prompt.id)
    now = study.clock.now()
    marks = [name for name in ("suspended", "leech", "flagged") if getattr(state, name)]
    if state.new:
        yield f"`{prompt.id}`  {', '.join(['new', *marks])}"
        return
    memory = state.memory
    recall = study.model.retrievability(memory, now)
    due = f"due in {spoken(memory.due - now)}" if memory.due > now else "due"
    known = [f"recall {recall:.0%}", f"stability {memory.stability:.1f} d", f"difficulty {memory.difficulty:.1f}", due]
    yield f"`{prompt.id}`  {', '.join([*known, f'{memory.lapses} lapses', *marks])}"
    rows = [_event(study, event, when) for event in reversed(study.progress.history(prompt.id))]
    yield "\n".join(f"- {row}" for row in rows[:30])


def _event(study: Study, event: Event, when: When) -> str:
    moment = when(study.clock.local(event.at))
    match event.kind:
        case EventKind.REVIEW:
            return f"{moment}  {Grade(int(event.value)).name.lower()}, {event.duration / 1000:.0f} s"
        case EventKind.FORWARD:
            return f"{moment}  brought forward by a missed question"
        case EventKind.BURY:
            return f"{moment}  away until the next day"
        case EventKind.SUSPEND:
            return f"{moment}  {'suspended' if event.value else 'back in use'}"
        case _:
            return f"{moment}  {'flagged' if event.value else 'flag taken away'}"


def _attempts(study: Study, question_id: str, when: When) -> list[str]:
    kinds = (EventKind.ATTEMPT, EventKind.INTERVIEW)
    events = [event for kind in kinds for event in study.progress.events(kind) if event.subject == question_id]
    rows = [f"- {when(study.clock.local(event.at))}  {event.value:.0%} right" for event in reversed(events)]
    return ["\n".join(rows[:20])] if rows else []
