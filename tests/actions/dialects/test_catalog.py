from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS, DIALECTS


def test_a_phone_has_a_home_button_and_no_pointer_to_move() -> None:
    for types, name in (
        ({"click", "home"}, "qwen_mobile_use"),
        ({"click", "navigate"}, "qwen_computer_use"),
        ({"click", "home", "move"}, "qwen_computer_use"),
        (set(), "qwen_computer_use"),
    ):
        assert AGENTS["qwen"].on(Abilities(frozenset(types))).name == name


def test_every_dialect_is_found_by_its_name() -> None:
    assert all(dialect.name == name for name, dialect in DIALECTS.items())
    assert {family.computer.name for family in AGENTS.values()} <= DIALECTS.keys()
    alone = {"fara", "gui_r1", "holo", "mai_ui", "opencua", "scalecua", "ui_s1", "unified"}
    assert not DIALECTS.keys() & AGENTS.keys() - alone
