"""Quizzes: which questions are asked, and what an answer leaves behind."""

import random
from collections.abc import Iterable
from typing import Any

from studyapp.domain.cards import prompts as prompts_of
from studyapp.domain.events import EventKind
from studyapp.domain.grading import Confidence
from studyapp.domain.queue import interleaved
from studyapp.domain.quiz import Answer, Quiz, QuizMode, Result
from studyapp.domain.responses import Response, to_json
from studyapp.store.database import StoreError
from studyapp.study import lab_explaining
from studyapp.study.study import Study


def start(study: Study, mode: QuizMode, topics: Iterable[str] = (), count: int = 10) -> Quiz:
    """A quiz of at most `count` questions; it may be empty, when nothing was missed or the topics have none.

    Questions answered longest ago or never come first, so that a quiz a day goes through all of them.
    """
    chosen = frozenset(topics)
    pool = [q for q in study.library.questions.values() if not chosen or q.topic in chosen]
    last = last_shares(study)
    if mode is QuizMode.MISSED:
        pool = [question for question in pool if last.get(question.id, (0, 1.0))[1] < 1.0]
    seed = study.rng.getrandbits(64)
    rng = random.Random(seed)
    rng.shuffle(pool)
    pool.sort(key=lambda question: last.get(question.id, (0, 0.0))[0])
    picked = interleaved(pool)[:count]
    rng.shuffle(picked)
    return Quiz(f"quiz-{study.clock.now():x}-{seed:016x}", mode, picked, rng)


def of_questions(study: Study, ids: Iterable[str]) -> Quiz:
    """A quiz of chosen questions, in their order."""
    questions = [study.library.questions[id_] for id_ in ids if id_ in study.library.questions]
    seed = study.rng.getrandbits(64)
    return Quiz(f"quiz-{study.clock.now():x}-{seed:016x}", QuizMode.TOPIC, questions, random.Random(seed))


def answer(study: Study, quiz: Quiz, response: Response | None, confidence: Confidence, duration: int) -> Answer:
    """Mark the current question and keep the attempt; a missed one brings its cards forward. Durable when it returns.

    Raises NotAnAnswer when the response cannot be read.
    """
    given = quiz.answer(response, confidence, duration)
    at = study.clock.now()
    body: dict[str, Any] = {
        "quiz": quiz.id,
        "mode": quiz.mode.value,
        "response": to_json(response),
        "confidence": int(confidence),
    }
    try:
        with study.progress.transaction():
            study.progress.record(EventKind.ATTEMPT, given.question.id, at, given.mark.share, duration, **body)
            if not given.mark.right:
                bring_forward(study, given.question.cards)
            lab_explaining.note(study, given.question.id, given.mark.share)
    except StoreError:
        quiz.answers.remove(given)  # it was not kept, so the question waits for it
        raise
    return given


def finish(study: Study, quiz: Quiz) -> Result:
    """Keep the result of a quiz that ends. What an exam left unanswered is wrong; elsewhere it does not count."""
    while quiz.mode is QuizMode.EXAM and quiz.current is not None:
        answer(study, quiz, None, Confidence.LOW, 0)
    result = quiz.result()
    if result.answers:
        body = {
            "mode": quiz.mode.value,
            "topics": sorted({one.question.topic for one in result.answers}),
            "count": len(result.answers),
            "points": result.points,
        }
        study.progress.record(EventKind.QUIZ, quiz.id, study.clock.now(), result.share, result.duration, **body)
    return result


def bring_forward(study: Study, cards: Iterable[str]) -> int:
    """Make the seen prompts of these cards due now; how many were moved."""
    wanted = set(cards)
    now = study.clock.now()
    known = [card for topic in study.library.topics.values() for card in topic.cards if card.id in wanted]
    moved = [
        prompt.id
        for card in known
        for prompt in prompts_of(card)
        if not (state := study.progress.state(prompt.id)).new and state.memory.due > now
    ]
    study.progress.record_all([(EventKind.FORWARD, id_, 0.0) for id_ in moved], now)
    return len(moved)


def last_shares(study: Study) -> dict[str, tuple[int, float]]:
    """(when, share of the marks) of the latest attempt at each question."""
    return {event.subject: (event.at, event.value) for event in study.progress.events(EventKind.ATTEMPT)}
