"""The list of models, a profile in full, and the check of all profiles."""

from dataclasses import replace
from typing import cast

import pytest
from typer.testing import CliRunner

from handeye.actions.dialects.catalog import Family
from handeye.actions.dialects.unified import Unified
from handeye.actions.geometry import Frame
from handeye.actions.schema import AnyAction, Type
from handeye.agent.cli.app import app
from handeye.agent.cli.models import described, memory
from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.example import TASK
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.model.catalog import RELEASED, SHIPPED


def printed(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["models", *arguments])
    assert done.exit_code == status, done.output
    return done.output


def test_models_are_listed_with_memory_and_licence() -> None:
    output = printed()
    names = [*SHIPPED, *(model.name for model in RELEASED)]
    assert [name for name in names if name not in output] == []
    assert "20 GB" in output and "Apache-2.0" in output and "agent" in output
    for profile in PROFILES.values():
        assert f"{profile.name}  " in output and profile.licence in output


def test_what_fits_into_common_gpus_is_told() -> None:
    lines = [line.strip() for line in printed().splitlines()]
    assert lines[-4:] == [
        "8 GB  3B in 8 bits (--dtype fp8, or a copy in FP8, W8A8, int8)",
        "12 GB  7B in 4 bits (a copy in AWQ, GPTQ, W4A16, nf4), 3B in bfloat16",
        "16 GB  7B in 8 bits (--dtype fp8, or a copy in FP8, W8A8, int8), 3B in bfloat16",
        "24 GB  7B in bfloat16, 3B in bfloat16",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_shown_in_full_and_works(name: str) -> None:
    shown = printed(name)
    profile = PROFILES[name]
    assert all(part in shown for part in (digest(profile), *profile.sources, *profile.models, profile.licence))
    if profile.agent is not None:
        assert TASK in shown
    assert printed(name, "--check").startswith(f"✓ {name}")


def test_each_part_says_where_it_was_read() -> None:
    shown = " ".join(printed("gui-r1").split())
    assert "pixels 262,144 to 2,097,152 [2; 3]" in shown
    assert "read from [2] ritzz-ai/GUI-R1:examples/config.yaml" in shown
    assert "at most 2,048 tokens [1; ours: the length, which the makers leave to the server]" in printed("fara")


def test_a_checkpoint_is_found_by_its_name() -> None:
    assert printed("Qwen2.5-VL-7B-Instruct").startswith("qwen2.5-vl")
    assert printed("someone/unheard-of-7B").startswith(
        "someone/unheard-of-7B is not known: it is prompted as qwen2.5-vl"
    )


@pytest.mark.parametrize("name", ["JEDI", "PLANNER", " Fara "])
def test_a_profile_is_found_however_it_is_spelled(name: str) -> None:
    assert printed(name).startswith(f"{name.strip().lower()}  ")


def test_what_ends_a_reply_is_told_where_the_profile_says_it() -> None:
    profile = PROFILES["holo1.5"]
    assert "ends with" not in described(profile).plain
    assert 'ends with        "\\n\\n"' in described(replace(profile, stop=("\n\n",))).plain


class Forgetful(Unified):
    """Writes no text."""

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        shorter = action.model_copy(update={"text": "t"}) if isinstance(action, Type) else action
        return super().write(shorter, frame, thought, conclusion)


@pytest.mark.slow
def test_a_profile_that_does_not_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    good = PROFILES["handeye-tiny"]
    assert good.agent is not None
    agent = replace(good.agent, dialects=Family(Forgetful(), Forgetful(), ""))
    monkeypatch.setitem(cast(dict[str, CheckpointProfile], PROFILES), "bad", replace(good, name="bad", agent=agent))
    output = printed("--check", status=1)
    assert "✗ bad " in output and "✓ handeye-tiny" in output
    assert "'text': 'tent', 'submit': True} is read back as [{'type': 'type', 'text': 't', 'submit': True}]" in output


def test_memory_is_that_of_the_size_in_the_name() -> None:
    assert memory("ByteDance-Seed/UI-TARS-1.5-7B") == memory("a/b-7b-awq") == "20 GB"
    assert memory("a/model-72B") == "154 GB"
    assert memory("a/model-1.7B") == memory("a/model-13B") == memory("a/model") == ""
    assert memory("handeye-tiny") == "none"
