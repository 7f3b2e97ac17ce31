"""`tourcrm encrypt` and `tourcrm decrypt`: the database as a SQLCipher file, and back."""

from functools import partial
from typing import Annotated

import typer

from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_PARTLY, Message
from tourcrm.base.i18n import N_, _
from tourcrm.db import conversion, encryption, files, keys
from tourcrm.db.conversion import Copies
from tourcrm.terminal import context
from tourcrm.terminal.render import say, tell
from tourcrm.terminal.typer_i18n import ask_hidden, cli_group

app = cli_group()

_SHORT = 12  # characters below which a key is guessed too easily


@app.command(
    "encrypt",
    help=N_(
        "Encrypt the database with a key. The key is typed twice, or the first line of the file "
        "that TOURCRM_KEY_FILE names; it is never an argument. Whoever loses the key loses the "
        "data. Copies that tourcrm keeps beside the database are encrypted with it. Needs the "
        "extra `secure`: pip install 'tourcrm[secure]'"
    ),
    epilog=N_("Example: tourcrm encrypt\ntourcrm encrypt --keyring"),
)
def encrypt(
    keyring: Annotated[
        bool,
        typer.Option(
            "--keyring",
            help=N_("have this system's keyring keep the key, so that nobody is asked for it"),
        ),
    ] = False,
) -> None:
    keys.run.ask = partial(ask_hidden, piped=True)
    path = context.world().database
    context.ready()
    shown = visible(str(path))
    if encryption.salt_of(path):
        copies = _more(keyring)
    else:
        encryption.driver(path)  # before anybody types anything
        key, is_short = keys.new(short=_SHORT)
        copies = conversion.encrypt(path, key, into_keyring=keyring)
        say(_("{path} is encrypted: every row was compared.").format(path=shown))
        if is_short:
            tell(_("Careful: keys of less than {n} characters can be guessed.").format(n=_SHORT))
        say(_("Keep the key in a safe place, too: without it nobody can read the data again."))
        if keyring:
            say(_("The keyring of this system keeps the key."))
    _report(copies)
    say(
        _(
            "Not encrypted are backups elsewhere and what was written into other files (exports, "
            "rejected rows). Delete what is not needed."
        )
    )
    if copies.left:
        raise typer.Exit(EXIT_PARTLY)


def _more(keyring: bool) -> Copies:
    """What is left to do for a database that is encrypted already. Raises Refused for nothing."""
    path = context.world().database
    kept = keyring and conversion.keep_key(path)
    if not kept and not conversion.plain_beside(path):
        conversion.refuse_again(path)
    if kept:
        say(_("The keyring of this system keeps the key."))
    return conversion.encrypt_copies(path)


def _report(copies: Copies) -> None:
    for file in copies.done:
        say(_("Encrypted, too: {path}").format(path=visible(str(file))))
    for file, reason in copies.left:
        tell(
            str(
                Message(
                    N_("Not encrypted: {path} ({reason}). Move or delete it."),
                    path=visible(str(file)),
                    reason=reason,
                )
            )
        )


@app.command(
    "decrypt",
    help=N_(
        "Make an encrypted database a plain one. Its key is asked for, unless TOURCRM_KEY_FILE "
        "names a file with it or the keyring has it. Backups stay encrypted."
    ),
    epilog=N_("Example: tourcrm decrypt"),
)
def decrypt() -> None:
    keys.run.ask = partial(ask_hidden, piped=True)
    path = context.world().database
    files.read_header(path)
    conversion.decrypt(path)
    say(
        _("{path} is a plain database again: every row was compared.").format(
            path=visible(str(path))
        )
    )
    say(_("Keep the key: backups made until now are encrypted with it."))
