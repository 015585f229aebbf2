"""A learner's own copy of the service, in which a lab's modules are replaced by starters.

`<data>/labs/<slug>/` holds `recsys/` (the copy, which is what is run), `base/` (the same as it was given, to compare
with), `given` (the digest of what was given) and `backups/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studyapp.domain.labs import Lab
from studyapp.runner.files import Files, content, copy, digest, files, plain, put, remove, unified

SERVICE = "recsys"


class WorkspaceError(Exception):
    """The workspace cannot be made or used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a newer version of the app changed: `kept` are files of the learner's that it left alone."""

    followed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """One lab's workspace. Making this object touches nothing on disk."""

    lab: Lab
    labs_root: Path
    data_root: Path
    laid_over: str = "starter"  # the lab's folder whose files are laid over the service; empty for the reference

    @classmethod
    def create(cls, lab: Lab, labs_root: Path, data_root: Path, laid_over: str = "starter") -> "Workspace":
        """The workspace, laid out where there is none yet. Raises WorkspaceError."""
        workspace = cls(lab, labs_root, data_root, laid_over)
        if not workspace.exists:
            workspace._lay()
        return workspace

    @property
    def home(self) -> Path:
        """The folder of everything that belongs to this lab on this machine."""
        return self.data_root / "labs" / self.lab.slug

    @property
    def path(self) -> Path:
        """The copy of the service: what `python -m recsys` is run in."""
        return self.home / SERVICE

    @property
    def exists(self) -> bool:
        return self.path.is_dir()

    @property
    def written(self) -> list[Path]:
        """The files that the learner writes."""
        return [self.path / name for name in self.lab.replaces]

    @cached_property
    def given(self) -> Files:
        """What the app gives: the service with files of the lab laid over it."""
        over = files(self.labs_root / self.lab.slug / self.laid_over) if self.laid_over else {}
        return {**files(self.labs_root / SERVICE), **over}

    def check(self) -> None:
        """Raises WorkspaceError when the workspace is missing or a file that the lab is about is gone."""
        slug = self.lab.slug
        if not self.exists:
            raise WorkspaceError(f"the lab {slug} is not started; `studyapp lab start {slug}` lays out its workspace")
        for path in self.written:
            if not path.is_file():
                way = f"`studyapp lab reset {slug}` lays the starter out again and keeps a backup of what is there"
                raise WorkspaceError(f"{path.relative_to(self.path)} is gone from {self.path}; {way}")

    def reset(self) -> Path:
        """Lay everything out anew; where what was there is kept. Raises WorkspaceError."""
        backups = self.home / "backups"
        with plain_errors(self.home):
            backups.mkdir(parents=True, exist_ok=True)
            taken = [int(path.name) for path in backups.iterdir() if path.name.isdecimal()]
            backup = backups / f"{max(taken, default=0) + 1:03}"
        self._lay(backup)
        return backup

    def diff(self) -> str:
        """What the learner changed since it was given, as a unified diff; empty where nothing is."""
        before, now = files(self.home / "base"), files(self.path)
        return "".join(
            unified(name, before.get(name), now.get(name))
            for name in sorted({*before, *now})
            if content(before.get(name)) != content(now.get(name))
        )

    def upgrade(self) -> Upgrade:
        """Bring a workspace that an older version of the app laid out up to date.

        Files that the learner left alone follow; one that they changed, removed or added is theirs and stays.
        """
        if self._stamp() == digest(self.given):
            return Upgrade()
        base, now, given = files(self.home / "base"), files(self.path), self.given
        moved = [name for name in sorted({*base, *given}) if content(base.get(name)) != content(given.get(name))]
        theirs = {
            name for name in moved if content(now.get(name)) not in (content(base.get(name)), content(given.get(name)))
        }
        followed = [name for name in moved if name not in theirs]
        with plain_errors(self.home):
            for name in followed:
                put(given.get(name), self.path / name)
                put(given.get(name), self.home / "base" / name)
            self._sign()
        return Upgrade(tuple(followed), tuple(sorted(theirs)))

    def _lay(self, backup: Path | None = None) -> None:
        """Lay out copies beside the old ones, then put them into their place: whole or not at all."""
        fresh, fresh_base = self.home / "recsys.part", self.home / "base.part"
        with plain_errors(self.home):
            try:
                for target in (fresh, fresh_base):
                    remove(target)
                    copy(self.given, target)
                if backup is not None and self.exists:
                    self.path.rename(backup)
                remove(self.home / "base")
                fresh_base.rename(self.home / "base")
                self._sign()
                fresh.rename(self.path)
            finally:
                remove(fresh)
                remove(fresh_base)

    def _stamp(self) -> str:
        try:
            return (self.home / "given").read_text("ascii")
        except OSError:
            return ""

    def _sign(self) -> None:
        (self.home / "given").write_text(digest(self.given), "ascii")


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Operating-system errors told as a person can act on them."""
    try:
        yield
    except OSError as error:
        raise WorkspaceError(plain(error, folder)) from None
