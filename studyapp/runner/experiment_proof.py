"""The author's proof of experiments: on the running reference each comes to what its lab explains."""

from collections.abc import Iterator
from pathlib import Path

from studyapp.domain.labs import Experiment
from studyapp.domain.predictions import read_value, score
from studyapp.runner import seed, state
from studyapp.runner.experiments import ExperimentError, run_experiment
from studyapp.runner.processes import Supervisor
from studyapp.runner.service import Service, ServiceError
from studyapp.runner.workspace import Workspace


def prove_experiments(workspace: Workspace, seeds: Path) -> Iterator[str]:
    """What does not hold of any experiment in a workspace that holds the reference, a sentence each."""
    lab = workspace.lab
    with Supervisor(workspace.data_root) as supervisor:
        given = seed.ensure(workspace.labs_root, seeds, supervisor)
        seed.copy_of(given, state.folder(workspace), lab.trains)
        try:
            with Service.launch(workspace, supervisor) as service:
                for experiment in lab.experiments:
                    yield from outcome_faults(experiment, service, supervisor)
        except ServiceError as error:
            yield f"the reference cannot be experimented with: {error}"


def outcome_faults(experiment: Experiment, service: Service, supervisor: Supervisor) -> Iterator[str]:
    """What does not hold of one experiment: it fails, or comes to something else than expected, tolerance and all."""
    try:
        came = run_experiment(experiment, service, supervisor).value
        expected = read_value(experiment, experiment.expected)
    except (ExperimentError, ValueError) as error:
        yield str(error)
        return
    if score(experiment, expected, came) < 1:
        yield f"{experiment.id} comes to {came}, which is not the {expected} that is expected"
