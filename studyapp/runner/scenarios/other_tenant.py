"""A tenant reads another's data: acme's key, and every way that a curious customer would try."""

import http.client
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from studyapp.runner.client import Answer
from studyapp.runner.scenarios.scenario import Came, Scenario
from studyapp.runner.scenarios.scene import Scene
from studyapp.runner.scenarios.versions import catalogues

CURIOUS, VICTIM = "acme", "globex"
RECOMMEND = "/v1/recommendations"
HEADERS: tuple[Mapping[str, str], ...] = (
    {"x-tenant": VICTIM},
    {"x-tenant-id": VICTIM},
    {"tenant": VICTIM},
    {"x-forwarded-user": VICTIM, "forwarded": f"host={VICTIM}"},
    {"host": f"{VICTIM}.example", "x-forwarded-host": f"{VICTIM}.example"},
    {"authorization": f"Bearer {VICTIM}", "cookie": f"tenant={VICTIM}"},
    {"x-original-url": f"/{VICTIM}{RECOMMEND}"},
)
ELSEWHERE = (f"/{VICTIM}{RECOMMEND}", f"/v1/{VICTIM}/recommendations", f"{RECOMMEND}/../{VICTIM}")
EXCLUDED = 100  # as many as a request may leave out
CLAIMS = (
    f"No answer to {CURIOUS}'s key holds an item that only {VICTIM} has",
    f"What a user of {VICTIM} did a moment ago stays with {VICTIM}",
    "Without a key that is whole, nothing is answered at all",
)


@dataclass(slots=True)
class Attempts:
    """What was tried, and what came of it: `read` are the foreign items that an answer held."""

    scene: Scene
    foreign: Collection[str]
    asked: int = 0
    answered: int = 0
    read: set[str] = field(default_factory=set)

    def ask(self, body: object, path: str = RECOMMEND, more: Mapping[str, str] | None = None) -> None:
        """Ask with the curious tenant's key, and look through the answer."""
        self.asked += 1
        answer = sent(self.scene, body, path, CURIOUS, more)
        if answer is not None and answer.status == 200:
            self.answered += 1
            self.read |= set(items(answer)) & set(self.foreign)


def _play(scene: Scene) -> Iterator[Came]:
    known = catalogues(scene)
    secret, user = f"board:{secrets.token_hex(8)}", f"user-{secrets.token_hex(8)}"
    foreign = {*known[VICTIM], secret} - set(known[CURIOUS])
    scene.say(f"{len(foreign)} items are {VICTIM}'s alone; one of them was made this moment, by a user of {VICTIM}")
    event = {"user": user, "item": secret, "event": "open"}
    sent(scene, {"events": [event]}, "/v1/events", VICTIM)
    own = _own(scene, foreign)
    attempts = Attempts(scene, foreign)
    scene.say(
        f"as {CURIOUS}: {VICTIM}'s users, forged headers and fields, other paths, excluding all that is {CURIOUS}'s"
    )
    _try_all(attempts, known[CURIOUS], user)
    seen = ", ".join(sorted(attempts.read)[:3])
    way = f"{attempts.asked} requests, {attempts.answered} answered, {len(attempts.read)} foreign items {seen}".rstrip()
    yield own > 0 and not attempts.read, f"{way}; {VICTIM} itself got {own} of them"
    strategy = _strategy(scene, user)
    hidden = secret not in attempts.read and strategy != "personal"
    yield (
        hidden,
        f"to {CURIOUS} that user is unknown ({strategy or 'no answer'}), and the new item was not in any answer",
    )
    refused, tried = _without_key(scene)
    yield refused == tried, f"{refused} of {tried} refused with 401"


def _try_all(attempts: Attempts, own_items: list[str], user: str) -> None:
    for name in (user, *(f"u{number}" for number in range(30))):
        attempts.ask({"user": name, "k": 50})
    for more in HEADERS:
        attempts.ask({"user": user, "k": 50}, more=more)
    for path in (*ELSEWHERE, f"{RECOMMEND}?tenant={VICTIM}"):
        attempts.ask({"user": user, "k": 50}, path)
    for body in (
        {"user": user, "tenant": VICTIM},
        {"user": f"{VICTIM}:u1"},
        {"user": f"{VICTIM}/u1"},
        {"user": f"{VICTIM}\x1fu1"},
        {"requests": [{"user": user, "tenant": VICTIM}]},
    ):
        attempts.ask(body)
    for start in range(0, len(own_items), EXCLUDED // 2):
        attempts.ask({"user": f"u{start}", "k": 50, "exclude": own_items[start : start + EXCLUDED]})
    attempts.ask({"requests": [{"user": f"u{n}", "k": 50} for n in range(60)]}, f"{RECOMMEND}/batch")


def _own(scene: Scene, foreign: Collection[str]) -> int:
    """How many of its own items the victim is recommended: that it gets some proves that they would be seen."""
    found = [sent(scene, {"user": f"u{number}", "k": 50}, RECOMMEND, VICTIM) for number in range(10)]
    return len(
        {item for answer in found if answer is not None and answer.status == 200 for item in items(answer)}
        & set(foreign)
    )


def _strategy(scene: Scene, user: str) -> str:
    """How the curious tenant is answered for a user that only the other tenant knows."""
    answer = sent(scene, {"user": user, "exclude": ["none:1"]}, RECOMMEND, CURIOUS)
    return str(answer.json["strategy"]) if answer is not None and answer.status == 200 else ""


def _without_key(scene: Scene) -> tuple[int, int]:
    key = scene.service.keys[VICTIM]
    keys = ("", VICTIM, key[:-1], f"{key}x", key.swapcase(), key[::-1], f"{key[:8]}{'*' * 8}")
    answers = [sent(scene, {"user": "u1"}, RECOMMEND, "", {"x-api-key": each}) for each in keys]
    return sum(answer is not None and answer.status == 401 for answer in answers), len(keys)


def sent(scene: Scene, body: object, path: str, tenant: str, more: Mapping[str, str] | None = None) -> Answer | None:
    """The answer to one request; None where none comes, as when the connection is cut."""
    try:
        return scene.client.request("POST", path, body, tenant, more)
    except (OSError, http.client.HTTPException):
        scene.client.close()
        return None


def items(answer: Answer) -> list[str]:
    """The items of an answer, or of a batch of them."""
    said: dict[str, Any] = answer.json
    return [each["item"] for result in said.get("results", [said]) for each in result.get("items", [])]


OTHER_TENANT = Scenario(
    "other-tenant",
    "A tenant tries to read another's data",
    f"{CURIOUS} asks, with its own key, in every way that might show it something of {VICTIM}.",
    CLAIMS,
    _play,
)
