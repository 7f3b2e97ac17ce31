"""The `import` commands: what they share is everything but the entity."""

import inspect
from dataclasses import fields
from typing import Any

from tourcrm.commands.imports.options import ONLY_OF, File, Options


def register(app: Any, entity: str, help: str, epilog: str) -> None:
    """Give a noun its `import` command, with the options that it has."""

    def command(file: str, **given: Any) -> None:
        from tourcrm.commands.imports import intake

        intake.run(entity, file, Options(**given))

    parameter = inspect.Parameter
    taken = [
        parameter(one.name, parameter.KEYWORD_ONLY, default=one.default, annotation=one.type)
        for one in fields(Options)
        if entity in ONLY_OF.get(one.name, (entity,))
    ]
    named = parameter("file", parameter.POSITIONAL_OR_KEYWORD, annotation=File)
    command.__signature__ = inspect.Signature([named, *taken])  # type: ignore[attr-defined]  # where inspect looks first
    app.command("import", help=help, epilog=epilog)(command)
