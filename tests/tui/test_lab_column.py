"""The home screen says how far each lab is."""

from studyapp.domain.events import EventKind
from tests.conftest import MORNING, Home
from tests.runner.tiny_lab import write_labs
from tests.tui.driving import running, screen_text, shows, until


async def test_a_lab_shows_none_then_steps_then_a_tick(home: Home) -> None:
    write_labs(home.root / "labs")
    async with running(home) as pilot:
        await until(pilot, shows(pilot, "0/6"))
        assert next(line for line in screen_text(pilot).splitlines() if "Beta" in line).rstrip().endswith("–")
    study = home.open()
    steps = [step.id for step in study.labs["alpha"].steps]
    study.progress.record_all([(EventKind.STEP_PASSED, f"alpha/{step}", 1.0) for step in steps[:3]], MORNING)
    study.close()
    async with running(home) as pilot:
        await until(pilot, shows(pilot, "3/6"))
    study = home.open(seed=2)
    study.progress.record_all([(EventKind.STEP_PASSED, f"alpha/{step}", 1.0) for step in steps[3:]], MORNING)
    study.progress.record(EventKind.LAB_EXPLAINED, "alpha", MORNING, 0.8)
    study.close()
    async with running(home) as pilot:
        await until(
            pilot,
            lambda: next(line for line in screen_text(pilot).splitlines() if "Alpha" in line).rstrip().endswith("✓"),
        )
