"""The hash of a profile changes with what a model is told on any kind of screen."""

from dataclasses import replace

import pytest

from handeye.actions.dialects.qwen.more import MORE
from handeye.agent.cli.action_table import SCREENS
from handeye.agent.prompts.catalog import PROFILES, agent_prompt
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.example import ABILITIES, example
from handeye.agent.prompts.profile import CheckpointProfile, SamplingRule
from handeye.agent.prompts.view import View
from handeye.model.conversation.messages import Message

OF_THE_LOOP = {"note", "answer", "ask_user", "terminate"}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_example_can_do_what_each_screen_can(screen: str) -> None:
    assert ABILITIES[screen].types == SCREENS[screen] | OF_THE_LOOP
    assert ABILITIES[screen].on_a_phone == (screen == "android")


def changed(profile: CheckpointProfile, wanted: str) -> CheckpointProfile:
    """Return a profile that says something else where something can be done or typed or opened."""
    prompt = agent_prompt(profile)

    def compose(view: View) -> list[Message]:
        abilities = view.history.abilities
        told = prompt.compose(view)
        names = {*abilities.types, *abilities.secrets, *abilities.apps}
        return [*told, Message("user", ("Otherwise.",))] if wanted in names else told

    return replace(profile, agent=replace(prompt, compose=compose))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["qwen2.5-vl", "planner", "fara"])
@pytest.mark.parametrize("wanted", ["switch_tab", "open_app", "recent_apps", "ask_user", "password", "Files"])
def test_the_hash_changes_with_the_prompt_of_a_screen(name: str, wanted: str) -> None:
    assert digest(changed(PROFILES[name], wanted)) != digest(PROFILES[name])


def test_the_second_function_of_qwen_is_in_the_example() -> None:
    profile = PROFILES["qwen2.5-vl"]
    system, *_ = agent_prompt(profile).compose(example(agent_prompt(profile), None, abilities=ABILITIES["browser"]))
    assert f'"name": "{MORE}"' in str(system.content[0])


def test_the_hash_changes_with_how_places_are_asked_for() -> None:
    profile = PROFILES["jedi"]
    assert profile.grounder is not None
    other = replace(profile, grounder=replace(profile.grounder, sampling=SamplingRule()))
    assert digest(other) != digest(profile)
