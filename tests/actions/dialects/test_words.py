"""The descriptions that models are given, byte for byte: SHA-256 of what the makers' own code has in the same place.

Where it comes from: `gui_owl_computer_use`, `ui_tars_desktop` and `opencua` mm_agents/ of mrwwk/DeskCraft, which has
the makers' agents for OSWorld (`OWL_PROMPT` after the usual first sentence, `UITARS_NORMAL_ACTION_SPACE` and the first
`SYSTEM_PROMPT_V1_L2`); `gui_owl_mobile_use` X-PLUG/MobileAgent, agents/function_call_mobile_answer.py of
Mobile-Agent-v3/android_world_v3 at commit 11cea57, as qwen-agent 0.0.29 writes it; `ui_s1` UI-S1/x/data/agent/json.py
there; `fara` microsoft/fara, src/fara/_prompts.py at commit 3f3f1fd in the frame of
src/fara/qwen_helpers/fncall_prompt.py; `holo` hcompai/hai-cookbook, the end of the prompt of utils/navigation.py;
`ui_venus_web` and `ui_venus_mobile` inclusionAI/UI-Venus, models/navigation/utils.py at commit c6ce41f; `scalecua` and
`scalecua_mobile` OpenGVLab/ScaleCUA at commit 5d92fee, evaluation/OSWorld/mm_agents/prompts.py and
evaluation/AndroidWorld/android_world/agents/PROMPT.py; `gui_owl_1_5_computer_use` and `gui_owl_1_5_mobile_use`
X-PLUG/MobileAgent at commit 11cea57, `SYSTEM_PROMPT` of computer_use/utils.py and mobile_use/utils.py of
Mobile-Agent-v3.5; `mai_ui` Tongyi-MAI/MAI-UI, src/prompt.py at commit 4dd07b9; `ui_venus_1_5_web` and
`ui_venus_1_5_mobile` inclusionAI/UI-Venus, models/navigation/utils.py at commit c3a1442. Qwen's are in
test_qwen_prompt.py.
"""

import hashlib

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.geometry import Size


@pytest.mark.parametrize(
    ("name", "size", "sha256"),
    [
        (
            "gui_owl_computer_use",
            Size(1932, 1092),
            "51ac1220bb59bcd4362abd15c627ea51bb0433da75077f5e54feb747c8588f47",
        ),
        (
            "gui_owl_mobile_use",
            Size(1288, 728),
            "78d3c9b08a9d2041a2e9b46fe0850cd91892c8b46d605c4e64a81ed6374a58b5",
        ),
        ("ui_s1", Size(28, 28), "462b31e0e00df40bb1ace77509d23fd04faaa41f864a40734e6c65641aa6a662"),
        ("ui_tars_desktop", Size(28, 28), "18d43ed7a83ab26b140fb23dc6a93bf50631d6a71938339c6175953c9cd70b50"),
        ("opencua", Size(28, 28), "193560de50599b7925e7b978c2ed56c66d3b7d00e9f0da15961aba3c4145a055"),
        ("fara", Size(1428, 896), "b1b3a25006d98cc1fc151cedec08e0b10a278dea1e462e91d434129ee4697d3a"),
        ("holo", Size(28, 28), "f21b249d5550ff54ec2ef57c2b2ad4d2d3cfd099103e524dd853e66901926706"),
        ("ui_venus_web", Size(28, 28), "b1452b8b4c16e21d609d747860619e89a64dbb3ff55aed74ad7d8ed1326c9da9"),
        ("ui_venus_mobile", Size(28, 28), "24a1ce762c155d180ee39413b347d170e2f74579dbc184710d048e0891b47c9d"),
        (
            "gui_owl_1_5_computer_use",
            Size(32, 32),
            "c81ce4add7fdc174795fed0d197734479154bcade1462ac5e24781d181cb448e",
        ),
        (
            "gui_owl_1_5_mobile_use",
            Size(32, 32),
            "28235cbaf0bd969239f5cdd3f1fa67a59edf8de4a39c49e96011feac2fbf62fe",
        ),
        ("mai_ui", Size(32, 32), "86b907c1e936b8c92bde65e943d31a5f92379209b2ce4f31d5f3ceadd1a3edf2"),
        ("ui_venus_1_5_web", Size(32, 32), "b1452b8b4c16e21d609d747860619e89a64dbb3ff55aed74ad7d8ed1326c9da9"),
        ("ui_venus_1_5_mobile", Size(32, 32), "0f0a80024eedcccca20641fd6d7ab9ae68336322b2ae58e89462fe56df7c5028"),
        ("scalecua", Size(28, 28), "8718673638b96f9a3ea686a04c164b64a693c1519f372a5b7c028b58ae639352"),
        ("scalecua_mobile", Size(28, 28), "b12e4a4b792b06e512466188f65456d6b544713bbcbdf3669eccfa4802320605"),
    ],
)
def test_what_is_told_is_the_makers(name: str, size: Size, sha256: str) -> None:
    told = DIALECTS[name].describe(size, Abilities())
    assert hashlib.sha256(told.encode()).hexdigest() == sha256


def test_an_app_can_be_opened_where_one_can_be() -> None:
    told = DIALECTS["gui_owl_mobile_use"].describe(Size(1288, 728), Abilities(frozenset({"open_app"})))
    assert (
        hashlib.sha256(told.encode()).hexdigest() == "7f149f3252fdafab789760c16c6a28626abab40a230ca0b7591f090b7415495e"
    )


def test_a_user_can_be_called_where_there_is_one() -> None:
    dialect = DIALECTS["ui_tars_desktop"]
    alone, told = (dialect.describe(Size(28, 28), Abilities(frozenset(types))) for types in ((), ("ask_user",)))
    assert told.startswith(f"{alone}\ncall_user()")


def test_the_answer_of_gta1_is_told_with_the_height_first() -> None:
    assert "The image resolution is height 728 and width 1288." in DIALECTS["pair"].describe(
        Size(1288, 728), Abilities()
    )
