"""The key of an encrypted database: from a file, from the system's keyring, or typed.

It never stands in an argument or in the environment, where everybody could read it:
TOURCRM_KEY_FILE names a file. What has been typed is known until the run ends.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tourcrm.base.display import visible
from tourcrm.base.errors import Message, Unusable
from tourcrm.base.i18n import N_

VARIABLE = "TOURCRM_KEY_FILE"
TRIES = 3
_SERVICE = "tourcrm"
_LONGEST = 4096  # bytes of a first line

# Asks a person for what must not be seen; None where nobody is there to answer.
Ask = Callable[[Message], str | None]


class NoKey(Unusable):
    """An encrypted file that nobody here has the key of."""


@dataclass(slots=True)
class Run:
    """What this run knows: who can be asked, what was typed, further files, keys that fitted."""

    ask: Ask | None = None
    typed: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    found: dict[bytes, str] = field(default_factory=dict)  # salt -> raw key, as SQLCipher takes it


run = Run()


def begin(ask: Ask | None) -> None:
    """A new run knows no key yet."""
    global run
    run = Run(ask)


def from_file(path: Path) -> str:
    """The first line of a key file. Raises Unusable where it is missing, empty, or not private."""
    shown = visible(str(path))
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            line = file.readline(_LONGEST + 1)
    except OSError as error:
        from tourcrm.files.writer import why

        raise Unusable(
            N_("The key file {path} ({variable}) cannot be read: {why}."),
            path=shown,
            variable=VARIABLE,
            why=why(error),
        ) from None
    if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
        import shlex

        raise Unusable(
            N_(
                "The key file {path} can be read by others on this machine, so it was not used. "
                "Run: {command}"
            ),
            path=shown,
            command=visible(f"chmod 600 {shlex.quote(str(path))}"),
        )
    try:
        key = _plain(line.decode("utf-8-sig").rstrip("\r\n"))
    except UnicodeDecodeError:
        key = ""
    if not key or len(line) > _LONGEST:
        raise Unusable(
            N_("The key file {path} has no key: its first line must be the key, as UTF-8 text."),
            path=shown,
        )
    return key


def file_named() -> Path | None:
    """The key file that the environment names."""
    name = os.environ.get(VARIABLE)
    return Path(name).expanduser() if name else None


def _plain(key: str) -> str:
    """A key in one spelling: é can be one character or two, as the keyboard would have it."""
    import unicodedata

    return unicodedata.normalize("NFC", key)


def from_keyring(salt: bytes) -> str | None:
    """The key that the system's keyring holds for this salt; None where it has none to give."""
    try:
        import keyring

        return keyring.get_password(_SERVICE, salt.hex())
    except Exception:  # noqa: BLE001 - no keyring, a locked one, no screen to unlock it: many kinds
        return None


def into_keyring(salt: bytes, key: str) -> None:
    """Have the system's keyring keep a key. Raises Unusable where it does not, or loses it."""
    try:
        import keyring

        keyring.set_password(_SERVICE, salt.hex(), key)
        kept = keyring.get_password(_SERVICE, salt.hex()) == key
    except Exception:  # noqa: BLE001 - as above
        kept = False
    if not kept:
        raise Unusable(
            N_(
                "No keyring of this system keeps the key; nothing was changed. Use a key file: "
                "{variable}=FILE (its first line is the key)."
            ),
            variable=VARIABLE,
        )


def new(*, short: int) -> tuple[str, bool]:
    """The key for a database to be encrypted, and whether it has fewer bytes than `short`: from the
    key file, else typed twice. Raises Unusable where there is none, or where the two differ."""
    named = file_named()
    if named is not None:
        key = from_file(named)
    else:
        key = _asked(Message(N_("New key"))) or ""
        if not key:
            raise _nobody()
        if _asked(Message(N_("The same key again"))) not in (key, None):  # None: one line of a pipe
            raise Unusable(N_("The two keys are not the same; nothing was changed."))
        run.typed.append(key)
    return key, len(key.encode()) < short


def _asked(question: Message) -> str | None:
    answer = run.ask(question) if run.ask else None
    return None if answer is None else _plain(answer)


def _nobody() -> Unusable:
    return Unusable(
        N_(
            "No key was given; nothing was changed. Type it at a terminal, or name a file whose "
            "first line is the key: {variable}=FILE"
        ),
        variable=VARIABLE,
    )


def unasked() -> Iterator[str]:
    """Keys that are at hand at once, without asking a person or the system's keyring."""
    yield from run.typed
    for file in run.files:
        yield from_file(file)
    named = file_named()
    if named is not None:
        yield from_file(named)


def candidates(path: Path, salt: bytes) -> Iterator[str]:
    """Keys to try on an encrypted file, until one fits; raises Unusable after the last."""
    tried = False
    for key in unasked():
        tried = True
        yield key
    if kept := from_keyring(salt):
        tried = True
        yield kept
    shown = visible(str(path))
    for number in range(TRIES):
        asking = N_("Key of {path}") if not number else N_("That is not the key. Key of {path}")
        answer = _asked(Message(asking, path=shown))
        if not answer:
            break
        tried = True
        yield answer
        run.typed.append(answer)  # it may be that of another file, such as a backup
    if not tried:
        raise NoKey(
            N_(
                "{path} is encrypted (or no database), and there is no key: type it at a terminal, "
                "or name a file whose first line is the key: {variable}=FILE"
            ),
            path=shown,
            variable=VARIABLE,
        )
    named = file_named()
    raise NoKey(
        N_(
            "The key of {source} does not open {path}: it is the key of another database, or the "
            "file is damaged. Nothing was changed. Name a file with the right key: {variable}=FILE"
        )
        if named is not None
        else N_(
            "That key does not open {path}: it is the key of another database, or the file is "
            "damaged. Nothing was changed. Try again with the right key."
        ),
        path=shown,
        source=visible(str(named)),
        variable=VARIABLE,
    )
