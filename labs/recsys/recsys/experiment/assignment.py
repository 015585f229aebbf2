"""Sticky assignment: a salted hash of the unit's id picks its bucket, the bucket picks the variant.

Why a hash and not a stored draw: every replica gives the same answer with nothing to look up, nothing to lose
and nothing to keep in step; a unit keeps its variant for as long as the salt and the weights stay. It is
*salted bucketing*, not consistent hashing: that is for sets of nodes that come and go (see `recsys.balance`).

Why xxHash (XXH3, 64 bit): its output passes tests of uniformity and changes completely with the seed. CRC32
does not: it is linear, so that crc("a:" + id) and crc("b:" + id) differ by a constant, and two experiments
salted so can share not one treated user. A cryptographic hash works as well, and costs more.

Each question has its own seed (holdout, layer, experiment), so that the answers are independent. An assignment
is not an exposure: analyse the units that *saw* the variant (`recsys.experiment.exposure`).
"""

from collections.abc import Collection, Mapping

from xxhash import xxh3_64_intdigest

from recsys.experiment.definition import BUCKETS, Assignment, Experiment, seed_of

NO_ATTRIBUTES: Mapping[str, object] = {}
HOLDOUT_SEED = seed_of("holdout")
RANGE = 2.0**64


def assign(experiment: Experiment, unit_id: str, attributes: Mapping[str, object] = NO_ATTRIBUTES) -> Assignment:
    """The variant of a unit: targeting first, then holdout, layer, ramp and weights; the same answer every time."""
    unit = unit_id.encode("utf-8", "surrogatepass")  # an id may come from hostile JSON, and must not raise
    if experiment.targeting and not eligible(experiment.targeting, attributes):
        return experiment.left_out("targeting")
    if experiment.holdout and xxh3_64_intdigest(unit, HOLDOUT_SEED) / RANGE < experiment.holdout:
        return experiment.left_out("holdout")
    if (part := experiment.layer) and not part.start <= xxh3_64_intdigest(unit, part.seed) / RANGE < part.end:
        return experiment.left_out("layer")
    return experiment.outcomes[xxh3_64_intdigest(unit, experiment.seed) % BUCKETS]


def eligible(targeting: Mapping[str, Collection[object]], attributes: Mapping[str, object]) -> bool:
    """True when every targeted attribute is present with an allowed value."""
    try:
        for name, allowed in targeting.items():
            if name not in attributes or attributes[name] not in allowed:
                return False
    except TypeError:  # a list or an object from JSON is not hashable, and equals no allowed value
        return False
    return True


def unit_of(experiment: Experiment, *, account: str, user: str) -> str:
    """The id that the experiment randomises; a user's id is unique within its account only."""
    return account if experiment.unit == "account" else f"{account}\x1f{user}"
