"""Signals as they reach a program in the foreground, wherever the tests themselves were started."""

import signal


def heed() -> None:
    """Let this process be ended by the signals that end a program.

    A shell starts what runs in the background with SIGINT ignored, nohup with SIGHUP. Children
    inherit that, and the program, started so, rightly goes on: those that a test stops must not be.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
