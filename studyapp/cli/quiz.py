"""`studyapp quiz`: a quiz without the screens."""

import argparse
import time

from studyapp.cli.opening import CommandError, known_topics, opened
from studyapp.cli.questions import read_response, show, show_feedback
from studyapp.domain.durations import clocked
from studyapp.domain.grading import Confidence, NotAnAnswer
from studyapp.domain.quiz import Quiz, QuizMode
from studyapp.study import quizzing
from studyapp.study.study import Study


def run(arguments: argparse.Namespace) -> int:
    """Ask until the quiz ends, then say what it came to."""
    if arguments.count < 1:
        raise CommandError("a quiz has at least one question")
    with opened(arguments) as study:
        topics = known_topics(study, arguments.topics)
        quiz = quizzing.start(study, _mode(arguments), topics, arguments.count)
        if not quiz.questions:
            print(
                "Nothing was missed: a quiz without --missed asks everything." if arguments.missed else "No questions."
            )
            return 0
        print(f"{len(quiz.questions)} questions; after each answer, how sure: 1 guess, 2 likely, 3 certain. q ends.")
        ends_at = time.monotonic() + quiz.seconds if quiz.seconds else None
        while quiz.current is not None and not _over(ends_at) and _ask(study, quiz):
            pass
        _report(study, quiz)
    return 0


def _mode(arguments: argparse.Namespace) -> QuizMode:
    if arguments.missed:
        return QuizMode.MISSED
    if arguments.exam:
        return QuizMode.EXAM
    return QuizMode.TOPIC if arguments.topics else QuizMode.MIXED


def _over(ends_at: float | None) -> bool:
    return ends_at is not None and time.monotonic() > ends_at


def _ask(study: Study, quiz: Quiz) -> bool:
    """Ask the current question until it is answered; False when the person ends the quiz."""
    question = quiz.current
    assert question is not None
    print(f"\n{len(quiz.answers) + 1}/{len(quiz.questions)} [{question.topic}]")
    show(question, quiz.order(question))
    begun = time.monotonic()
    while True:
        try:
            typed = input("> ").strip()
            if typed in ("q", "quit"):
                return False
            response = read_response(question, quiz.order(question), typed)
            sure = input("how sure, 1 to 3 > ").strip()
            confidence = Confidence(int(sure)) if sure in ("1", "2", "3") else Confidence.LOW
            given = quizzing.answer(study, quiz, response, confidence, round((time.monotonic() - begun) * 1000))
        except EOFError:
            return False
        except NotAnAnswer as error:
            print(error)
            continue
        if quiz.feedback:
            show_feedback(given)
        return True


def _report(study: Study, quiz: Quiz) -> None:
    result = quizzing.finish(study, quiz)
    points = f"{result.points:+.1f} of {result.best_points:.0f} points"
    print(f"\n{result.share:.0%} right, {points}, {clocked(result.duration)}")
    for row in result.calibration():
        print(f"  {row.confidence.name.lower()} confidence: {row.count} answers, {row.right:.0%} right")
    if not quiz.feedback:
        for given in result.missed:
            show_feedback(given)
