"""Whatever the agency's own rules are: a dump of all rules says what holds, and loads as such."""

from hypothesis import given
from hypothesis import strategies as st

from tests.agenda.test_rules_parser import GOOD
from tests.examples import examples
from tourcrm.agenda import rulebook
from tourcrm.agenda.rulebook import File
from tourcrm.agenda.rules import parser, toml_lines

BUILT_IN = [one.id for one in parser.defaults()]
TEXTS = {
    part.name: part.text
    for part in toml_lines.sections(parser.DEFAULTS.read_text(encoding="utf-8"))[1]
}
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="{}[]|\\"),
    min_size=1,
    max_size=30,
).filter(str.strip)


@st.composite
def own_rules(draw: st.DrawFn) -> str:
    parts = []
    ids = draw(st.lists(st.sampled_from([*BUILT_IN, "mine", "yours"]), unique=True, max_size=4))
    for id_ in ids:
        kinds = ["off", "equal", "new"] if id_ in BUILT_IN else ["new", "new_off"]
        match draw(st.sampled_from(kinds)):
            case "off":
                text = f"[{id_}]\nenabled = false\n"
            case "equal":
                text = TEXTS[id_]
            case kind:
                text = GOOD.replace("[thanks]", f"[{id_}]")
                text = text.replace("priority = 40", f"priority = {draw(st.integers(0, 100))}")
                words = draw(WORDS).replace("'", "’")
                text = text.replace(
                    'title.zh = "致谢"', f"title.zh = '''\n[[handbook]]\n{words}'''"
                )
                if kind == "new_off":
                    text = text.replace("anchor", "enabled = false\nanchor", 1)
        parts.append(f"# {draw(WORDS)}\n" * draw(st.booleans()) + text + "\n" * draw(st.booleans()))
    return "".join(parts)


@examples(8)
@given(own=own_rules())
def test_a_dump_loads_to_what_holds(own: str) -> None:
    dumped = rulebook.dump(own)
    book = rulebook.checked(File("dump.toml", dumped))
    assert book.faults == ()
    holding = sorted(parser.merged(own), key=lambda one: one.id)
    assert sorted(book.holding(), key=lambda one: one.id) == holding
    assert parser.switched_off(dumped) == parser.switched_off(own)
    assert rulebook.dump(dumped) == dumped
