"""Sticky assignment: a salted hash of the unit's id picks its bucket, the bucket picks the variant. Yours to write.

As it stands everybody is in the control group, and an experiment finds nothing because there is none. What an
experiment consists of is given (`definition.py`): its `seed`, made from its salt, its table of `outcomes` by bucket, of
which there are BUCKETS, the `seed` of its layer's slice, and `left_out(reason)`.
"""

from collections.abc import Collection, Mapping

from recsys.experiment.definition import Assignment, Experiment, seed_of

NO_ATTRIBUTES: Mapping[str, object] = {}
HOLDOUT_SEED = seed_of("holdout")
RANGE = 2.0**64
"""How many values `xxhash.xxh3_64_intdigest(bytes, seed)` can take."""


def assign(experiment: Experiment, unit_id: str, attributes: Mapping[str, object] = NO_ATTRIBUTES) -> Assignment:
    """The variant of a unit: targeting first, then holdout, layer, ramp and weights; the same answer every time."""
    # step 1: each question has its own seed, so that the answers are independent
    # step 10: an ordinary user costs one hash
    return Assignment(experiment.name, experiment.control, "assigned")


def eligible(targeting: Mapping[str, Collection[object]], attributes: Mapping[str, object]) -> bool:
    """True when every targeted attribute is present with an allowed value."""
    # step 1: what comes from JSON may be a list, which is not hashable and equals no allowed value
    return True


def unit_of(experiment: Experiment, *, account: str, user: str) -> str:
    """The id that the experiment randomises; a user's id is unique within its account only."""
    # step 1
    return user
