"""The commands about the database itself: init, check, settings, backup, restore."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tourcrm.base.columns import Column
from tourcrm.base.display import visible
from tourcrm.base.errors import EXIT_REFUSED, Message, Refused, TourcrmError, Unusable, WrongUsage
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.base.parsing.former_regions import prefix
from tourcrm.commands import options
from tourcrm.commands.pages.layout import listed
from tourcrm.customers import former_regions
from tourcrm.db import (
    conversion,
    encryption,
    engine,
    files,
    health,
    keys,
    restoring,
    setting,
    strangers,
)
from tourcrm.privacy import retention
