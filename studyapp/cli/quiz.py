"""`studyapp quiz`: a quiz without the screens."""

import argparse
import math
import time

from studyapp.cli.opening import CommandError, known_topics, opened
from studyapp.cli.questions import read_response, show, show_feedback
from studyapp.domain.durations import clocked
from studyapp.domain.grading import Confidence, NotAnAnswer
from studyapp.domain.questions import Question
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
        if quiz.seconds:
            print(f"{clocked(quiz.seconds * 1000)} minutes for all of them; what is unanswered then is wrong.")
        ends_at = time.monotonic() + quiz.seconds if quiz.seconds else math.inf
        while quiz.current is not None and _ask(study, quiz, ends_at):
            pass
        _report(study, quiz)
    return 0


def ask_one(study: Study, question: Question) -> None:
    """Ask one question, and say what the answer came to."""
    quiz = quizzing.of_questions(study, [question.id])
    if _ask(study, quiz, math.inf):
        _report(study, quiz)


def _mode(arguments: argparse.Namespace) -> QuizMode:
    if arguments.missed:
        return QuizMode.MISSED
    if arguments.exam:
        return QuizMode.EXAM
    return QuizMode.TOPIC if arguments.topics else QuizMode.MIXED


def _ask(study: Study, quiz: Quiz, ends_at: float) -> bool:
    """Ask the current question until it is answered; False when the person, or the time, ends the quiz."""
    question = quiz.current
    assert question is not None
    print(f"\n{len(quiz.answers) + 1}/{len(quiz.questions)} [{question.topic}]")
    show(question, quiz.order(question))
    begun = time.monotonic()
    while True:
        try:
            response = read_response(question, quiz.order(question), _read("> "))
            confidence = _confidence()
            if time.monotonic() > ends_at:
                print("Time is over: this answer came too late.")
                return False
            given = quizzing.answer(study, quiz, response, confidence, round((time.monotonic() - begun) * 1000))
        except EOFError:
            return False
        except NotAnAnswer as error:
            print(error)
            continue
        if quiz.feedback:
            show_feedback(given)
        return True


def _confidence() -> Confidence:
    while (sure := _read("how sure, 1 to 3 > ")) not in ("1", "2", "3"):
        print("1 guess, 2 likely, 3 certain; q ends the quiz without this answer.")
    return Confidence(int(sure))


def _read(prompt: str) -> str:
    """A typed line. Raises EOFError when the person ends the quiz."""
    typed = input(prompt).strip()
    if typed in ("q", "quit"):
        raise EOFError
    return typed


def _report(study: Study, quiz: Quiz) -> None:
    result = quizzing.finish(study, quiz)
    points = f"{result.points:+.1f} of {result.best_points:.0f} points"
    print(f"\n{result.share:.0%} right, {points}, {clocked(result.duration)}")
    for row in result.calibration():
        print(f"  {row.confidence.name.lower()} confidence: {row.count} answers, {row.right:.0%} right")
    if not quiz.feedback:
        for given in result.missed:
            show_feedback(given)
