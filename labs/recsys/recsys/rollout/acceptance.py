"""Quality of a version on live traffic: did people use what it recommended?

The splitter tells of each exchange. A list that a version answers waits for the same user's next event: 1 when that
event is about an item of the list, 0 when it is about another. A list that nobody reacts to says nothing, as a person
who went home says nothing about a recommendation. A refusal (`dismiss`) is never an acceptance.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping

from recsys.rollout.measurement import Meter
from recsys.rollout.proxy import Exchange

RECOMMENDATIONS, EVENTS = "/v1/recommendations", "/v1/events"


class Acceptance:
    """Feeds the meters of versions with accepted (1) and passed-over (0) lists; remembers `capacity` open lists."""

    def __init__(self, meters: Mapping[str, Meter], capacity: int = 10_000) -> None:
        self._meters, self._capacity = meters, capacity
        self._shown: OrderedDict[tuple[str, str], tuple[str, frozenset[str]]] = OrderedDict()
        self._lock = threading.Lock()

    def observe(self, exchange: Exchange) -> None:
        """Take note of one answered request; whatever is not a list or an event of a user is passed over."""
        try:
            if exchange.path == RECOMMENDATIONS and exchange.status == 200:
                self._show(exchange)
            elif exchange.path == EVENTS and exchange.status == 202:
                self._use(exchange)
        except (ValueError, KeyError, TypeError):
            return

    def _show(self, exchange: Exchange) -> None:
        answer = json.loads(exchange.answer)
        items = frozenset(one["item"] for one in answer["items"])
        with self._lock:
            self._shown[exchange.caller, answer["user"]] = exchange.version, items
            if len(self._shown) > self._capacity:
                self._shown.popitem(last=False)

    def _use(self, exchange: Exchange) -> None:
        for event in json.loads(exchange.body)["events"]:
            with self._lock:
                version, items = self._shown.pop((exchange.caller, event["user"]), ("", frozenset()))
            if version:
                accepted = event["item"] in items and event["event"] != "dismiss"
                self._meters[version].record_quality(float(accepted))
