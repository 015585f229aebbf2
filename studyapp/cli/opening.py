"""The study as a command opens it: real time, real chance, errors as one line."""

import argparse
import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studyapp import places
from studyapp.domain.clock import Clock
from studyapp.library.decode import suggestion
from studyapp.store.backup import back_up
from studyapp.store.database import StoreError, said
from studyapp.study.study import Study


class CommandError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


def fail(message: str) -> int:
    """Say what went wrong and give the exit status for it."""
    print(f"studyapp: {message}", file=sys.stderr)
    return 1


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Study]:
    """The study with its library loaded; problems of the content are named on standard error."""
    packs = tuple(Path(pack) for pack in arguments.content)
    where = places.find(os.environ, packs)
    try:
        study = Study.open(where, Clock(), random.Random())
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        with suppress(OSError, sqlite3.Error):  # without a copy one can still study
            back_up(where.database, where.backups, study.clock.local(study.clock.now()).date())
        study.load()
        for problem in study.library.problems[:5]:
            print(f"content: {problem}", file=sys.stderr)
        if len(study.library.problems) > 5:
            print(f"content: {len(study.library.problems) - 5} more; see `studyapp content check`", file=sys.stderr)
        yield study
    except StoreError as error:
        raise CommandError(str(error)) from None
    except sqlite3.Error as error:
        raise CommandError(str(said(error, where.database))) from None
    finally:
        study.close()


def known_topics(study: Study, slugs: list[str]) -> list[str]:
    """The slugs, checked. Raises CommandError that names a near one."""
    for slug in slugs:
        if slug not in study.library.topics:
            known = list(study.library.topics)
            raise CommandError(f"there is no topic `{slug}`.{suggestion(slug, known)} Topics: {', '.join(known)}.")
    return slugs
