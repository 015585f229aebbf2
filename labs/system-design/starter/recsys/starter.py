"""What to recommend to a tenant that has no model yet: what is new in it, then what every workspace starts with.

The starter items are part of the product. Popularity among other customers would be a better guess, and a leak. Yours
to write.
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
    # step 8
    return list(STARTER_ITEMS[:k])


def with_new_item(items: list[str], new: Sequence[str], left_out: Iterable[str], turn: int) -> list[str]:
    """`items` with its last place given to a new item, one that the model cannot know: else nobody ever meets it.

    `turn` rotates through the new items, so that each is seen by some.
    """
    # step 8: not what is in the list already, nor what is left out; a list of one keeps its one
    return items
