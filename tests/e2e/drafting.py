"""An interview answer that is to be killed: it grows word by word and says what it has kept."""

import os
import random
import sys
from pathlib import Path

from studyapp.domain.clock import Clock
from studyapp.domain.mock_interview import Draft
from studyapp.places import Places
from studyapp.study import interviewing
from studyapp.study.study import Study

data = Path(sys.argv[1])
study = Study.open(Places(data, data, data, data / "cache"), Clock(), random.Random())
count = 0
while True:
    count += 1
    interviewing.save_draft(study, "some-interview", Draft(" ".join(["word"] * count)))
    os.write(1, f"{count}\n".encode())
