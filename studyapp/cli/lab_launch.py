"""`studyapp lab launch`: the service of a workspace in the foreground, with its live figures."""

import argparse
import http.client
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from studyapp.cli.lab import of_lab
from studyapp.cli.opening import CommandError, opened
from studyapp.runner.breakage import faults
from studyapp.runner.metrics import Figures, Snapshot, figures
from studyapp.runner.processes import ProcessError, Supervisor
from studyapp.runner.service import Service, ServiceError, reference
from studyapp.runner.traffic import Traffic
from studyapp.runner.workspace import Workspace, WorkspaceError
from studyapp.study import labs

EVERY_SECONDS = 2.0
LONGEST_SECONDS = 12 * 3600.0  # nobody watches for longer


def run(arguments: argparse.Namespace) -> int:
    """Serve until ^C, or for as long as was asked."""
    with _workspace(arguments) as place, Supervisor(place.data_root) as supervisor:
        try:
            with Service.launch(place, supervisor, _say, port=arguments.port, replicas=arguments.replicas) as service:
                _tell(service)
                return _watch(service, arguments)
        except ServiceError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            _say("stopped; nothing is left running")
            return 0


@contextmanager
def _workspace(arguments: argparse.Namespace) -> Iterator[Workspace]:
    """The workspace of the lab that is named, or a copy of the service as it is shipped."""
    if arguments.slug:
        with of_lab(arguments) as (study, lab):
            yield labs.workspace(study, lab)
        return
    with opened(arguments) as study:
        try:
            yield reference(study.places.labs, study.places.data)
        except (WorkspaceError, ProcessError) as error:
            raise CommandError(str(error)) from None


def _say(line: str) -> None:
    print(line, flush=True)


def _tell(service: Service) -> None:
    _say(f"{service.workspace.lab.title} listens on {service.url} (documentation at /docs); ctrl+c stops it")
    for tenant, key in service.keys.items():
        _say(f"  {tenant:8} {key}")
    _say(f"  code     {service.workspace.path}\n  log      {service.child.log}")


def _watch(service: Service, arguments: argparse.Namespace) -> int:
    """A line of figures every few seconds. Raises CommandError where the service ends by itself."""
    seconds = arguments.seconds or LONGEST_SECONDS
    end = time.monotonic() + seconds
    told = set(_news(service))
    with ExitStack() as stack:
        if arguments.rate:
            stack.enter_context(Traffic(service.client, arguments.rate, seconds=seconds, rng=random.Random()))
        before = _look(service)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(EVERY_SECONDS, left))
            after = _look(service)
            _say(line(figures(before, after)) if before and after else "no answer")
            before = after or before
            for news in _news(service):
                if news not in told:
                    _say(f"  {news}")
                    told.add(news)
    return 0


def _news(service: Service) -> list[str]:
    """What failed, and what became of replicas."""
    log = service.child.tail(2000)
    return [*faults(log), *(line for line in log if line.startswith("replica "))]


def _look(service: Service) -> Snapshot | None:
    """The service's metrics; None where it is too busy to give them."""
    try:
        return service.client.metrics()
    except (OSError, http.client.HTTPException):
        service.client.close()
        if service.child.running:
            return None
        last = "\n".join(service.child.tail(8))
        raise CommandError(f"the service ended with status {service.child.status}:\n{last}") from None


def line(now: Figures) -> str:
    """The figures in a line: nothing where there were no requests."""
    shares = [
        f"{name} {share:.1%}"
        for name, share in (("errors", now.error_rate), ("hits", now.hit_rate))
        if share is not None
    ]
    times = [
        f"{name} {seconds * 1000:.1f} ms"
        for name, seconds in (("p50", now.p50), ("p95", now.p95), ("p99", now.p99))
        if seconds is not None
    ]
    split = [f"{name} {share:.0%}" for name, share in {**now.strategies, **now.variants}.items() if share]
    drift = [f"drift {name} {score:.2f}" for name, score in now.drift.items() if score]
    return "  ".join([f"{now.requests_per_second:6.1f} requests/s", *times, *shares, *split, *drift])
