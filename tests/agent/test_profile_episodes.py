"""Episodes of a real model under every profile, on every kind of screen.

The model is small and has random weights. It reads each prompt for real; what it says by itself is junk. So its replies
are written for it as the profile's dialect writes them, and must do on the screen what they say.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.decision import SeenImage
from handeye.agent.episode import Episode
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.prompts.catalog import PROFILES, agent_prompt, find_profile
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.profile import FACTOR, CheckpointProfile, Pixels
from handeye.model.conversation.messages import Message, images
from handeye.model.runtime import Model
from tests.agent.form import PHONE, Form
from tests.agent.puppet import Asked, Puppet
from tests.agent.script import Script

Length = Callable[[Sequence[Message]], int]

AGENTS = [name for name, profile in PROFILES.items() if profile.agent is not None]
QUICK = "ui-tars-1.5"
"""The profile that is not left to the slow tests: it has several turns, images, and tokens around places."""
ALONE = ("gui-owl",)
"""The profiles that show a phone's newest screenshot alone, and several of a computer's."""


def tokens(size: Size, factor: int = FACTOR) -> int:
    return size.width * size.height // factor**2


def require_prompts(
    profile: CheckpointProfile,
    episode: Episode,
    asked: Sequence[Asked],
    length: Length,
) -> None:
    """Check that each prompt has the images and the tokens that the profile says."""
    # Qwen2.5-VL's network stands in for all of them.
    resize = replace(profile.pixels or Pixels(), factor=FACTOR).resize
    alone = profile.name in ALONE and episode.steps[0].observation.size == PHONE
    most = 1 if alone else agent_prompt(profile).history.images
    assert len(asked) == len(episode.steps)
    for number, (step, each) in enumerate(zip(episode.steps, asked, strict=True)):
        seen = resize(step.observation.size)
        assert step.decision.image == SeenImage(seen, tokens(seen, profile.factor))
        shown = episode.steps[max(0, number + 1 - most) : number + 1]
        pictures = list(images(each.messages))
        assert [each.tobytes() for each in pictures] == [each.observation.image.tobytes() for each in shown]
        assert each.answer.visual_tokens == sum(tokens(resize(Size(*picture.size))) for picture in pictures)
        assert each.answer.prompt_tokens == each.answer.visual_tokens + length(each.messages)
        count = step.decision.tokens
        assert count is not None
        assert (count.prompt, count.generated) == (each.answer.prompt_tokens, each.answer.generated_tokens)
        sampling = asdict(profile.sampling)
        sampling["max_new_tokens"] = sampling.pop("max_tokens")
        assert {name: each.options[name] for name in sampling} == sampling


def play(form: Form, name: str, random_model: Model, length: Length, folder: Path) -> None:
    profile = find_profile(name)
    family = agent_prompt(profile).dialects
    script = Script(family.phone if form.screen == PHONE else family.computer, form.screen, form.moves)
    puppet = Puppet(random_model, script.say)
    policy = QwenPolicy(cast(Model, puppet), profile=name, seed=1)
    episode = run_episode("Fill in the form.", form.environment, policy, limits=Limits(len(script)), journal=folder)

    assert episode.stop in (StopReason.SUCCESS, StopReason.ANSWERED), episode.message
    *acted, last = [step.decision.actions for step in episode.steps]
    assert acted == script.meant[:-1]
    assert [action.type for action in last] == [action.type for action in script.meant[-1]]
    junk, *others = episode.steps
    assert junk.decision.problem is not None and junk.decision.text == puppet.asked[0].answer.text
    assert all(outcome.status == "executed" for step in others for outcome in step.outcomes)
    told = form.filled_in()
    if form.clicks:
        meant = [action.point for actions in script.meant for action in actions if isinstance(action, Click)]
        assert [Point(*each) for each in told["clicks"]] == meant

    require_prompts(profile, episode, puppet.asked, length)
    kept = read_trajectory(folder)
    assert (kept.meta.profile, kept.meta.profile_hash) == (name, digest(profile))
    assert kept.steps == episode.steps


def released(profile: CheckpointProfile) -> str:
    """Return the name of a checkpoint of the profile."""
    return profile.models[0].rpartition("/")[2] if profile.models else profile.name


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in AGENTS if name != "planner"])  # which no checkpoint asks for
def test_junk_is_a_problem_until_a_limit(name: str, browser: Form, checkpoint_named: Callable[[str], Path]) -> None:
    policy = QwenPolicy(checkpoint_named(released(find_profile(name))), device="cpu", max_new_tokens=5, seed=1)
    assert policy.profile_id.name == name
    episode = run_episode("Fill in the form.", browser.environment, policy, limits=Limits(problems=2))
    assert (episode.stop, len(episode.steps)) == (StopReason.PROBLEM_LIMIT, 2)
    for step in episode.steps:
        assert step.decision.problem is not None and step.decision.actions == ()
        assert [outcome.status for outcome in step.outcomes] == ["problem"]
    assert browser.told() == {"text": "", "pressed": [], "clicks": []}


@pytest.mark.parametrize(
    "name", [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in AGENTS]
)
@pytest.mark.slow
def test_in_a_browser(name: str, browser: Form, random_model: Model, length: Length, tmp_path: Path) -> None:
    play(browser, name, random_model, length, tmp_path / "episode")


@pytest.mark.slow
@pytest.mark.parametrize("name", AGENTS)
def test_on_a_desktop(name: str, desktop: Form, random_model: Model, length: Length, tmp_path: Path) -> None:
    play(desktop, name, random_model, length, tmp_path / "episode")


@pytest.mark.slow
@pytest.mark.parametrize("name", AGENTS)
def test_on_a_phone(name: str, phone: Form, random_model: Model, length: Length, tmp_path: Path) -> None:
    play(phone, name, random_model, length, tmp_path / "episode")
