"""The interview plan in use: kept in the log, and turned into what today asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from studyapp.domain import queue
from studyapp.domain.agenda import Agenda, Done, Planner, Time
from studyapp.domain.cards import Prompt
from studyapp.domain.events import EventKind
from studyapp.domain.forgetting import Forgetting
from studyapp.domain.plan import Plan, PlanError
from studyapp.domain.queue import Limits
from studyapp.domain.review import PromptState
from studyapp.domain.schedule import DAY_MS
from studyapp.domain.selection import Standing
from studyapp.domain.settling import SETTLING_DAYS, settled
from studyapp.study import pace, settings
from studyapp.study.day import day_done
from studyapp.study.study import Study

SUBJECT = "plan"
HOUR_MS = 3_600_000
MORNING_HOURS, LATER_HOURS = 5, 13  # from the start of the study day at four: at nine, at five in the afternoon


@dataclass(frozen=True, slots=True)
class Kept:
    """The latest word on the plan: when it was said (a moment, in milliseconds), and the plan, None when cleared."""

    at: int
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Situation:
    """The plan today. `days` are the study days left, today first unless it is off; `interview` is in days from now.

    `standings` are the prompts of the plan's topics that are not suspended; `steps` those in their learning steps that
    are due, in order; `made` is the day on which the plan was made.
    """

    plan: Plan
    made: int
    target: int
    today: int
    days: list[int]
    interview: float
    standings: list[Standing]
    steps: list[str]
    done: Done
    planner: Planner

    @property
    def time(self) -> Time:
        """The time that is left, from the next study day on."""
        return Time.on(self.days, self.today, self.interview, self.plan.minutes)

    @property
    def studies_today(self) -> bool:
        """Whether today is a day of study."""
        return bool(self.days) and self.days[0] == self.today

    def agenda(self) -> Agenda:
        """What today asks for; nothing on a day off and after the last study day."""
        return self.planner.agenda(self.standings, self.time, self.done) if self.studies_today else Agenda()


def keep(study: Study, plan: Plan) -> None:
    """Study by this plan from now on. Raises PlanError when it cannot be followed."""
    unknown = sorted((plan.topics | set(plan.weights)) - set(study.library.topics))
    if unknown:
        raise PlanError(f"There is no topic `{unknown[0]}`. Topics: {', '.join(study.library.topics)}.")
    target = plan.next_date(study.clock.today())
    if target is None:
        raise PlanError("The date is over; give one from today on.")
    if plan.last_date() == target and not plan.study_days(study.clock.today(), target):
        raise PlanError("No day of study is left before the interview: the days off take all, or it is this morning.")
    study.progress.record(EventKind.PLAN, SUBJECT, study.clock.now(), 1.0, **plan.as_body())


def clear(study: Study) -> bool:
    """Go back to ordinary scheduling; False when there was no plan."""
    if active(study) is None:
        return False
    study.progress.record(EventKind.PLAN, SUBJECT, study.clock.now(), 0.0)
    return True


def active(study: Study) -> Plan | None:
    """The plan that today follows: kept, not cleared, with an interview still to come."""
    kept = _kept(study)
    if kept is None or kept.plan is None or kept.plan.next_date(study.clock.today()) is None:
        return None
    return kept.plan


def situation(study: Study) -> Situation | None:
    """The plan today; None when there is none to follow."""
    kept, today = _kept(study), study.clock.today()
    if kept is None or kept.plan is None or (target := kept.plan.next_date(today)) is None:
        return None
    plan, states = kept.plan, study.progress.states()
    prompts = [prompt for prompt in study.library.prompts.values() if plan.covers(prompt.topic)]
    usable = [prompt for prompt in prompts if not states.get(prompt.id, PromptState()).suspended]
    moment = study.clock.day_start(target) + (MORNING_HOURS if plan.morning else LATER_HOURS) * HOUR_MS
    return Situation(
        plan=plan,
        made=study.clock.day(kept.at),
        target=target,
        today=today,
        days=plan.study_days(today, target),
        interview=max(1 / 24, (moment - study.clock.now()) / DAY_MS),
        standings=list(_standings(study, usable, states)),
        steps=_due_steps(study, usable, states),
        done=_done(study, states),
        planner=Planner(Forgetting(study.model.parameters), pace.measured(study, states), plan.weight),
    )


def todays_queue(study: Study, topics: frozenset[str] = frozenset()) -> list[str] | None:
    """The prompts that the plan still asks for today, in their order; None when there is no plan."""
    now = situation(study)
    if now is None:
        return None
    agenda, prompts = now.agenda(), study.library.prompts
    ordered = queue.spread([prompts[one.id] for one in agenda.reviews], [prompts[one.id] for one in agenda.new])
    return [id_ for id_ in (*now.steps, *(p.id for p in ordered)) if not topics or prompts[id_].topic in topics]


def limits(study: Study) -> Limits:
    """How much today may hold without a plan: what was chosen, flattened in the two weeks after a plan ended."""
    chosen, kept, today = settings.limits(study.progress), _kept(study), study.clock.today()
    if kept is None:
        return chosen
    ended = study.clock.day(kept.at) if kept.plan is None else kept.plan.last_date()
    if not ended < today <= ended + SETTLING_DAYS:
        return chosen
    until = study.clock.day_start(ended + SETTLING_DAYS + 1)
    states, known = study.progress.states(), study.library.prompts
    waiting = [s for id_, s in states.items() if id_ in known and not (s.new or s.suspended or s.in_steps)]
    due = sum(state.memory.due < until for state in waiting)
    return settled(chosen, today, ended, due, day_done(study).reviewed)


def _kept(study: Study) -> Kept | None:
    """The latest plan or its end; a plan that cannot be read, written by a newer version perhaps, is none."""
    said = list(study.progress.events(EventKind.PLAN))
    if not said:
        return None
    latest = said[-1]
    try:
        return Kept(latest.at, Plan.from_body(latest.body) if latest.value else None)
    except PlanError:
        return Kept(latest.at, None)


def _standings(study: Study, prompts: list[Prompt], states: Mapping[str, PromptState]) -> Iterator[Standing]:
    forwarded = {event.subject: event.at for event in study.progress.events(EventKind.FORWARD)}
    now = study.clock.now()
    for prompt in prompts:
        fresh = Standing(prompt.id, prompt.topic, prompt.card.id)
        if prompt.id not in states or (state := states[prompt.id]).new:
            yield fresh
            continue
        memory = state.memory
        yield replace(
            fresh,
            stability=memory.stability,
            difficulty=memory.difficulty,
            age=max(0, now - memory.last_review) / DAY_MS,
            wanted=forwarded.get(prompt.id, 0) > memory.last_review,
        )


def _due_steps(study: Study, prompts: list[Prompt], states: Mapping[str, PromptState]) -> list[str]:
    moment = study.moment()
    known = [(prompt.id, states[prompt.id]) for prompt in prompts if prompt.id in states]
    due = [(state.memory.due, id_) for id_, state in known if state.in_steps and queue.is_due(state, moment)]
    return [id_ for _, id_ in sorted(due)]


def _done(study: Study, states: Mapping[str, PromptState]) -> Done:
    """What today holds; prompts that are set aside or in their steps count as seen, so that they are not chosen."""
    moment, done = study.moment(), day_done(study)
    start = study.clock.day_start(moment.day)
    aside = {id_ for id_, state in states.items() if state.in_steps or not queue.available(state, moment)}
    spent = sum(min(duration, pace.LONGEST_ANSWER_MS) for *_, duration in study.progress.reviews(since=start))
    answers = study.progress.events(EventKind.ATTEMPT, since=start)
    return Done(
        introduced=done.introduced,
        seen=done.seen | aside,
        card_seconds=spent / 1000,
        other_seconds=sum(event.duration for event in answers) / 1000,
    )
