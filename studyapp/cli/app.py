"""`studyapp` without a command: the screens."""

import argparse
import os
import random
from pathlib import Path

from studyapp import places
from studyapp.cli.opening import CommandError
from studyapp.domain.clock import Clock
from studyapp.store.database import StoreError
from studyapp.study.study import Study


def run(arguments: argparse.Namespace) -> int:
    """Open the app and stay until the person leaves it."""
    packs = tuple(Path(pack) for pack in arguments.content)
    try:
        study = Study.open(places.find(os.environ, packs), Clock(), random.Random())
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        from studyapp.tui.app import StudyApp

        return StudyApp(study).run() or 0
    finally:
        study.close()
