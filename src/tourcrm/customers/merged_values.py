"""Which values one customer has who was entered twice: those of the entry that is kept, its blanks
filled from the other. What silences somebody counts wherever it was said.
"""

from collections.abc import Collection, Mapping
from typing import Any

Values = Mapping[str, Any]

# Columns that say one thing together.
GROUPS = (
    ("status", "lost_on", "lost_reason", "rival"),
    ("marketing_consent", "consent_on", "consent_source"),
    ("name", "name_pinyin", "name_initials"),
    ("passport_no", "passport_expires_on"),
)
_OF_THE_ROW = ("id", "code", "kind", "operation_id")
_PHONES = ("phone", "phone2")
_BOTH = ("note", "needs")  # texts of which neither is dropped


def merged(keep: Values, go: Values, take: Collection[str] = ()) -> dict[str, Any]:
    """The columns of the entry that is kept, by their names. take: those of which the other's
    value counts."""
    taken = {name for group in GROUPS if set(group) & set(take) for name in group} | set(take)
    found = {
        name: go[name] if name in taken or _blank(name, value) else value
        for name, value in keep.items()
        if name not in _OF_THE_ROW
    }
    found["phone"], found["phone2"] = phones(keep, go, take)[0]
    for name in _BOTH:
        if name not in taken:
            found[name] = _both(keep[name], go[name])
    found["entered_on"] = min(keep["entered_on"], go["entered_on"])
    found["do_not_contact"] = max(keep["do_not_contact"], go["do_not_contact"])
    if not taken & set(GROUPS[0]):
        found |= _state(keep, go)
    if not taken & set(GROUPS[1]):
        found |= _consent(keep, go)
    if "passport_no" not in taken and not keep["passport_no"]:
        expires = go["passport_expires_on"] if go["passport_no"] else None
        found["passport_expires_on"] = expires or keep["passport_expires_on"]
    elif "passport_no" not in taken and go["passport_no"] not in (None, keep["passport_no"]):
        found["passport_expires_on"] = keep["passport_expires_on"]
    return found


def _blank(name: str, value: Any) -> bool:
    return value is None or value == ""


def phones(
    keep: Values, go: Values, take: Collection[str] = ()
) -> tuple[tuple[str | None, str | None], tuple[str, ...]]:
    """First and second phone, and those for which there is no room."""
    mine, others = ([row[name] for name in _PHONES] for row in (keep, go))
    if "phone" in take:
        order = [others[0], *mine, others[1]]
    elif "phone2" in take:
        order = [mine[0], others[1], mine[1], others[0]]
    else:
        order = [*mine, *others]
    distinct = list(dict.fromkeys(one for one in order if one))
    first, second = (*distinct[:2], None, None)[:2]
    return (first, second), tuple(distinct[2:])


def _both(one: str | None, other: str | None) -> str | None:
    if not one or not other or other in one:
        return one or other
    return other if one in other else f"{one}\n{other}"


def _state(keep: Values, go: Values) -> dict[str, Any]:
    """Who died did so by any entry; else it is as the entry says that is kept."""
    if go["status"] == "deceased" and keep["status"] != "deceased":
        return {name: go[name] for name in GROUPS[0]}
    return {name: keep[name] for name in GROUPS[0]}


def _consent(keep: Values, go: Values) -> dict[str, Any]:
    """The newer answer; where that is not known, no."""
    return {name: (go if _later(keep, go) else keep)[name] for name in GROUPS[1]}


def _later(keep: Values, go: Values) -> bool:
    mine, other = keep["marketing_consent"], go["marketing_consent"]
    if mine == other or "unknown" in (mine, other):
        return bool(mine == "unknown" and other != "unknown")
    days = keep["consent_on"], go["consent_on"]
    if None in days or days[0] == days[1]:
        return bool(other == "no")
    return bool(days[1] > days[0])
