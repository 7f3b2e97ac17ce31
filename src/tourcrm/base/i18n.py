"""The language that a run speaks, and its catalogue.

Message ids are the English texts; `locales/zh/LC_MESSAGES/tourcrm.mo` holds the Chinese ones.
"""

import gettext as _gettext
import os
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "zh")
DOMAIN = "tourcrm"
LOCALES = Path(__file__).parents[1] / "locales"

_catalogues: dict[str, _gettext.NullTranslations] = {}
_language = "en"


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "mark, translate later"
    """Mark a text for the catalogue without translating it yet."""
    return message


def use(language: str) -> None:
    """Speak `language` (en or zh) from here on."""
    global _language
    if language not in LANGUAGES:
        raise ValueError(language)
    _language = language


def language() -> str:
    """The language in use: en or zh."""
    return _language


def _catalogue() -> _gettext.NullTranslations:
    found = _catalogues.get(_language)
    if found is None:
        found = _gettext.NullTranslations()
        if _language != "en":
            found = _gettext.translation(DOMAIN, str(LOCALES), [_language], fallback=True)
        _catalogues[_language] = found
    return found


def translate(message: str) -> str:
    """`message` in the language in use; an empty text stays empty."""
    return _catalogue().gettext(message) if message else ""


def translate_to(message: str, language: str) -> str:
    """`message` in a language, whichever is in use."""
    before = _language
    use(language)
    try:
        return translate(message)
    finally:
        use(before)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of a text that goes with the number `n`, in the language in use."""
    return _catalogue().ngettext(singular, plural, n)


_ = translate


def known(name: str | None) -> str | None:
    """en or zh for a language or locale name ("zh_CN.UTF-8", "English"); None for any other."""
    word = (name or "").strip().lower()
    if word.startswith(("zh", "chinese", "中文", "汉语")):
        return "zh"
    if word.startswith(("en", "英文", "英语")):
        return "en"
    return None


def from_locale(environ: Mapping[str, str] = os.environ) -> str | None:
    """The language of the environment's locale, None where it names none (C, POSIX, empty)."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(variable)
        if value:
            return known(value)
    return _desktop_language()


def _desktop_language() -> str | None:
    """What Windows or macOS is set to where no locale variable says it."""
    if os.name == "nt":
        import locale

        return known(locale.getlocale()[0])
    return None
