"""A home with ten thousand cards and a hundred thousand reviews, made through the app's own store."""

import random
from pathlib import Path

from studyapp.domain.clock import Clock
from studyapp.domain.events import EventKind
from studyapp.domain.schedule import DAY_MS
from studyapp.places import Places
from studyapp.study.study import Study

TOPICS = 10
CARDS = 10_000
REVIEWS = 100_000
DAYS = 300


def make(root: Path, now: int) -> Places:
    """Write the content and the progress; about half a minute."""
    content = root / "content"
    for topic in range(TOPICS):
        _write_topic(content / f"topic-{topic}", topic)
    home = Places(content, root / "labs", root / "data", root / "cache")
    study = Study.open(home, Clock(), random.Random(1))
    rng = random.Random(2)
    ids = [f"t{topic}-{number}" for topic in range(TOPICS) for number in range(CARDS // TOPICS)]
    with study.progress.transaction():
        for index in range(REVIEWS):
            at = now - DAYS * DAY_MS + index * (DAYS * DAY_MS // REVIEWS)
            grade = rng.choices((1, 2, 3, 4), (1, 1, 8, 1))[0]
            study.progress.record(EventKind.REVIEW, rng.choice(ids), at, float(grade), 8000, retention=0.9)
    study.progress.set("new-a-day", "5000")
    study.progress.set("reviews-a-day", "5000")
    study.load()
    study.close()
    return home


def _write_topic(folder: Path, topic: int) -> None:
    folder.mkdir(parents=True)
    source = 'sources:\n  book: {title: "A book"}\n'
    (folder / "topic.yaml").write_text(f"slug: topic-{topic}\ntitle: Topic {topic}\n{source}", "utf-8")
    cards = [
        f"  - {{id: t{topic}-{n}, kind: basic, front: 'What is fact {n} of topic {topic}?',"
        f" back: 'Fact {n}.', source: book}}"
        for n in range(CARDS // TOPICS)
    ]
    (folder / "cards.yaml").write_text("cards:\n" + "\n".join(cards) + "\n", "utf-8")
