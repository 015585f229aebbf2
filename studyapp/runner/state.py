"""What the service of a workspace starts from: data, models, keys and journals, kept between launches."""

from pathlib import Path

from studyapp.runner import seed
from studyapp.runner.files import digest, remove
from studyapp.runner.processes import Supervisor
from studyapp.runner.seed import Say
from studyapp.runner.workspace import Workspace, plain_errors


def folder(workspace: Workspace) -> Path:
    """Where it is."""
    return workspace.home / "state"


def seeds(data_root: Path) -> Path:
    """Where data and models of the shipped service are kept for every workspace."""
    return data_root / "seed"


def prepare(workspace: Workspace, supervisor: Supervisor, say: Say) -> None:
    """Give a workspace that has no data those of the shipped service.

    Its models too: what a half-written lab trains would go on serving after the lab is finished. Where training is what
    the lab is about, models are taken away as soon as the code that made them has changed, and the service makes new
    ones. Raises WorkspaceError or ProcessError.
    """
    place, lab = folder(workspace), workspace.lab
    with plain_errors(workspace.home):
        if not (place / "events.parquet").exists() and not (place / "models").is_dir():
            given = seed.ensure(workspace.labs_root, seeds(workspace.data_root), supervisor, say)
            seed.copy_of(given, place, lab.trains)
        if lab.trains and _is_outdated(place / "trained-by", _code(workspace)):
            say("The code that trains has changed: the service trains its models anew.")
            remove(place / "models")


def _code(workspace: Workspace) -> str:
    return digest({name: workspace.path / name for name in workspace.lab.replaces})


def _is_outdated(stamp: Path, now: str) -> bool:
    """Whether the stamp is another's; it is this one's afterwards."""
    before = stamp.read_text("ascii") if stamp.exists() else ""
    stamp.write_text(now, "ascii")
    return before != now
