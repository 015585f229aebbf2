"""Which version answers a request: a canary's share, or one of blue and green.

A *canary* limits how many see a fault, and needs both versions to work on the same data at once. *Blue-green*
switches everybody in one moment and back just as fast, as long as the old version is kept warm: twice the
machines, and a fault meets all users. Either way a schema change has to suit both versions.

The canary's share is sticky: a key (a user, a tenant) stays on the version that it met, and a growing share
moves keys one way only. Take the user, not the tenant, as key when tenants are few: 1 % of fifty tenants may be
nobody.
"""

from collections.abc import Callable
from typing import Protocol

from xxhash import xxh3_64_intdigest

RANGE = 2.0**64


class Router(Protocol):
    """Chooses versions for a request."""

    def route(self, key: str) -> tuple[str, ...]:
        """Names of versions in the order in which to try them."""
        ...


class CanarySplit:
    """Sends a share of all keys to the canary, and to the stable version where the canary fails."""

    def __init__(self, stable: str, canary: str, weight: float = 0.0, salt: int = 0) -> None:
        self.stable = stable
        self.canary = canary
        self._salt = salt
        self.weight = weight

    @property
    def weight(self) -> float:
        """Share of keys on the canary, 0 to 1."""
        return self._weight

    @weight.setter
    def weight(self, weight: float) -> None:
        if not 0 <= weight <= 1:
            raise ValueError(f"a share of traffic lies in 0..1, got {weight}")
        self._weight = weight

    def route(self, key: str) -> tuple[str, ...]:
        """Canary then stable for the canary's keys, stable alone for the others."""
        unit = xxh3_64_intdigest(key.encode("utf-8", "surrogatepass"), self._salt) / RANGE
        return (self.canary, self.stable) if unit < self._weight else (self.stable,)


class BlueGreen:
    """Sends everything to the live version; `switch` exchanges it with the idle one."""

    def __init__(self, live: str, idle: str) -> None:
        self._order = (live, idle)  # one reference: a reader sees the old pair or the new one, never a mixture

    @property
    def live(self) -> str:
        """The version that answers."""
        return self._order[0]

    @property
    def idle(self) -> str:
        """The version that waits, warm."""
        return self._order[1]

    def route(self, key: str) -> tuple[str, ...]:
        """The live version, whatever the key."""
        return (self.live,)

    def switch(self, healthy: Callable[[str], bool]) -> bool:
        """Make the idle version live if it is healthy; False, and nothing changes, if it is not."""
        live, idle = self._order
        if not healthy(idle):
            return False
        self._order = (idle, live)
        return True

    def rollback(self) -> None:
        """Go back to the other version without asking."""
        live, idle = self._order
        self._order = (idle, live)
