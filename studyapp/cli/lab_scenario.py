"""`studyapp lab scenario`: state what should happen to the running service, do it, say what did."""

import argparse

from studyapp.cli.lab import of_lab
from studyapp.cli.opening import CommandError
from studyapp.library.decode import suggestion
from studyapp.runner.scenarios import SCENARIOS, Scenario, ScenarioError, stated, told
from studyapp.runner.service import ServiceError
from studyapp.study import labs
from studyapp.study.lab_session import LabSession


def run(arguments: argparse.Namespace) -> int:
    """Launch the service, play a scenario, stop; 1 where something did not happen as it should."""
    with of_lab(arguments) as (study, lab):
        if not arguments.name:
            return _list()
        scenario = _find(arguments.name)
        session = LabSession(labs.workspace(study, lab), study.rng)
        try:
            session.launch(_say, scenario.replicas)
            return _play(session, scenario)
        except (ServiceError, ScenarioError) as error:
            raise CommandError(str(error)) from None
        finally:
            session.close()


def _play(session: LabSession, scenario: Scenario) -> int:
    _say(f"\n{scenario.title}")
    for line in stated(scenario):
        _say(line)
    report = session.play(scenario, lambda line: _say(f"→ {line}"))
    for line in told(report):
        _say(line)
    return int(not report.held)


def _list() -> int:
    for scenario in SCENARIOS:
        print(f"{scenario.name:16} {scenario.does}")
    return 0


def _find(name: str) -> Scenario:
    found = next((each for each in SCENARIOS if each.name == name), None)
    if found is None:
        names = [each.name for each in SCENARIOS]
        raise CommandError(f"there is no scenario `{name}`.{suggestion(name, names)} Scenarios: {', '.join(names)}.")
    return found


def _say(line: str) -> None:
    print(line, flush=True)
