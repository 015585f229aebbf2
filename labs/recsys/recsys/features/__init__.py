"""A feature store: one definition of each feature, its history for training, its newest value for serving.

The point is one sentence: the model must be served what it was trained on. Definitions (`definitions`) are shared;
history is Parquet by date (`offline`), joined to labels without a look at the future (`point_in_time`); the newest
values are in Redis (`online`), copied there (`materialisation`) or streamed (`streaming`); `consistency` checks that
both sides agree.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recsys.features.consistency import Consistency, compare
    from recsys.features.definitions import Feature, FeatureView, Registry
    from recsys.features.materialisation import backfill, materialise
    from recsys.features.offline import OfflineStore
    from recsys.features.online import FeatureRows, OnlineStore
    from recsys.features.point_in_time import point_in_time_join
    from recsys.features.streaming import Event, SlidingCounts, StreamingView

__all__ = [
    "Consistency",
    "Event",
    "Feature",
    "FeatureRows",
    "FeatureView",
    "OfflineStore",
    "OnlineStore",
    "Registry",
    "SlidingCounts",
    "StreamingView",
    "backfill",
    "compare",
    "materialise",
    "point_in_time_join",
]

_MODULES = {
    "Consistency": "consistency",
    "compare": "consistency",
    "Feature": "definitions",
    "FeatureView": "definitions",
    "Registry": "definitions",
    "backfill": "materialisation",
    "materialise": "materialisation",
    "OfflineStore": "offline",
    "FeatureRows": "online",
    "OnlineStore": "online",
    "point_in_time_join": "point_in_time",
    "Event": "streaming",
    "SlidingCounts": "streaming",
    "StreamingView": "streaming",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for: a service that reads online features has no use for Arrow, a second of imports."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
