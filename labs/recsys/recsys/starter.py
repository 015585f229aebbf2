"""What to recommend to a tenant that has no model yet: what is new in it, then what every workspace starts with.

The starter items are part of the product. Popularity among other customers would be a better guess, and a leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STARTER_ITEMS = (
    "template:project-plan", "template:weekly-review", "template:sprint-board", "automation:notify-on-status-change",
    "automation:assign-on-create", "automation:due-date-reminder", "integration:calendar", "integration:email",
    "template:meeting-notes", "template:bug-tracker", "automation:archive-done", "integration:chat",
)  # fmt: skip


def starter(recent: Sequence[str], left_out: Iterable[str], k: int) -> list[str]:
    """At most `k` items: recent ones first, then starters, none of `left_out`."""
    refused = set(left_out)
    return [item for item in dict.fromkeys([*recent, *STARTER_ITEMS]) if item not in refused][:k]


def with_new_item(items: list[str], new: Sequence[str], left_out: Iterable[str], turn: int) -> list[str]:
    """`items` with its last place given to a new item, one that the model cannot know: else nobody ever meets it.

    `turn` rotates through the new items, so that each is seen by some.
    """
    refused = {*left_out, *items}
    candidates = [item for item in new if item not in refused]
    return [*items[:-1], candidates[turn % len(candidates)]] if candidates and len(items) > 1 else items
