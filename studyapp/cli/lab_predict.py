"""`studyapp lab predict`: say what an experiment will come to, then run it on your service."""

import argparse

from studyapp.cli.chart import charts
from studyapp.cli.lab import of_lab
from studyapp.cli.opening import CommandError
from studyapp.domain.labs import Experiment, Lab
from studyapp.domain.predictions import Outcome, read_value, score
from studyapp.library.decode import suggestion
from studyapp.runner.experiments import ExperimentError, run_experiment
from studyapp.runner.processes import Supervisor
from studyapp.runner.service import Service, ServiceError
from studyapp.runner.workspace import Workspace
from studyapp.study import labs


def run(arguments: argparse.Namespace) -> int:
    """Run the experiment, show what came, and keep what the prediction was worth."""
    with of_lab(arguments) as (study, lab):
        experiment = _find(lab, arguments.experiment)
        try:
            predicted = read_value(experiment, arguments.value)
            outcome = _run(labs.workspace(study, lab), experiment)
        except (ValueError, ServiceError, ExperimentError) as error:
            raise CommandError(str(error)) from None
        worth = score(experiment, predicted, outcome.value)
        labs.keep_prediction(study, lab, experiment, predicted, outcome.value, round(worth, 4))
        for line in charts(outcome.series):
            print(line)
        unit = f" {experiment.unit}" if experiment.unit else ""
        print(
            f"\nyou said {_shown(predicted)}{unit}, it came to {_shown(outcome.value)}{unit}: {worth:.0%} of the marks"
        )
        print(experiment.explain.strip())
    return 0


def _find(lab: Lab, name: str) -> Experiment:
    found = next((each for each in lab.experiments if each.id == name), None)
    if found is None:
        ids = [each.id for each in lab.experiments]
        asks = "".join(f"\n  {each.id}: {each.ask}" for each in lab.experiments)
        raise CommandError(f"{lab.slug} has no experiment `{name}`.{suggestion(name, ids)} Experiments:{asks}")
    return found


def _run(place: Workspace, experiment: Experiment) -> Outcome:
    with Supervisor(place.data_root) as supervisor, Service.launch(place, supervisor, _say) as service:
        _say(f"{experiment.ask} Running it on {service.url} ...")
        return run_experiment(experiment, service, supervisor)


def _say(line: str) -> None:
    print(line, flush=True)


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
