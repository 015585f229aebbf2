"""A feature store: one definition of each feature, its history for training, its newest value for serving.

The point is one sentence: the model must be served what it was trained on. Definitions (`definitions`) are shared;
history is Parquet by date (`offline`), joined to labels without a look at the future (`point_in_time`); the newest
values are in Redis (`online`), copied there (`materialise`) or streamed (`streaming`); `consistency` checks that both
sides agree.
"""

from recsys.features.consistency import Consistency, compare
from recsys.features.definitions import Feature, FeatureView, Registry
from recsys.features.materialise import backfill, materialise
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
