"""A small content pack with every kind of card and question, written out for a test to read or to break."""

from pathlib import Path

TOPIC = """\
slug: {slug}
title: {title}
prompt: Explain {title}.
summary: A small topic for tests.
order: {order}
sources:
  book: {{title: "A book, 2020", url: "https://example.org/book"}}
"""

CARDS = """\
cards:
  - id: {p}-basic
    kind: basic
    front: What does {title} need first?
    back: A measurement.
    source: book
    tags: [why]
    questions: [{p}-q-single]
    section: first-things
  - id: {p}-reversed
    kind: reversed
    front: recall of {p}
    back: share of relevant items found in {p}
    source: book
  - id: {p}-cloze
    kind: cloze
    text: "In {p} a day has {{{{c1::86,400::number}}}} seconds and {{{{c2::24}}}} hours."
    source: book
    calc: "24 * 60 * 60 == 86_400"
  - id: {p}-typed
    kind: typein
    front: Which command lists the topics of {p}?
    answer: studyapp topics
    accept: [topics]
    source: book
"""

QUIZ = """\
questions:
  - id: {p}-q-single
    kind: single
    stem: Requests double in {p}. What is looked at first?
    scenario: true
    source: book
    cards: [{p}-basic, {p}-cloze]
    options:
      - {{text: The saturation of a replica, correct: true, why: It says how much room is left.}}
      - {{text: The colour of the dashboard, why: It says nothing.}}
      - {{text: The name of the cluster, why: Names do not serve requests.}}
  - id: {p}-q-multiple
    kind: multiple
    stem: Which belong to the golden signals of {p}?
    source: book
    options:
      - {{text: Latency, correct: true, why: The first of the four.}}
      - {{text: Traffic, correct: true, why: The second.}}
      - {{text: Colour, why: No signal at all.}}
  - id: {p}-q-numeric
    kind: numeric
    stem: How many requests a day are 100,000 a second, in {p}?
    source: book
    answer: 8.64e9
    tolerance: 1%
    unit: requests
    calc: answer == 100_000 * 86_400
    why: Seconds in a day times requests.
  - id: {p}-q-ordering
    kind: ordering
    stem: Put the stages of {p} in order.
    source: book
    items:
      - {{text: Train, why: Nothing to deploy before.}}
      - {{text: Deploy, why: Nothing to watch before.}}
      - {{text: Watch, why: The loop closes here.}}
  - id: {p}-q-matching
    kind: matching
    stem: Match terms and meanings in {p}.
    source: book
    pairs:
      - {{left: SLO, right: a target, why: Objective.}}
      - {{left: SLA, right: a contract, why: Agreement.}}
    extra: [a wish]
  - id: {p}-q-short
    kind: short
    stem: Which structure makes eviction O(1) in {p}?
    source: book
    answer: doubly linked list
    accept: [linked list]
    why: Both neighbours are known.
  - id: {p}-q-fault
    kind: fault
    stem: Which lines of {p} are wrong?
    source: book
    language: yaml
    code: |
      kind: Deployment
      spec:
        replicas: three
        image: latest
    faults:
      - {{line: 3, why: A number is expected.}}
      - {{lines: [4], why: A tag that moves.}}
  - id: {p}-q-open
    kind: open
    stem: Explain how {p} fails.
    source: book
    rubric:
      - {{point: Says what breaks, weight: 2, phrases: [breaks], why: Otherwise nothing was said.}}
      - {{point: Says who notices, weight: 1, phrases: [notices], why: Someone must.}}
    model_answer: It breaks and someone notices.
"""

NOTES = "# Notes\n\n## First things\n\nMeasure before you change.\n\n## Then\n\nChange one thing.\n"

REFERENCE = {
    "key-numbers.yaml": """\
sources: {book: {title: A book}}
groups:
  - title: Time
    numbers:
      - {id: ref-day, name: Seconds a day, value: "86,400", calc: 24 * 3600 == 86400, source: book}
""",
    "checklist.yaml": """\
groups:
  - title: The day before
    items:
      - {id: ref-check-video, text: Try the camera}
      - {id: ref-check-water, text: Have water ready}
""",
    "interview-craft.yaml": """\
sources: {book: {title: A book}}
tips:
  - {id: ref-craft-aloud, title: Think aloud, text: Say what you weigh., source: book}
""",
    "essentials.yaml": "groups:\n  - {title: Coding, steps: [Understand, Explain, Write, Test]}\n",
}


def write_topic(root: Path, slug: str, title: str = "", order: int = 1) -> Path:
    """A topic folder below a content root, with every kind of item; ids begin with the slug."""
    folder = root / slug
    folder.mkdir(parents=True)
    values = {"slug": slug, "title": title or slug.capitalize(), "order": order, "p": slug}
    for name, text in {"topic.yaml": TOPIC, "cards.yaml": CARDS, "quiz.yaml": QUIZ}.items():
        (folder / name).write_text(text.format(**values), "utf-8")
    (folder / "notes.md").write_text(NOTES, "utf-8")
    return folder


def write_pack(root: Path, slugs: tuple[str, ...] = ("alpha", "beta")) -> Path:
    """A whole content root: topics and the reference pages."""
    for order, slug in enumerate(slugs, 1):
        write_topic(root, slug, order=order)
    (root / "reference").mkdir()
    for name, text in REFERENCE.items():
        (root / "reference" / name).write_text(text, "utf-8")
    return root
