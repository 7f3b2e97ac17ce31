"""Names in pinyin, so that 王芳 is found as "wangfang" or "wf". Worked out when a name is stored.

pypinyin knows words, but misreads many surnames (曾, 单, 仇 ...) and costs 0.3 s to import; so the
readings of surnames are ours, and every character is looked up once.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Pinyin(NamedTuple):
    """Syllables without tones ("wang fang") and their first letters ("wf"); ü is written v."""

    full: str | None
    initials: str | None


def _table(pairs: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in pairs.split())


# Surnames read otherwise than the character usually is, each followed by its reading.
_SURNAMES = _table(
    "曾=zeng 单=shan 單=shan 仇=qiu 查=zha 翟=zhai 解=xie 区=ou 區=ou 盖=ge 蓋=ge 朴=piao "
    "任=ren 华=hua 華=hua 缪=miao 繆=miao 乐=yue 樂=yue 秘=bi 覃=qin 郇=xun 员=yun 員=yun "
    "贠=yun 祭=zhai 洗=xian 冼=xian 召=shao 折=she 黑=he 佴=nai 种=chong 薄=bo 阚=kan "
    "闞=kan 句=gou 勾=gou 能=nai 尉=wei 繁=po 番=pan 都=du 藏=zang 臧=zang 卜=bu 晟=cheng "
    "粘=nian 炅=gui 六=lu 角=jue 幺=yao 么=yao 逄=pang 谌=chen 諶=chen 车=che 車=che 石=shi "
    "贾=jia 賈=jia 柏=bai 葛=ge 宁=ning 甯=ning 宿=su 隗=kui 郗=xi 郄=qie 昝=zan 笪=da 钭=tou "
    "訾=zi 庹=tuo 逯=lu 禚=zhuo 眭=sui 睢=sui 隽=juan 莘=shen 冯=feng 馮=feng 叶=ye 葉=ye "
    "谷=gu 曲=qu 阙=que 闕=que 仉=zhang 瞿=qu 行=xing 相=xiang 应=ying 應=ying 於=yu 那=na "
    "过=guo 過=guo 哈=ha 撒=sa 盛=sheng 费=fei 費=fei 亓=qi 牟=mou 褚=chu 沈=shen 郝=hao "
    "纪=ji 紀=ji 燕=yan 强=qiang 強=qiang 尹=yin 殷=yin 汤=tang 湯=tang 侯=hou 陆=lu 陸=lu "
    "芮=rui 呙=guo 咼=guo 妫=gui 嬀=gui 厍=she 佘=she 俞=yu 万=wan 萬=wan 干=gan 甘=gan "
    "遆=ti 缑=gou 緱=gou 仝=tong 洛=luo 宓=mi 卞=bian 澹=tan 适=kuo 不=fou"
)
_COMPOUND_SURNAMES = _table(
    "欧阳=ou-yang 歐陽=ou-yang 尉迟=yu-chi 尉遲=yu-chi 长孙=zhang-sun 長孫=zhang-sun "
    "万俟=mo-qi 萬俟=mo-qi 令狐=ling-hu 单于=chan-yu 單于=chan-yu 澹台=tan-tai 澹臺=tan-tai "
    "亓官=qi-guan 宰父=zai-fu 鲜于=xian-yu 鮮于=xian-yu 夹谷=jia-gu 夾谷=jia-gu 子车=zi-ju "
    "乐正=yue-zheng 樂正=yue-zheng 拓跋=tuo-ba 谷梁=gu-liang 穀梁=gu-liang 仲长=zhong-chang "
    "诸葛=zhu-ge 諸葛=zhu-ge 司马=si-ma 司馬=si-ma 司徒=si-tu 司空=si-kong 司寇=si-kou "
    "上官=shang-guan 皇甫=huang-fu 公孙=gong-sun 公孫=gong-sun 宇文=yu-wen 慕容=mu-rong "
    "轩辕=xuan-yuan 軒轅=xuan-yuan 钟离=zhong-li 鍾離=zhong-li 闾丘=lv-qiu 閭丘=lv-qiu "
    "赫连=he-lian 赫連=he-lian 濮阳=pu-yang 濮陽=pu-yang 淳于=chun-yu 太叔=tai-shu "
    "申屠=shen-tu 仲孙=zhong-sun 仲孫=zhong-sun 夏侯=xia-hou 呼延=hu-yan 东方=dong-fang "
    "東方=dong-fang 东郭=dong-guo 東郭=dong-guo 南宫=nan-gong 南宮=nan-gong 西门=xi-men "
    "西門=xi-men 百里=bai-li 端木=duan-mu 独孤=du-gu 獨孤=du-gu 第五=di-wu 公羊=gong-yang "
    "公冶=gong-ye 公良=gong-liang 公西=gong-xi 漆雕=qi-diao 壤驷=rang-si 段干=duan-gan "
    "巫马=wu-ma 巫馬=wu-ma 梁丘=liang-qiu 左丘=zuo-qiu 东门=dong-men 東門=dong-men "
    "微生=wei-sheng 羊舌=yang-she 颛孙=zhuan-sun 顓孫=zhuan-sun 哥舒=ge-shu 纳兰=na-lan "
    "納蘭=na-lan 叶赫=ye-he 葉赫=ye-he 完颜=wan-yan 完顏=wan-yan 耶律=ye-lv 尔朱=er-zhu "
    "爾朱=er-zhu 贺兰=he-lan 賀蘭=he-lan 宗政=zong-zheng 南荣=nan-rong 归海=gui-hai"
)

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_PERSON = re.compile(f"[{_HAN}]{{2,4}}")
_RUNS = re.compile(f"([{_HAN}]+)|([a-z0-9]+)")


def of_name(name: str) -> Pinyin:
    """The pinyin of a name; Latin words stay, without accents. Nothing to spell: (None, None)."""
    plain = unicodedata.normalize("NFKC", name)
    if _PERSON.fullmatch(plain):
        syllables = _person(plain)
    else:
        parts = unicodedata.normalize("NFKD", plain).replace("'", "").casefold()
        bare = "".join(c for c in parts if not unicodedata.combining(c))
        syllables = [
            syllable
            for han, word in _RUNS.findall(bare)
            for syllable in (_words(han) if han else (word,))
        ]
    if not syllables:
        return Pinyin(None, None)
    return Pinyin(" ".join(syllables), "".join(syllable[0] for syllable in syllables))


def of_names(names: Iterable[str]) -> list[Pinyin]:
    """The pinyin of many names, in their order; equal names and characters are looked up once."""
    known: dict[str, Pinyin] = {}
    found = []
    for name in names:
        pinyin = known.get(name)
        if pinyin is None:
            pinyin = known[name] = of_name(name)
        found.append(pinyin)
    return found


def _person(name: str) -> list[str]:
    """The syllables of a Chinese name of two to four characters: surname, then given name."""
    compound = _COMPOUND_SURNAMES.get(name[:2]) if len(name) > 2 else None
    if compound:
        return [*compound.split("-"), *map(_syllable, name[2:])]
    return [_SURNAMES.get(name[0]) or _syllable(name[0]), *map(_syllable, name[1:])]


@lru_cache(maxsize=16384)
def _syllable(character: str) -> str:
    return _words(character)[0]


def _words(han: str) -> list[str]:
    """The syllables of Chinese text, read as words (重庆, 银行); what nobody can read stays."""
    from pypinyin import lazy_pinyin

    return [str(syllable) for syllable in lazy_pinyin(han)]
