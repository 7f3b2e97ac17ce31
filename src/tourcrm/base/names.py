"""What stands where a customer's name should: people, a company with its contact, a nickname.

王建军、李秀兰（夫妻）          two people
杭州东方电子有限公司（张经理）     a company, whose contact is 张经理
A杭州王姐                        a nickname of WeChat, in which only 王姐 names somebody
"""

import re
from dataclasses import dataclass

from tourcrm.base.patterns import pattern
from tourcrm.base.surnames import COMPOUND, SINGLE, TITLE, surname

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
COMPANY = pattern(
    "公司|集团|有限|贸易|科技|旅行社|旅游|国旅|酒店|宾馆|学校|学院|大学|小学|中学|幼儿园|医院|银行|中心|[厂社]$|商行|工作室|事务所|协会|"
    "委员会|实业|企业|传媒|广告|咨询|保险|[^王]局$|"
    r"\b(?:co|ltd|inc|llc|gmbh|corp|company|group|agency|travel|tours|limited|bank|hotel|school)\b",
    re.IGNORECASE,
)
_REMARK = pattern(r"\s*[(（【]([^()（）【】]*)[)）】]")
_AND = pattern(r"\s*(?:[、/／&＆+＋,，]|\band\b|和(?=..)|与(?=..))\s*", re.IGNORECASE)
_PERSON = pattern(rf"{HAN}{{2,4}}|{HAN}{{2,8}}·{HAN}{{2,8}}|[^\W\d_][\w.'’ -]+")
# Behind letters or digits that put a name first in a list of contacts: A杭州王姐, 0小鱼儿.
_SORTED = pattern(rf"[A-Za-z0-9_*~·.]{{1,3}}\s*(?={HAN})")
_TITLED = pattern(rf"(?:{'|'.join(COMPOUND)}|[{''.join(SINGLE)}])(?:{TITLE})$")


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a name names. people: by their names; a nickname names nobody, or 王姐. contact: of a
    company, who may be a title alone."""

    people: tuple[str, ...] = ()
    company: str | None = None
    contact: str | None = None
    nickname: bool = False


def called(name: str) -> Called:
    """Who is meant by what stands where a customer's name should."""
    bare = _REMARK.sub("", name).strip() or name
    remarks = [remark.strip() for remark in _REMARK.findall(name)]
    if COMPANY.search(bare):
        contact = next((one for one in remarks if _is_person(one)), None)
        return Called(company=bare, contact=contact)
    parts = [part for part in _AND.split(bare) if part]
    if len(parts) > 1 and all(map(_PERSON.fullmatch, parts)):
        return Called(people=tuple(parts))
    sorted_ = _SORTED.match(bare)
    rest = bare[sorted_.end() :] if sorted_ else bare
    titled = _TITLED.search(rest)
    if sorted_ or (titled and titled.start() > 0):
        return Called(people=(titled[0],) if titled else (), nickname=True)
    return Called(people=(bare,))


def is_company(name: str) -> bool:
    """Whether a name is that of a company, whoever stands behind it in brackets."""
    return COMPANY.search(_REMARK.sub("", name)) is not None


def _is_person(text: str) -> bool:
    """Whether a remark names somebody: 张经理, 李四, 联系人：王芳; not 夫妻, 老客户."""
    return _TITLED.fullmatch(text) is not None or surname(text) is not None
