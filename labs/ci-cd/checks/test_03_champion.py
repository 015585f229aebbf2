"""Step 3: the challenger passes when the interval of the difference a user says so, in every segment."""

import numpy as np
import pytest

from recsys.rollout.challenge import challenge

# Student 1908: hours of sleep that two drugs gave to the same ten patients. R's documentation of t.test has the paired
# 95 % interval of the difference: 0.7001142 to 2.4598858.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def ranked(seed, users, gain):
    """NDCG of two models for the same users: what makes a user easy is the same for both."""
    rng = np.random.default_rng(seed)
    easy = rng.beta(2, 5, users)
    return easy + rng.normal(0, 0.02, users), easy + gain + rng.normal(0, 0.02, users)


def test_the_interval_is_that_of_the_difference_a_user():
    result = challenge(DRUG_1, DRUG_2)
    found = tuple(round(each, 5) for each in (result.difference, result.low, result.high))
    assert found == (1.58, 0.70011, 2.45989), "mean difference and 95 % interval of Student's sleep data, as R has them"


@pytest.mark.parametrize(
    ("gain", "margin", "decision", "passes", "done"),
    [
        (0.01, 0.0, "better", True, "the whole interval is above 0"),
        (-0.01, 0.0, "worse", False, "the whole interval is below 0, and nothing is tolerated"),
        (-0.002, 0.01, "not worse", True, "a little lower, the whole interval above -0.01, which is tolerated"),
        (0.0, 0.0, "unsure", False, "0 is in the interval and no loss is tolerated: unproven is not good enough"),
    ],
)
def test_the_interval_decides(gain, margin, decision, passes, done):
    result = challenge(*ranked(3, 2000, gain), margin=margin)
    assert (result.decision, result.passes) == (decision, passes), f"(decision, passes): {done}"


def test_few_users_prove_nothing():
    result = challenge([0.1, 0.2, 0.3], [0.2, 0.1, 0.5])
    assert result.decision == "unsure", "three users, 0.067 better on average: decision"


def test_pairing_sees_what_two_averages_hide():
    result = challenge(*ranked(5, 400, 0.005))
    assert result.decision == "better", (
        "0.005 better for each of 400 users, who differ by 0.16 among themselves: decision"
    )


def test_a_better_mean_does_not_hide_a_broken_segment():
    champion, challenger = ranked(7, 2000, 0.02)
    challenger[1800:] -= 0.08
    tenants = np.array(["acme"] * 1800 + ["globex"] * 200)
    result = challenge(champion, challenger, segments=tenants)
    assert result.difference > 0, "the mean difference over all users"
    assert result.decision == "worse", "0.02 better for acme's 1800 users, 0.06 worse for globex's 200: decision"
    assert any("globex" in reason for reason in result.reasons), f"the reasons name globex; they are {result.reasons}"
    assert not any("acme" in reason for reason in result.reasons), f"and not acme; they are {result.reasons}"


def test_a_loss_within_the_margin_is_tolerated_in_segments_too():
    champion, challenger = ranked(11, 2000, -0.004)
    tenants = np.repeat(["acme", "globex"], 1000)
    result = challenge(champion, challenger, margin=0.01, segments=tenants)
    assert result.decision == "not worse", "0.004 worse in both segments, 0.01 tolerated: decision"


def test_a_segment_of_a_few_users_says_nothing():
    champion, challenger = ranked(13, 1000, 0.02)
    challenger[:5] -= 0.5
    tenants = np.array(["tiny"] * 5 + ["acme"] * 995)
    result = challenge(champion, challenger, segments=tenants, segment_users=100)
    assert result.decision == "better", "a segment of 5 users, where 100 are needed to look: decision"


def test_many_segments_do_not_cry_wolf():
    tenants = np.repeat(np.arange(20), 100)
    wrong = [challenge(*ranked(seed, 2000, 0.0), segments=tenants).decision == "worse" for seed in range(40)]
    said = (
        f"equal models, 20 segments, 40 trials: {sum(wrong)} called worse; at 95 % over all segments it is one or two"
    )
    assert sum(wrong) <= 6, said


@pytest.mark.parametrize(("one", "other"), [([0.1, 0.2], [0.1]), ([0.1], [0.2]), ([[0.1, 0.2]], [[0.1, 0.2]])])
def test_what_cannot_be_compared_is_refused(one, other):
    with pytest.raises(ValueError):  # noqa: PT011 -- the words are the learner's
        challenge(one, other)
