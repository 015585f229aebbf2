"""`studyapp lab predict`: say what an experiment will come to, then run it on your service."""

import argparse

from studyapp.cli.lab import of_lab
from studyapp.cli.opening import CommandError
from studyapp.domain.grading import Confidence
from studyapp.domain.labs import Experiment, Lab
from studyapp.domain.predictions import Outcome, read_value
from studyapp.library.decode import suggestion
from studyapp.runner.experiments import ExperimentError, run_experiment
from studyapp.runner.processes import Supervisor
from studyapp.runner.service import Service, ServiceError
from studyapp.runner.workspace import Workspace
from studyapp.study import labs
from studyapp.study.lab_words import came
from studyapp.study.labs import Prediction


def run(arguments: argparse.Namespace) -> int:
    """Run the experiment, show what came, and keep what the prediction was worth."""
    with of_lab(arguments) as (study, lab):
        experiment = _find(lab, arguments.experiment)
        try:
            prediction = Prediction(read_value(experiment, arguments.value), Confidence[arguments.sure.upper()])
            outcome = _run(labs.workspace(study, lab), experiment)
        except (ValueError, ServiceError, ExperimentError) as error:
            raise CommandError(str(error)) from None
        worth = labs.keep_prediction(study, lab, experiment, prediction, outcome.value)
        for line in came(experiment, prediction, outcome, worth):
            print(line)
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
