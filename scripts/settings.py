"""Write docs/settings.md and docs/settings.zh-CN.md: what each setting means and may be.

python scripts/settings.py

Taken from setting.py: how a value is written is what the program says when it refuses one, and each
example is one that it takes.
"""

from collections.abc import Iterator
from pathlib import Path

from tourcrm.base import i18n
from tourcrm.base.errors import CellError
from tourcrm.base.i18n import translate
from tourcrm.db.setting import KEYS, Key

DOCS = Path(__file__).parents[1] / "docs"
FILES = {"en": "settings.md", "zh": "settings.zh-CN.md"}

INTRODUCTION = {
    "en": """\
# Settings

What changes results belongs to the agency, not to a machine: it is kept in the database file, and
all who work with that file have the same. `tourcrm init` asks for the first three; every other
setting has its default until you change it.

    tourcrm settings                        # all of them, with what they mean
    tourcrm settings daily_capacity         # one
    tourcrm settings daily_capacity 30      # change it; it is said what it was before

A value that cannot be is refused, and nothing changes; `""` empties those that may be empty. Three
more things are kept with the settings and made elsewhere: your own follow-up rules
(`tourcrm followups rules`), places to send to (`tourcrm notify`), and the mappings that
imports remember (`--map`). This page is written by `make docs`.
""",
    "zh": """\
# 设置

凡是影响结果的设置，都属于旅行社，不属于哪台电脑：它们存在数据库文件里，用同一个文件的人，设置都一样。
前三项在 `tourcrm init` 时会问；其余各项，没改过就是默认值。

    tourcrm settings                        # 全部设置及含义
    tourcrm settings daily_capacity         # 只看一项
    tourcrm settings daily_capacity 30      # 修改，同时显示原来的值

不合要求的值会被拒绝，什么也不会变；可以为空的，用 `""` 清空。另有三样也存在设置里，但不在这里设：
自己的跟进规则（`tourcrm followups rules`）、通知对象（`tourcrm notify`）、导入时记住的表头对应
（`--map`）。本页由 `make docs` 生成。
""",
}
HEADER = {
    "en": "| setting | what it means | default | how it is written | example |",
    "zh": "| 设置项 | 含义 | 默认值 | 写法 | 例子 |",
}
EMPTY = {"en": "empty", "zh": "空"}

EXAMPLES = {
    "time_zone": "Asia/Urumqi",
    "currency": "EUR",
    "language": "en",
    "region": "HK",
    "former_regions": "CN",
    "window": "24m",
    "cuts": "40,70,90",
    "daily_capacity": "30",
    "quiet_days": "14",
    "retention_years": "3",
    "voucher_days": "180",
    "complaint_minutes": "60",
    "crisis_minutes": "20",
    "business_hours": '"1-5 09:00-18:00, 6 10:00-16:00"',
    "refund_percent": "15",
    "deposit_percent": "20",
    "balance_days": "21",
    "cancellation_fees": "30:5,14:20,7:50,3:70,0:90",
    "interest_percent": "4.35",
    "voucher_ratio": "7.5折",
    "warn_minutes": "20",
    "nearly_minutes": "20",
    "on_duty": "wang,li",
    "today": "2026-11-20",
}
# How a setting is written where a refusal does not say it.
WRITTEN = {
    "on_duty": {
        "en": "names of places that tourcrm notify list shows, with commas between them",
        "zh": "tourcrm notify list 里的名称，用逗号隔开",
    },
    "today": {"en": "a date, like 2026-11-20", "zh": "日期，如 2026-11-20"},
}


def page(language: str) -> str:
    """The page in one language, as Markdown."""
    before = i18n.language()
    i18n.use(language)
    try:
        return "\n".join(_lines(language))
    finally:
        i18n.use(before)


def _lines(language: str) -> Iterator[str]:
    yield INTRODUCTION[language]
    yield from (HEADER[language], "|---|---|---|---|---|")
    for key in KEYS.values():
        default = f"`{key.default}`" if key.default else EMPTY[language]
        example = EXAMPLES[key.name]
        key.check(example.strip('"'))
        yield (
            f"| `{key.name}` | {translate(key.help)} | {default} | {_written(key, language)} "
            f"| `tourcrm settings {key.name} {example}` |"
        )
    yield ""


def _written(key: Key, language: str) -> str:
    if key.name in WRITTEN:
        return WRITTEN[key.name][language]
    try:
        key.check("?")
    except CellError as reason:
        return str(reason)
    raise LookupError(f"how {key.name} is written belongs into WRITTEN")


def main() -> None:
    """Write the page in both languages."""
    DOCS.mkdir(exist_ok=True)
    for language, name in FILES.items():
        (DOCS / name).write_text(page(language), "utf-8")


if __name__ == "__main__":
    main()
