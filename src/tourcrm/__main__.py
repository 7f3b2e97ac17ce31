"""`python -m tourcrm`, and the entry point of the installed program."""

import sys

from tourcrm.terminal import process


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        process.prepare()
        from tourcrm import cli

        code = cli.run(sys.argv[1:])
    except process.Stopped as stopped:  # before or after the error boundary of cli.py
        code = stopped.code
    process.leave(code)


if __name__ == "__main__":
    main()
