"""Definitions refuse what cannot be stored, and lineage says who breaks when a view does."""

import numpy as np
import pytest

from recsys.features import Feature, FeatureView, Registry


def view(name: str = "activity", **changes: object) -> FeatureView:
    """A view that differs from the usual one in `changes`."""
    fields = {"entity": "user_id", "features": (Feature("clicks", "Clicks"),), "ttl": 60.0, "owner": "ranking"}
    return FeatureView(name, **{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"features": ()},
        {"features": (Feature("a", ""), Feature("a", ""))},
        {"features": (Feature("a b", ""),)},
        {"ttl": 0},
        {"owner": ""},
        {"entity": "user:id"},
    ],
)
def test_definitions_that_cannot_work_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="activity"):
        view(**change)


def test_freshness_is_closed_at_the_time_to_live_and_refuses_the_future_and_the_unknown() -> None:
    fresh = view().is_fresh(np.array([0.0, 60.0, 60.001, -0.001, np.nan]))
    assert fresh.tolist() == [True, True, False, False, False]


def test_a_changed_definition_needs_a_new_version() -> None:
    registry = Registry([view()])
    registry.add(view())
    with pytest.raises(ValueError, match="new version"):
        registry.add(view(ttl=120.0))
    newer = registry.add(view(ttl=120.0, version=2))
    assert registry.get("activity") is newer
    assert registry.get("activity.v1").ttl == 60.0


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(KeyError, match=r"activity\.v1"):
        Registry([view()]).get("inactivity")
    with pytest.raises(KeyError, match="clicks"):
        view().positions(["clics"])


def test_lineage_reaches_sources_upstream_and_models_downstream() -> None:
    registry = Registry(
        [
            view("events", source="kafka://events"),
            view("activity", upstream=("events",)),
            view("trend", upstream=("activity",), source="calendar"),
        ]
    )
    registry.consumed_by("ranker", ["trend"])
    registry.consumed_by("retriever", ["activity"])
    events, trend = registry.lineage("events"), registry.lineage("trend")
    assert events["downstream"] == ["activity.v1", "trend.v1"]
    assert events["models"] == ["ranker", "retriever"]
    assert trend["sources"] == ["calendar", "kafka://events"]
    assert trend["upstream"] == ["activity.v1", "events.v1"]
