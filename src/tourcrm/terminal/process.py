"""The process that tourcrm runs in: its streams, its file mask, and the signals that end it.

Used by the real program only; tests that call the application in process keep their own.
"""

import _thread
import atexit
import contextlib
import gc
import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn, TextIO

# After a signal the program unwinds (temporary files go, the cursor comes back). A library may
# swallow the exception that does this; then the process ends all the same, this much later.
GRACE_SECONDS = 2.0


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end. `code` is the exit code, 128 + the signal's number."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.code = 128 + number


def prepare() -> None:
    """Make the process safe to start in: streams, privacy of files, signals.

    Nobody looks for garbage: one command makes many objects, hardly a circle of them, and ends.
    Nobody needs numpy's linear algebra, which would start a thread a core as soon as it is loaded.
    """
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_streams()
    os.umask(0o077)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores
            signal.signal(number, _stop)
    sys.unraisablehook = _unraisable


def _open_streams() -> None:
    """Every stream exists and speaks UTF-8, whatever the shell closed and the locale says.

    A closed descriptor is opened on the null device first: otherwise the database would get its
    number, and what is printed would land in the database.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - open for the life of the process, by number
        else:
            errors = "surrogateescape" if mode == "r" else "backslashreplace"
            stream.reconfigure(encoding="utf-8", errors=errors)


def _stop(number: int, _frame: FrameType | None) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a second one ends the process at once
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    end = threading.Timer(GRACE_SECONDS, os._exit, (128 + number,))
    end.daemon = True
    end.start()
    raise Stopped(number)


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Raise a signal's exception again that came up in a destructor, where Python drops it."""
    if not isinstance(lost.exc_value, Stopped):
        sys.__unraisablehook__(lost)
        return
    number = lost.exc_value.code - 128
    signal.signal(number, _stop_again)
    again = threading.Timer(0.01, _interrupt, (number,))
    again.daemon = True
    again.start()


def _interrupt(number: int) -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)  # ends a system call that waits, too
    else:
        _thread.interrupt_main(signal.Signals(number))


def _stop_again(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise Stopped(number)


def leave(code: int) -> NoReturn:
    """End the process with this exit code, at once.

    The interpreter's own end goes through every module and object first, for a quarter of a second,
    only to give back memory that goes with the process anyway.
    """
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):  # a stream that was closed on us: Python knows what to say
        sys.exit(code)
    os._exit(code)


def silence(stream: TextIO) -> None:
    """Send what is still buffered in `stream` nowhere, so that the interpreter ends quietly."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
