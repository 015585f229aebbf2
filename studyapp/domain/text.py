"""Typed answers compared with expected ones, and numbers as people write them."""

import math
import re
import unicodedata

_EDGES = " \t\n.,;:!?\"'`()[]{}“”‘’"
_SUFFIX = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12, "thousand": 1e3, "million": 1e6}
_SUFFIX |= {"billion": 1e9, "trillion": 1e12, "%": 1.0}
_GROUPED = re.compile(r"\d{1,3}(?:[,_ ']\d{3})+(?:\.\d*)?|\d+(?:_\d+)*\.?\d*|\.\d+")
_NUMBER = re.compile(
    r"\s*(?P<sign>[-+−]?)\s*[$€£]?\s*(?P<digits>\.\d+|\d[\d,_' ]*\d(?:\.\d*)?|\d+(?:\.\d*)?)"
    r"(?:e(?P<exp>[-+]?\d+)|\s*[x×*]\s*10\s*(?:\^|\*\*)\s*(?P<power>[-+]?\d+))?(?P<rest>.*)",
    re.DOTALL,
)
_FRACTION = re.compile(r"^\s*([-+]?\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*$")


def normalised(text: str) -> str:
    """A typed answer without the differences that do not matter: case, spaces, quotes and punctuation at the ends."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("–", "-")
    return re.sub(r"\s+", " ", folded).strip(_EDGES)


def matches(typed: str, accepted: tuple[str, ...]) -> bool:
    """Whether a typed answer is one of the accepted forms."""
    given = normalised(typed)
    return bool(given) and any(given == normalised(form) for form in accepted)


def number(typed: str, unit: str = "", units: dict[str, float] | None = None) -> float:
    """The number that was typed, in `unit`: 8.64e9, 8.64B, 8,640,000,000 and 8.64 billion are one.

    `units` maps other units to the factor that turns them into `unit`.

    Raises ValueError with a sentence for the person when it is no number or carries an unknown unit.
    """
    if fraction := _FRACTION.match(typed):
        below = float(fraction[2])
        if below == 0:
            raise ValueError(f"“{typed.strip()}” divides by zero.")
        return float(fraction[1]) / below
    match = _NUMBER.fullmatch(typed.lower())
    if match is None or not _GROUPED.fullmatch(match["digits"]) or match["rest"].startswith((".", ",")):
        raise ValueError(f"“{typed.strip()}” is not a number. Write it as 8.64e9, 8.64B or 8,640,000,000.")
    digits = re.sub(r"[,_ ']", "", match["digits"])
    sign = "-" if match["sign"] in ("-", "−") else ""
    value = float(f"{sign}{digits}e{match['exp'] or match['power'] or 0}")
    if not math.isfinite(value):
        raise ValueError(f"“{typed.strip()}” is too large to be marked.")
    return value * _factor(match["rest"].strip(), unit, units or {})


def _factor(rest: str, unit: str, units: dict[str, float]) -> float:
    """What the words behind the digits multiply the number by."""
    if not rest:
        return 1.0
    known = {normalised(unit): 1.0} | {normalised(name): factor for name, factor in units.items()}
    word = normalised(rest) or rest
    if word in known:
        return known[word]
    head, _, tail = word.partition(" ")
    if head in _SUFFIX and (not tail or tail in known):
        return _SUFFIX[head] * known.get(tail, 1.0)
    wanted = f" Answer in {unit}." if unit else " Leave the unit away."
    raise ValueError(f"“{rest}” is not a unit known here.{wanted}")
