"""The `studyapp` command: one small module a group of commands, each imported when it is used."""

import io
import os
import sys

from studyapp.cli.parser import parse


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit status; without one, open the app."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    _accept_any_text()
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `studyapp ... | head` has read enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from studyapp.cli.opening import CommandError, fail

        if isinstance(error, CommandError):
            return fail(str(error))
        raise


def _accept_any_text() -> None:
    """Show and read ? where a terminal or a pipe has no such character, rather than give up."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
