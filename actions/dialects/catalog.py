"""All dialects, by name."""

from collections.abc import Mapping
from typing import NamedTuple

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Dialect
from handeye.actions.dialects.fara.dialect import FARA
from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.gui_owl import dialect as gui_owl
from handeye.actions.dialects.gui_owl.version_1_5 import COMPUTER_USE_1_5, MOBILE_USE_1_5
from handeye.actions.dialects.gui_r1.dialect import GUI_R1
from handeye.actions.dialects.holo.dialect import HOLO
from handeye.actions.dialects.mai_ui.dialect import MAI_UI
from handeye.actions.dialects.opencua.dialect import OPENCUA
from handeye.actions.dialects.qwen import dialect as qwen
from handeye.actions.dialects.scalecua.dialect import SCALECUA
from handeye.actions.dialects.scalecua.mobile import SCALECUA_MOBILE
from handeye.actions.dialects.ui_s1.dialect import UI_S1
from handeye.actions.dialects.ui_tars import dialect as ui_tars
from handeye.actions.dialects.ui_venus import dialect as ui_venus
from handeye.actions.dialects.unified import UNIFIED


class Family(NamedTuple):
    """The dialects of a family of models that act."""

    computer: Dialect
    """For a desktop and a browser."""
    phone: Dialect
    """For a phone; the same one if there is no other."""
    models: str
    """Which models they are, in a few words."""

    def on(self, abilities: Abilities) -> Dialect:
        """Return the dialect for a screen with these abilities."""
        return self.phone if abilities.on_a_phone else self.computer


AGENTS: Mapping[str, Family] = {
    "qwen": Family(qwen.COMPUTER_USE, qwen.MOBILE_USE, "Qwen2.5-VL as released"),
    "fara": Family(FARA, FARA, "Fara-7B"),
    "gui_owl": Family(gui_owl.COMPUTER_USE, gui_owl.MOBILE_USE, "GUI-Owl"),
    "gui_owl_1_5": Family(COMPUTER_USE_1_5, MOBILE_USE_1_5, "GUI-Owl-1.5"),
    "gui_r1": Family(GUI_R1, GUI_R1, "GUI-R1"),
    "holo": Family(HOLO, HOLO, "Holo1"),
    "mai_ui": Family(MAI_UI, MAI_UI, "MAI-UI"),
    "opencua": Family(OPENCUA, OPENCUA, "OpenCUA"),
    "scalecua": Family(SCALECUA, SCALECUA_MOBILE, "ScaleCUA"),
    "ui_s1": Family(UI_S1, UI_S1, "UI-S1"),
    "ui_tars": Family(ui_tars.DESKTOP, ui_tars.MOBILE, "UI-TARS-1.5, DART-GUI, ARPO"),
    "ui_venus": Family(ui_venus.WEB, ui_venus.MOBILE, "UI-Venus-Navi"),
    "ui_venus_1_5": Family(ui_venus.WEB_1_5, ui_venus.MOBILE_1_5, "UI-Venus-1.5"),
    "unified": Family(UNIFIED, UNIFIED, "handeye-tiny, and the journal"),
}
"""The families by name, as `handeye actions --dialect NAME` takes it."""

DIALECTS: Mapping[str, Dialect] = {
    **{dialect.name: dialect for family in AGENTS.values() for dialect in (family.computer, family.phone)},
    **ANSWERS,
}
"""Every dialect by its own name, those that only point included."""
