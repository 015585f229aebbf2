"""An app that is to be killed: it starts a child that starts others, says who it is waiting with, and waits."""

import os
import sys
import time
from pathlib import Path

from studyapp.runner.processes import Supervisor

data = Path(sys.argv[1])
supervisor = Supervisor(data, grace=0.3)
child = supervisor.start("family", [sys.executable, "-c", sys.argv[2]], data, os.environ)
print(child.pid, child._guardian.pid, flush=True)
if sys.argv[3:] != ["leaves"]:
    time.sleep(600)
