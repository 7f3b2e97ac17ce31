"""Rules as data: what a rules file may say, and where it is told to be wrong."""

import re
import tomllib
from pathlib import Path

import pytest

from tourcrm.agenda.rules import checks, parser
from tourcrm.base.errors import CellError, Refused
from tourcrm.base.template import Template

DOCS = Path(__file__).parents[2] / "docs"

GOOD = """\
[thanks]
anchor = "return"
class = "care"
priority = 40
offset = 2
lapses_after = 5
channel = "wechat"
title.en = "Thanks"
title.zh = "致谢"
reason.en = "Back on {returns_on}"
reason.zh = "{returns_on}回来"
script.en = "Thank you, {name}[, for {destination}]!"
script.zh = "{name}，谢谢[您去{destination}|您]！"
"""


@pytest.mark.parametrize(
    ("source", "values", "said"),
    [
        ("plain", {}, "plain"),
        ("to {place}", {"place": "桂林"}, "to 桂林"),
        ("Hi[ {x}]!", {"x": "Li"}, "Hi Li!"),
        ("Hi[ {x}]!", {"x": None}, "Hi!"),
        ("Hi[ {x}]!", {"x": ""}, "Hi!"),
        ("[{x}之行|我们的行程]", {"x": None}, "我们的行程"),
        ("[{x} and {y}|none]", {"x": "1", "y": None}, "none"),
        ("{{a}} [[b]] c||d", {}, "{a} [b] c|d"),
        ("{x}", {"x": "{y}[{y}|z] {{"}, "{y}[{y}|z] {{"),
    ],
)
def test_blanks_are_filled_and_unknown_parts_left_out(
    source: str, values: dict[str, str | None], said: str
) -> None:
    assert Template.parse(source).fill(values) == said


@pytest.mark.parametrize("source", ["[{x}", "a] b", "{x", "x}", "a|b", "[no field]", "[[{x}]"])
def test_a_template_whose_marks_do_not_match_is_refused(source: str) -> None:
    with pytest.raises(CellError):
        Template.parse(source)


def test_a_good_rule_is_read_with_its_defaults() -> None:
    (one,) = parser.load(GOOD, "mine.toml")
    assert (one.id, one.kind, one.priority, one.moved_by) == ("thanks", "care", 40, 7)
    (step,) = one.steps
    assert (step.offset, step.lapses_after, step.contact) == (2, 5, "followup")
    assert step.conditions.tiers is None


def test_steps_take_over_what_the_rule_says() -> None:
    text = GOOD + '[[thanks.steps]]\ntiers = ["A"]\nchannel = "phone"\n[[thanks.steps]]\n'
    (one,) = parser.load(text, "mine.toml")
    assert [step.channel for step in one.steps] == ["phone", "wechat"]
    assert [step.conditions.tiers for step in one.steps] == [frozenset("A"), None]


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("priority = 40", "priority = 400", "line 4, [thanks] priority", "0 to 100"),
        ("priority = 40", 'priority = "40"', "line 4, [thanks] priority", "whole number"),
        ("priority = 40", "priority = true", "line 4, [thanks] priority", "whole number"),
        ("priority = 40", "prio = 40", "line 4, [thanks] prio", "no such key"),
        ("priority = 40\n", "", "line 1, [thanks]", "priority is missing"),
        ("offset = 2", "offset = 4000", "line 5, [thanks] offset", "-366 to 366"),
        ("lapses_after = 5", "lapses_after = 99999", "line 6, [thanks] lapses_after", "0 to 366"),
        ('anchor = "return"', 'anchor = "whim"', "line 2, [thanks] anchor", "departure"),
        ('"wechat"', '"pigeon"', "line 7, [thanks] channel", "phone"),
        ('title.zh = "致谢"\n', "", "line 8, [thanks] title", "both languages"),
        ("{returns_on}回来", "{whim}回来", "line 11, [thanks] reason.zh", "no field {whim}"),
        ("{returns_on}回来", "{destination}", "line 11, [thanks] reason.zh", "may be unknown"),
        ("[, for {destination}]", "[, for", "line 12, [thanks] script", "not closed"),
        ("offset = 2", 'offset = 2\ntiers = ["Z"]', "line 6, [thanks] tiers", "A, B, C, D, none"),
        ("offset = 2", "offset = 2\ntiers = []", "line 6, [thanks] tiers", "a list"),
        ("offset = 2", "offset = 2\nuntil_anchor = true", "[thanks]", "after the event already"),
        ("offset = 2", 'offset = 2\nlabels = ["x"]', "[thanks] labels", "takes none"),
        ("offset = 2", 'offset = 2\nbatch = "festival"', "[thanks] batch", "no such batch"),
        ("[thanks]", "[Thanks!]", "not TOML", "line 1"),
        ("[thanks]", '["Thanks!"]', "line 1, [Thanks!]", "small letters"),
    ],
)
def test_a_fault_is_told_with_its_line_and_key(old: str, new: str, place: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(Refused) as refused:
        parser.load(GOOD.replace(old, new, 1), "mine.toml")
    assert str(refused.value).startswith("mine.toml")
    assert place in str(refused.value)
    assert told in str(refused.value)


def test_a_fault_in_a_step_is_told_with_its_number() -> None:
    text = GOOD + '[[thanks.steps]]\n[[thanks.steps]]\nname = "b"\nchannel = "owl"\n'
    with pytest.raises(Refused, match=r"line 17, \[\[thanks\.steps\]\] 2 channel: one of phone"):
        parser.load(text, "mine.toml")


def test_a_rule_for_special_dates_needs_its_labels() -> None:
    text = GOOD.replace('"return"', '"special_date"').replace("returns_on", "day")
    text = text.replace("{destination}", "{owner}")
    with pytest.raises(Refused, match="labels: it is needed"):
        parser.load(text, "mine.toml")


def test_a_batch_speaks_to_nobody_by_name() -> None:
    text = GOOD.replace('"return"', '"departure"\nbatch = "departure"')
    text = text.replace("returns_on", "departs_on")
    with pytest.raises(Refused, match=r"script.en: \{name\} names one .* in batch_script.en"):
        parser.load(text, "mine.toml")
    to_many = 'batch_script.en = "Dear all"\nbatch_script.zh = "各位"\n'
    (one,) = parser.load(text + to_many, "mine.toml")
    (step,) = one.steps
    assert step.to_one.script["en"].fill({"name": "Li"}) == "Thank you, Li!"
    assert step.to_many.script["en"].fill({}) == "Dear all"
    assert step.to_many.title == step.to_one.title
    with pytest.raises(Refused, match=r"batch_script.en: .*no field \{name\}"):
        parser.load(text + to_many.replace("Dear all", "Dear {name}"), "mine.toml")
    with pytest.raises(Refused, match=r"line 14, .*batch_script: there is no batch"):
        parser.load(GOOD + to_many, "mine.toml")


def test_the_rules_that_come_with_the_program_are_sound_and_say_what_the_design_says() -> None:
    rules = {one.id: one for one in parser.defaults()}
    told = {
        id_: (one.kind, one.priority, one.earliest, one.latest, one.moved_by)
        for id_, one in rules.items()
    }
    assert told == {
        "complaint_clock": ("duty", 100, 0, 0, 7),
        "handbook": ("duty", 80, -3, 0, 2),
        "welcome_home": ("care", 70, 1, 15, 7),
        "detractor": ("care", 70, 1, 15, 7),
        "complaint_aftercare": ("care", 65, 7, 37, 7),
        "survey": ("care", 60, 3, 24, 7),
        "birthday": ("care", 55, -7, 0, 7),
        "wedding": ("care", 55, -7, 0, 7),
        "ask_referral": ("care", 42, 3, 33, 7),
        "festival": ("care", 40, -3, 0, 7),
        "tier_visit": ("care", 50, 90, 180, 7),
        "half_dormant": ("care", 45, 183, 243, 7),
        "season": ("marketing", 35, -60, 31, 7),
        "dormant": ("marketing", 30, -3, 7, 7),
        "referral_thanks": ("care", 50, 1, 15, 7),
        "task": ("duty", 72, 0, 0, 7),
        "balance_due": ("duty", 90, -14, 14, 7),
        "overdue": ("duty", 88, 1, 1, 7),
        "over_limit": ("duty", 88, 0, 0, 7),
        "papers_changed": ("duty", 86, 0, 0, 7),
        "passport": ("duty", 85, -90, 0, 7),
        "waitlist_free": ("duty", 78, 0, 0, 7),
        "quote_nudge": ("duty", 75, 1, 44, 0),
        "win_back": ("marketing", 36, 30, 60, 7),
        "revenue_drop": ("care", 48, 0, 27, 7),
        "rising_star": ("care", 48, 0, 27, 7),
    }


@pytest.mark.parametrize("name", ["rules.md", "rules.zh-CN.md"])
def test_the_rule_in_the_documentation_is_a_good_one(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.S)
    assert example is not None
    assert [one.id for one in parser.load(example[1], name)] == ["thanks"]
    for key in checks.RULE_KEYS:
        assert f"`{key}`" in text or key in example[1], key


@pytest.mark.parametrize(
    ("id_", "lang", "says"),
    [
        ("handbook", "en", "Travel handbook"),
        ("festival", "zh", "寄送贺卡：…"),
        ("task", "zh", "记下的待办日"),
    ],
)
def test_a_rule_says_what_it_is_about_before_there_is_an_item(
    id_: str, lang: str, says: str
) -> None:
    one = next(one for one in parser.defaults() if one.id == id_)
    assert one.about(one.steps[0], lang) == says


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("priority", 0, 100),
        ("share", 1, 100),
        ("moved_by", 0, 366),
        ("lapses_after", 0, 366),
        ("offset", -366, 366),
    ],
)
def test_a_number_has_its_limits(key: str, least: int, most: int) -> None:
    table = tomllib.loads(GOOD)["thanks"]
    for value, fits in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
        faults = list(parser.faults_of("", "thanks", {**table, key: value}))
        assert (faults == []) == fits, value


@pytest.mark.parametrize(("offset", "fits"), [(-1, True), (0, True), (1, False)])
def test_what_is_of_no_use_after_the_event_is_due_by_then(offset: int, fits: bool) -> None:
    table = tomllib.loads(GOOD)["thanks"] | {"until_anchor": True, "offset": offset}
    assert (list(parser.faults_of("", "thanks", table)) == []) == fits


@pytest.mark.parametrize(("letters", "fits"), [(40, True), (41, False)])
def test_a_name_of_a_rule_has_forty_letters(letters: int, fits: bool) -> None:
    table = tomllib.loads(GOOD)["thanks"]
    assert (list(parser.faults_of("", "t" * letters, table)) == []) == fits


def test_what_is_left_out_is_usual() -> None:
    (one,) = parser.load(GOOD, "mine.toml")
    assert (one.moved_by, one.spread, one.share) == (7, False, None)
    assert [(step.until_anchor, step.mass, step.batch) for step in one.steps] == [
        (False, False, None)
    ]
