"""Every text that the program says is there in Chinese, with the same fields, and compiled."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from scripts import catalogue


def test_every_text_has_its_chinese() -> None:
    assert catalogue.problems(catalogue.in_code(), catalogue.stored()) == []


def of(**texts: str) -> Catalog:
    """A catalogue with English (underscores for blanks) and Chinese texts."""
    made = Catalog(locale="zh")
    for english, chinese in texts.items():
        made.add(english.replace("_", " "), chinese)
    return made


@pytest.fixture
def mo(tmp_path: Path) -> Path:
    return tmp_path / "tourcrm.mo"


def compiled(po: Catalog, mo: Path) -> Catalog:
    path = mo.with_suffix(".po")
    catalogue.save(po, path)
    catalogue.compile_catalogue(path, mo)
    return po


def test_a_text_without_chinese_is_found(mo: Path) -> None:
    po = compiled(of(one="一", two=""), mo)
    assert catalogue.problems(of(one="", two="", three=""), po, mo) == [
        "not translated: 'two'",
        "not translated: 'three'",
    ]


def test_a_field_that_is_lost_in_translation_is_found(mo: Path) -> None:
    code, po = Catalog(), Catalog(locale="zh")
    code.add("{count} rows")
    po.add("{count} rows", "{cuont} 行")
    assert catalogue.problems(code, compiled(po, mo), mo) == [
        "other fields in the translation: '{count} rows'"
    ]


def test_a_malformed_template_is_found(mo: Path) -> None:
    code, po = Catalog(), Catalog(locale="zh")
    code.add("{count rows")
    po.add("{count rows", "{count 行")
    assert catalogue.problems(code, compiled(po, mo), mo) == ["malformed fields: '{count rows'"]


def test_a_text_that_the_code_no_longer_says_is_found(mo: Path) -> None:
    assert catalogue.problems(of(), compiled(of(one="一"), mo), mo) == [
        "no longer in the code: 'one'"
    ]


def test_a_stale_mo_file_is_found(mo: Path) -> None:
    compiled(of(one="一"), mo)
    assert catalogue.problems(of(one=""), of(one="壹"), mo) == [
        "the .mo file is out of date: make catalogue"
    ]


def test_a_doubtful_translation_is_found(mo: Path) -> None:
    po = Catalog(locale="zh")
    po.add("one", "一", flags=["fuzzy"])
    assert catalogue.problems(of(one=""), compiled(po, mo), mo) == ["fuzzy: 'one'"]


def test_texts_are_collected_from_every_way_of_marking_them(tmp_path: Path) -> None:
    tmp_path.joinpath("code.py").write_text(
        'N_("noted")\n_("said")\ntranslate("told")\nngettext("{n} row", "{n} rows", 2)\n', "utf-8"
    )
    found = {message.id for message in catalogue.in_code(tmp_path) if message.id}
    assert found == {"noted", "said", "told", ("{n} row", "{n} rows")}


def test_merging_fills_blanks_and_names_what_the_code_does_not_say() -> None:
    made = of(one="", two="二")
    made.add(("{n} row", "{n} rows"))
    chinese = {"one": "一", "two": "贰", "{n} row": "{n} 行", "four": "四"}
    assert catalogue.merge(made, chinese, replace=False) == ["four"]
    assert [made.get(english).string for english in ("one", "two")] == ["一", "二"]  # type: ignore[union-attr]
    assert made.get("{n} row").string == ("{n} 行",)  # type: ignore[union-attr]
    catalogue.merge(made, chinese, replace=True)
    assert made.get("two").string == "贰"  # type: ignore[union-attr]


def test_new_texts_come_in_and_old_translations_stay() -> None:
    made = catalogue.updated(of(one="", three=""), of(one="一", two="二"))
    assert {m.id: m.string for m in made if m.id} == {"one": "一", "three": ""}


def test_numbers_choose_their_form(mo: Path) -> None:
    po = Catalog(locale="zh")
    po.add(("{n} row", "{n} rows"), ("{n} 行",))
    compiled(po, mo)
    with mo.open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert [texts.ngettext("{n} row", "{n} rows", n) for n in (1, 2)] == ["{n} 行"] * 2
