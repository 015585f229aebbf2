"""Two small interview questions for the topic `alpha` of a home, written out for a test to answer."""

from pathlib import Path

INTERVIEWS = """\
interviews:
  - id: alpha-i-release
    prompt: How would you release a new model of Alpha?
    minutes: 30
    source: book
    clarify:
      - {ask: How many requests a second are there?, why: It decides how long a step lasts.}
    outline:
      - {phase: clarify, minutes: 5, say: Ask for the load.}
      - {phase: high level, minutes: 25, say: A canary in steps.}
    rubric:
      - {point: Releases in steps, weight: 2, phrases: [canary, in steps], why: Few see a fault., cards: [alpha-basic]}
      - {point: Can go back, weight: 1, phrases: [previous digest, roll back], why: Bugs do., cards: [alpha-reversed]}
      - {point: Watches the error rate, phrases: [error rate], why: Or nobody knows., cards: [alpha-cloze]}
    follow_ups: [What if the canary gets no traffic?]
    mistakes: [Trusting the offline metric.]
    model_answer: A canary in steps; the error rate decides; the previous digest is one command away.
  - id: alpha-i-size
    prompt: How large is the cache of Alpha?
    minutes: 20
    source: book
    outline: [{phase: high level, minutes: 20, say: Multiply.}]
    rubric: [{point: Multiplies keys and bytes, phrases: [bytes a key], cards: [alpha-basic]}]
    model_answer: Keys times bytes a key.
"""


def write_interviews(content: Path) -> None:
    """Add the interview questions to a content root."""
    (content / "alpha" / "interview.yaml").write_text(INTERVIEWS, "utf-8")
