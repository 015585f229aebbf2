"""What a person can choose, kept with the progress; every value is checked when it is read."""

from collections.abc import Callable
from dataclasses import dataclass

from studyapp.domain.queue import Limits
from studyapp.store.progress import Progress


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice: its key, what it means, what it is when nothing was chosen, and which values make sense."""

    key: str
    label: str
    meaning: str
    default: str
    valid: Callable[[str], bool]
    allowed: str


def _whole(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: text.isdecimal() and low <= int(text) <= high


def _share(low: float, high: float) -> Callable[[str], bool]:
    def valid(text: str) -> bool:
        try:
            return low <= float(text) <= high
        except ValueError:
            return False

    return valid


SETTINGS = (
    Setting(
        "new-a-day",
        "New cards a day",
        "how many are introduced; both sides of a card count",
        "20",
        _whole(0, 9999),
        "0 to 9999",
    ),
    Setting("reviews-a-day", "Reviews a day", "the most that one day asks for", "200", _whole(0, 9999), "0 to 9999"),
    Setting(
        "retention",
        "Desired retention",
        "recall aimed at when a card falls due; higher means more reviews",
        "0.90",
        _share(0.70, 0.97),
        "0.70 to 0.97",
    ),
    Setting("quiz-length", "Questions a quiz", "how many a quiz asks", "10", _whole(1, 100), "1 to 100"),
)
BY_KEY = {setting.key: setting for setting in SETTINGS}


class SettingError(ValueError):
    """A value that a setting does not take; the message says which ones it takes."""


def get(progress: Progress, key: str) -> str:
    """The chosen value, or the default where none was chosen or it makes no sense."""
    setting = BY_KEY[key]
    chosen = progress.setting(key)
    return chosen if chosen and setting.valid(chosen) else setting.default


def choose(progress: Progress, key: str, value: str) -> None:
    """Keep a choice. Raises SettingError when the setting does not take the value."""
    setting = BY_KEY[key]
    if not setting.valid(value.strip()):
        raise SettingError(f"{setting.label}: {value.strip()!r} is not possible; choose {setting.allowed}.")
    progress.set(key, value.strip())


def limits(progress: Progress) -> Limits:
    """How much a day may hold."""
    return Limits(new=int(get(progress, "new-a-day")), reviews=int(get(progress, "reviews-a-day")))


def retention(progress: Progress) -> float:
    """The recall aimed at when a prompt falls due."""
    return float(get(progress, "retention"))
