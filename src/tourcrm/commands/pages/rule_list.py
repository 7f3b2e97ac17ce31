"""Rules as people read them: the list, and what a trial of rules would have brought."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tourcrm.base import vocabulary
from tourcrm.base.columns import Column
from tourcrm.base.display import pad, visible, width
from tourcrm.base.i18n import N_, _, language, ngettext
from tourcrm.commands.pages.layout import beside, listed, room
from tourcrm.terminal.help import wrap
from tourcrm.terminal.render import Shape, emit, say

if TYPE_CHECKING:
    from tourcrm.agenda.rulebook import Known
    from tourcrm.agenda.rules.model import Rule, Step
    from tourcrm.agenda.trial import Week

SHOWN_RULES = 4  # columns of a trial; what is more is one column
BAR = 10  # cells of the longest
# Conditions, as they are called where a person reads them, and the table of their words.
_CONDITIONS = {
    "customer_kinds": (N_("customers"), "customer_kind"),
    "tiers": (N_("tier"), "tier"),
    "quadrants": (N_("quadrant"), "quadrant"),
    "cadences": (N_("cadence"), "cadence"),
    "tags": (N_("tag"), ""),
    "services": (N_("service"), "service"),
    "kinds": (N_("kind of trip"), "trip_kind"),
}


# --- the list -------------------------------------------------------------------------------------


def page(known: Sequence["Known"]) -> Iterator[str]:
    """The rules, a block each."""
    whose = Counter(one.origin == "built_in" for one in known)
    said = [ngettext("{n} built-in rule", "{n} built-in rules", whose[True]).format(n=whose[True])]
    if whose[False]:
        said.append(_("{n} of your own").format(n=whose[False]))
    off = sum(not one.on for one in known)
    if off:
        said.append(_("{n} switched off").format(n=off))
    yield " · ".join(said)
    for one in known:
        yield ""
        yield from wrap(" · ".join(_head(one)), room())
        dues = [_due(step.offset) for step in one.rule.steps]
        wide = max(map(width, dues)) + 2
        for due, step in zip(dues, one.rule.steps, strict=True):
            what = [visible(one.rule.about(step, language()), 60)]
            what.append(vocabulary.label("contact_channel", step.channel, language()))
            what.append(_("until {day}").format(day=_lapses(step)))
            if step.owner:
                what.append(_("by {name}").format(name=visible(step.owner, 40)))
            yield from beside(f"   {pad(due, wide)}", " · ".join(what))
            yield from beside(" " * (wide + 3), _who(step))


def _head(one: "Known") -> Iterator[str]:
    rule = one.rule
    event = vocabulary.label("rule_anchor", rule.anchor.name, language())
    if rule.labels:
        event += f" ({listed(_named(label, rule) for label in rule.labels)})"
    yield f"{rule.id}  {event}"
    yield f"{vocabulary.label('rule_class', rule.kind, language())} {rule.priority}"
    if one.origin != "built_in":
        yield vocabulary.label("rule_origin", one.origin, language())
    if not one.on:
        yield _("switched off")
    if rule.satisfied_by:
        yield _("settled by: {events}").format(events=listed(_settled(rule)))


def _named(label: str, rule: "Rule") -> str:
    from tourcrm.customers.special_days import label_name

    if rule.anchor.named:
        return vocabulary.label(rule.anchor.named, label, language())
    return label_name(label)


def _settled(rule: "Rule") -> Iterator[str]:
    for event in sorted(rule.satisfied_by):
        yield vocabulary.label("rule_settled", event, language())


def rows(known: Sequence["Known"]) -> Iterator[dict[str, Any]]:
    """A row for each step of each rule."""
    for one in known:
        for step in one.rule.steps:
            yield {
                "rule": one.rule.id,
                "whose": one.origin,
                "on": one.on,
                "step": step.name or None,
                "what": step.to_many.title[language()].plain(),
                "anchor": one.rule.anchor.name,
                "labels": one.rule.labels,
                "offset": step.offset,
                "due": _due(step.offset),
                "who": _who(step),
                "conditions": _conditions(step),
                "lapses": _lapses(step),
                "lapses_after": step.lapses_after,
                "satisfied_by": sorted(one.rule.satisfied_by),
                "class": one.rule.kind,
                "priority": one.rule.priority,
                "channel": step.channel,
                "owner": step.owner,
            }


def _due(offset: int) -> str:
    if offset == 0:
        return _("on the day")
    if offset < 0:
        return ngettext("{n} day before", "{n} days before", -offset).format(n=-offset)
    return ngettext("{n} day after", "{n} days after", offset).format(n=offset)


def _lapses(step: "Step") -> str:
    if step.lapses_after is None:
        return _("it is done")
    if step.until_anchor and step.offset + step.lapses_after >= 0:
        return _("the day of the event")
    if step.lapses_after == 0:
        return _("the same day")
    text = ngettext("{n} day later", "{n} days later", step.lapses_after)
    return text.format(n=step.lapses_after)


def _who(step: "Step") -> str:
    """Whom and what a step is for, in words."""
    colon, semicolon = ("：", "；") if language() == "zh" else (": ", "; ")
    said = [
        _(called) + colon + listed(_label(table, value) for value in values)
        for name, (called, table) in _CONDITIONS.items()
        if (values := _asked(step, name))
    ]
    return semicolon.join(said) or _("everybody")


def _label(table: str, value: str) -> str:
    if table and value == "none":
        return _("none yet")
    return vocabulary.label(table, value, language()) if table else visible(value, 40)


def _conditions(step: "Step") -> str:
    """The same for scripts: tiers=A,B;tags=x."""
    asked = [(name, _asked(step, name)) for name in _CONDITIONS]
    return ";".join(f"{name}={','.join(values)}" for name, values in asked if values)


def _asked(step: "Step", condition: str) -> list[str]:
    """The values of a condition in their customary order; empty where it is not asked for."""
    values = getattr(step.conditions, condition) or frozenset()
    table = _CONDITIONS[condition][1]
    usual = [*vocabulary.values(table), "none"] if table else sorted(values)
    return [value for value in usual if value in values]


# --- the trial ------------------------------------------------------------------------------------


def weeks(found: Sequence["Week"]) -> Iterator[dict[str, Any]]:
    """A row for each week of a trial."""
    return map(_flat, found)


def _flat(week: "Week") -> dict[str, Any]:
    return {
        "week": week.monday,
        **{f"rule_{id_}": lines for id_, lines in week.lines.items()},
        "total": week.total,
        "a_day": week.a_day,
    }


def week_columns(ids: Sequence[str]) -> list[Column]:
    """The columns of a trial, with one for each rule."""
    return [
        Column("week", "day", "week", "周一"),
        *(Column(f"rule_{id_}", "count", id_, id_) for id_ in ids),
        Column("total", "count", "total", "合计"),
        Column("a_day", "number", "a day", "每天"),
    ]


def say_weeks(found: Sequence["Week"], ids: Sequence[str], shape: Shape) -> None:
    """The table for people: the rules that brought most, the rest in one column, and a bar."""
    sums = {id_: sum(week.lines[id_] for week in found) for id_ in ids}
    largest = sorted(ids, key=lambda id_: -sums[id_])[:SHOWN_RULES]
    shown = [id_ for id_ in ids if id_ in largest]
    columns = week_columns(shown)
    if len(shown) < len(ids):
        columns.insert(-2, Column("others", "count", "others", "其他"))
    columns.append(Column("bar", "text", "", ""))
    most = max(week.total for week in found) or 1
    table = [
        {
            **_flat(week),
            "others": week.total - sum(week.lines[id_] for id_ in shown),
            "bar": "#" * -(-week.total * BAR // most),
        }
        for week in found
    ]
    emit(
        table,
        columns,
        replace(shape, rows=len(table)),
        title=_("What the rules would have brought"),
    )
    total, days = sum(sums.values()), sum(week.days for week in found)
    text = _("Lines: {lines} in {days} days, {number} a day ({rules}).")
    each = ", ".join(f"{id_} {sums[id_]}" for id_ in ids)
    say_wrapped(text.format(lines=total, days=days, number=f"{total / days:.1f}", rules=each))


def say_only_waiting(ids: Sequence[str]) -> None:
    """Which rules bring more than their numbers tell, and why."""
    text = _(
        "Note: {rules} will bring more than this. Whoever was spoken with in the very week is not "
        "in its number, and each visit or call that is made brings the next."
    )
    say_wrapped(text.format(rules=listed(ids)))


def say_wrapped(text: str) -> None:
    """A sentence, folded to the width of a page."""
    for line in wrap(text, room()):
        say(line)
