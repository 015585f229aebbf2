"""Data and models of the service as it is shipped, made once: what a check's service starts from."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studyapp.runner.files import digest, files, remove
from studyapp.runner.processes import ProcessError, Supervisor, environment_of
from studyapp.runner.workspace import SERVICE, plain_errors

Say = Callable[[str], None]
UNUSED_SECONDS = 7 * 86_400.0
SECONDS = 180.0  # three models are trained; later calls take as long as it takes to read the service's files


def ensure(labs_root: Path, folder: Path, supervisor: Supervisor, say: Say = lambda line: None) -> Path:
    """A state directory of the service with events and models, to be copied, in `folder`; made where it is missing.

    Raises WorkspaceError where it cannot be written and ProcessError where the service cannot train.
    """
    service = labs_root / SERVICE
    made = folder / digest(files(service))[:16]
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / "lock"):
            if not made.is_dir():
                say("The first start makes data and trains three models; later ones take a few seconds.")
                _remove_unused(folder)
                _train(service, folder / "new.part", supervisor).rename(made)
            os.utime(made)
    return made


def copy_of(seed: Path, target: Path, trains: bool) -> Path:
    """Copy it for one service to change: without keys, and without models where the service is to train its own.

    What is in `target` already and has the same name is replaced.
    """
    left_out = ["keys.json", *(["models"] if trains else [])]

    def ignored(folder: str, names: list[str]) -> list[str]:
        return left_out if Path(folder) == seed else []

    return Path(shutil.copytree(seed, target, ignore=ignored, dirs_exist_ok=True))


def _remove_unused(folder: Path) -> None:
    """Take away what no app has asked for lately; another version of the app may be using the others."""
    for old in folder.iterdir():
        if old.name.endswith(".part") or time.time() - old.stat().st_mtime > UNUSED_SECONDS:
            remove(old)


def _train(service: Path, state: Path, supervisor: Supervisor) -> Path:
    command = [sys.executable, "-m", "recsys", "train", "--state", str(state.resolve())]
    child = supervisor.start("seed", command, service, environment_of(os.environ))
    try:
        status = child.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise ProcessError(f"the service's models were not trained within {SECONDS:g} s") from None
    finally:
        child.stop()
        supervisor.children.remove(child)
    if status:
        raise ProcessError(f"the service's models could not be trained: {'; '.join(child.tail(2))}")
    child.log.unlink(missing_ok=True)  # it names API keys, which nobody will use
    return state


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other app makes the same."""
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
