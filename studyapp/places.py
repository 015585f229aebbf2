"""Where things are: shipped content and labs, and a person's own data, by the rules of each system."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent
CONTENT_VARIABLE = "STUDYAPP_CONTENT"
HOME_VARIABLE = "STUDYAPP_HOME"


@dataclass(frozen=True, slots=True)
class Places:
    """Every folder that the app reads or writes."""

    content: Path
    labs: Path
    data: Path
    cache: Path
    packs: tuple[Path, ...] = ()

    @property
    def database(self) -> Path:
        return self.data / "progress.db"

    @property
    def theme(self) -> Path:
        return self.data / "theme"

    @property
    def backups(self) -> Path:
        return self.data / "backups"


def find(environment: Mapping[str, str], packs: tuple[Path, ...] = ()) -> Places:
    """The places for this machine; STUDYAPP_HOME moves a person's data, STUDYAPP_CONTENT adds packs."""
    home = environment.get(HOME_VARIABLE)
    named = environment.get(CONTENT_VARIABLE, "")
    more = tuple(Path(part) for part in named.split(os.pathsep) if part)
    return Places(
        content=_shipped("content"),
        labs=_shipped("labs"),
        data=Path(home) if home else Path(platformdirs.user_data_dir("studyapp", appauthor=False)),
        cache=Path(home) / "cache" if home else Path(platformdirs.user_cache_dir("studyapp", appauthor=False)),
        packs=(*more, *packs),
    )


def _shipped(name: str) -> Path:
    """A folder inside the installed package, or at the root of the repository that the package runs from."""
    bundled = PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else PACKAGE.parent / name


def shown(path: Path) -> str:
    """A path as a person would type it: relative where that is shorter."""
    try:
        return str(Path(os.path.realpath(path)).relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # elsewhere, or the current folder is gone
        return str(path)
