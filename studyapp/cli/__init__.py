"""The `studyapp` command: one small module a group of commands, each imported when it is used."""

import sys

from studyapp.cli.parser import parse


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit status; without one, open the app."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `studyapp ... | head` has read enough
        sys.stderr.close()
        return 0
    except Exception as error:
        from studyapp.cli.opening import CommandError, fail

        if isinstance(error, CommandError):
            return fail(str(error))
        raise
