"""Labs on the real service, with so little data that three models are trained in a moment."""

import subprocess
import sys
from pathlib import Path

from studyapp.domain.labs import Lab
from studyapp.runner.processes import Supervisor
from studyapp.runner.service import Service
from studyapp.runner.workspace import Workspace
from tests.runner.tiny_lab import read_lab, write_lab

LABS = Path(__file__).resolve().parents[2] / "labs"
SHELF = LABS / "recsys" / "recsys" / "shelf.py"
MAKE_EVENTS = """
import sys
from pathlib import Path
from recsys.data import write_events
from recsys.generator import World, generate
write_events(generate(1, world=World(users=60, items=40, events=1_800, topics=4)), Path(sys.argv[1]))
"""


def write_labs_of_service(root: Path) -> Path:
    """A labs folder: the real service, and the tiny lab, which replaces one module of it."""
    root.mkdir(parents=True)
    (root / "recsys").symlink_to(LABS / "recsys")
    write_lab(root)
    return root


def write_events(place: Workspace) -> None:
    """A few events in place of those that the service would make."""
    state = place.home / "state"
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", MAKE_EVENTS, str(state / "events.parquet")]
    subprocess.run(command, cwd=LABS / "recsys", check=True, timeout=60)


class Launched:
    """One launch of the tiny lab's workspace, in which the lab is solved, and what it said while it started."""

    def __init__(self, root: Path) -> None:
        self.labs_root, self.data_root = write_labs_of_service(root / "labs"), root / "data"
        self.lab: Lab = read_lab(self.labs_root)
        self.workspace = Workspace.create(self.lab, self.labs_root, self.data_root)
        (self.workspace.path / "recsys" / "shelf.py").write_bytes(SHELF.read_bytes())
        write_events(self.workspace)
        self.supervisor, self.said = Supervisor(self.data_root), list[str]()
        self.service = Service.launch(self.workspace, self.supervisor, self.said.append)

    def restart(self) -> None:
        """Serve again, for the tests that come after one which needed the workspace for itself."""
        self.service.stop()
        self.supervisor.stop()
        self.service = Service.launch(self.workspace, self.supervisor)
