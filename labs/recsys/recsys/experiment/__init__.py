"""A/B tests, from the coin to the sentence that a product manager reads.

    experiment = Experiment("ranker-v2", {"control": 0.5, "treatment": 0.5}, unit="account", ramp=0.2)
    assignment = assign(experiment, unit_of(experiment, account="acme", user="u1"))
    log.record(assignment, "acme", at=now)
    ...
    goal = Metric("acceptance", ratio_of_sums(control, treatment), percent=True)
    print(analyse(experiment, log.counts("ranker-v2"), [goal], planned_units=units.total).text())

Before: `power`. While it runs: `definition`, `assignment`, `exposure`. After: `srm`, then `means`,
`proportions`, `ratio` or `cuped` for the estimates, `sequential` when somebody looks early, `multiple` over
metrics, `metric` for guardrails, `analysis` for the verdict.
"""

from recsys.experiment.analysis import analyse
from recsys.experiment.assignment import assign, eligible, unit_of
from recsys.experiment.cuped import cuped
from recsys.experiment.definition import Assignment, Experiment, Slice, check_layers
from recsys.experiment.estimate import Estimate
from recsys.experiment.exposure import Exposure, ExposureLog, read_exposures
from recsys.experiment.means import Moments, welch
from recsys.experiment.metric import Metric
from recsys.experiment.multiple import benjamini_hochberg
from recsys.experiment.power import SampleSize, detectable, power_of, units_for_means, units_for_proportions
from recsys.experiment.proportions import two_proportions
from recsys.experiment.ratio import ratio_of_sums
from recsys.experiment.sequential import always_valid, always_valid_margin, always_valid_p
from recsys.experiment.srm import SampleRatio, sample_ratio
from recsys.experiment.verdict import Verdict

__all__ = [
    "Assignment",
    "Estimate",
    "Experiment",
    "Exposure",
    "ExposureLog",
    "Metric",
    "Moments",
    "SampleRatio",
    "SampleSize",
    "Slice",
    "Verdict",
    "always_valid",
    "always_valid_margin",
    "always_valid_p",
    "analyse",
    "assign",
    "benjamini_hochberg",
    "check_layers",
    "cuped",
    "detectable",
    "eligible",
    "power_of",
    "ratio_of_sums",
    "read_exposures",
    "sample_ratio",
    "two_proportions",
    "unit_of",
    "units_for_means",
    "units_for_proportions",
    "welch",
]
