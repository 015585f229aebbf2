"""A scenario: what is done to a running service, what should come of it, and what did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studyapp.runner.scenarios.scene import Scene


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one claim: whether it held, and the figures that say so."""

    claim: str
    held: bool
    measured: str


Came = tuple[bool, str]
Play = Callable[[Scene], Iterator[Came]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`claims` say what should happen; `play` does it, and yields for each claim, in order, whether it held.

    When `play` has ended the service is as it was before.
    """

    name: str
    title: str
    does: str
    claims: tuple[str, ...]
    play: Play
    replicas: int = 1  # how many it needs at least


@dataclass(frozen=True, slots=True)
class Report:
    """What a scenario came to."""

    scenario: Scenario
    findings: tuple[Finding, ...]

    @property
    def held(self) -> bool:
        """Whether all that was claimed came true."""
        return all(finding.held for finding in self.findings)


def play(scenario: Scenario, scene: Scene) -> Report:
    """Play a scenario to its end. Raises ScenarioError or Interrupted; then, too, the service is as it was."""
    came = scenario.play(scene)
    findings = (Finding(claim, *each) for claim, each in zip(scenario.claims, came, strict=True))
    return Report(scenario, tuple(findings))


def stated(scenario: Scenario) -> list[str]:
    """The scenario in words, before anything is done."""
    return [scenario.does, *(f"should: {claim}" for claim in scenario.claims)]


def told(report: Report) -> list[str]:
    """What came of each claim, in words: the claim, and below it what was measured."""
    return [f"{'✓' if each.held else '✗'} {each.claim}\n  {each.measured}" for each in report.findings]
