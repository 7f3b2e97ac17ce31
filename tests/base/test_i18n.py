"""The language that is chosen, and texts in it."""

import pytest

from tourcrm.base import i18n
from tourcrm.base.i18n import _, ngettext


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("zh", "zh"),
        ("ZH", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("zh-Hant", "zh"),
        ("中文", "zh"),
        ("Chinese (Simplified)_China", "zh"),
        ("en", "en"),
        ("en_GB", "en"),
        ("English_United States.1252", "en"),
        ("fr_FR", None),
        ("C", None),
        ("POSIX", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_known_by_its_names(name: str | None, language: str | None) -> None:
    assert i18n.known(name) == language


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, None),
        ({"LANG": "C.UTF-8"}, None),
    ],
)
def test_the_locale_names_the_language(environ: dict[str, str], language: str | None) -> None:
    assert i18n.from_locale(environ) == language


def test_texts_follow_the_language_at_once() -> None:
    assert _("Options") == "Options"
    i18n.use("zh")
    assert _("Options") == "选项"
    i18n.use("en")
    assert _("Options") == "Options"


def test_a_text_without_translation_stays_english() -> None:
    i18n.use("zh")
    assert _("no such text") == "no such text"
    assert ngettext("one thing", "many things", 2) == "many things"


def test_an_empty_text_is_not_the_head_of_the_catalogue() -> None:
    i18n.use("zh")
    assert _("") == ""


def test_an_unknown_language_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="fr"):
        i18n.use("fr")
