"""A review session that is to be killed: it grades as fast as it can and says what it has graded."""

import os
import random
import sys
from pathlib import Path

from studyapp import places
from studyapp.domain.clock import Clock
from studyapp.domain.schedule import Grade
from studyapp.study.reviewing import ReviewSession
from studyapp.study.study import Study

study = Study.open(
    places.Places(Path(sys.argv[1]), Path(), Path(sys.argv[2]), Path(sys.argv[2]) / "cache"), Clock(), random.Random()
)
study.load()
session = ReviewSession.start(study, practice=False)
while session.current is not None:
    graded = session.grade(Grade.EASY, 1000)
    os.write(1, f"{graded.event.id}\n".encode())  # the next card shows now
