"""`studyapp` without a command: the screens."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from studyapp import places

if TYPE_CHECKING:
    from studyapp.study.study import Study


def run(arguments: argparse.Namespace) -> int:
    """Open the app and stay until the person leaves it."""
    from studyapp.tui.app import StudyApp

    where = places.find(os.environ, tuple(Path(pack) for pack in arguments.content))

    def open_study() -> "Study":
        import random

        from studyapp.domain.clock import Clock
        from studyapp.study.study import Study

        return Study.open(where, Clock(), random.Random())

    app = StudyApp(where, open_study)
    app.run()
    return app.return_code or 0
