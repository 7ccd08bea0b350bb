"""Places that a real model is asked for under every profile that points.

The model is small and has random weights: it reads each prompt for real, and its answers are written for it.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL.Image import Image
from typer.testing import CliRunner

from handeye.actions.geometry import Frame, Point, Size
from handeye.agent.cli.app import app
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.planner import PlannerPolicy
from handeye.agent.prompts.catalog import PROFILES, choose_profile, find_profile, grounder_prompt
from handeye.agent.prompts.profile import FACTOR, CheckpointProfile, Pixels
from handeye.model.conversation.messages import images
from handeye.model.errors import UnreadableAnswer
from handeye.model.runtime import Model
from tests.agent.form import Form
from tests.agent.puppet import Puppet
from tests.agent.script import TEXT, Target, named, placing

GROUNDERS = [name for name, profile in PROFILES.items() if profile.grounder is not None]
PHRASE = "the red button"

pytestmark = pytest.mark.slow


def seen_by(profile: CheckpointProfile, screen: Size) -> Size:
    """Return the size at which Qwen2.5-VL's network sees a screenshot, which stands in for all of them."""
    return replace(profile.pixels or Pixels(), factor=FACTOR).resize(screen)


@pytest.fixture(scope="module")
def shown(browser: Form) -> tuple[Image, Point]:
    """A screenshot of the form, and the middle pixel of its red button."""
    image = browser.environment.reset().image
    target = browser.moves[-1]
    assert isinstance(target, Target)
    return image, target.find()


@pytest.mark.parametrize("name", GROUNDERS)
def test_a_place_is_found(
    name: str, random_model: Model, shown: tuple[Image, Point], length: Callable[..., int]
) -> None:
    image, target = shown
    screen = Size(*image.size)
    profile = find_profile(name)
    prompt = grounder_prompt(profile)
    puppet = Puppet(random_model, placing(prompt.answer, screen, lambda: target))
    place = Grounder(puppet, profile).find(image, PHRASE)
    seen = seen_by(profile, screen)
    assert place.point == named(prompt.answer, place.text, target, seen, screen)
    assert (place.profile, place.target) == (name, PHRASE)
    (asked,) = puppet.asked
    (picture,) = images(asked.messages)
    assert picture.tobytes() == image.tobytes()
    assert asked.options["prefix"] == prompt.answer.prefix
    assert asked.answer.visual_tokens == seen.width * seen.height // FACTOR**2
    assert asked.answer.prompt_tokens == asked.answer.visual_tokens + length(asked.messages, prompt.answer.prefix)
    assert place.tokens.prompt == asked.answer.prompt_tokens


@pytest.mark.parametrize("name", GROUNDERS)
def test_junk_is_no_place_or_one_by_chance(name: str, random_model: Model, shown: tuple[Image, Point]) -> None:
    profile = find_profile(name)
    short = replace(profile, sampling=replace(profile.sampling, max_tokens=5))
    try:
        place = Grounder(random_model, short).find(shown[0], PHRASE)
    except NotFound as error:
        assert "did not find 'the red button'" in str(error)
    else:
        assert Frame("screenshot", Size(*shown[0].size)).contains(place.point)


@pytest.mark.parametrize("name", GROUNDERS)
def test_the_command(
    name: str,
    checkpoint_named: Callable[[str], Path],
    random_model: Model,
    shown: tuple[Image, Point],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image, target = shown
    screen = Size(*image.size)
    image.save(tmp_path / "screen.png")
    profile = find_profile(name)
    folder = checkpoint_named(profile.models[0].rpartition("/")[2])
    assert choose_profile(str(folder)).profile is profile

    def ground() -> Any:
        command = ["ground", str(tmp_path / "screen.png"), PHRASE, "--model", str(folder), "--device", "cpu"]
        return CliRunner().invoke(app, command)

    done = ground()
    junk = (done.exit_code, done.output) == (1, "") or isinstance(done.exception, UnreadableAnswer)
    assert junk or (done.exit_code == 0 and re.fullmatch(r"(\[[\d, ]+\]\n)+", done.output)), done.output

    puppet = Puppet(random_model, placing(grounder_prompt(profile).answer, screen, lambda: target), name=folder.name)
    monkeypatch.setattr("handeye.model.runtime.load_model", lambda *arguments, **options: puppet)
    done = ground()
    answer = grounder_prompt(profile).answer
    seen = seen_by(profile, screen)
    written = placing(answer, screen, lambda: target)(lambda _: seen)
    assert (done.exit_code, done.output) == (0, f"{named(answer, written, target, seen, screen)}\n")


def plan(form: Form) -> tuple[list[str], dict[str, Callable[[], Point]]]:
    """Return the replies of a planner that fills in a form, and where its targets are."""
    places: dict[str, Callable[[], Point]] = {}
    actions: list[dict[str, Any]] = []
    for number, move in enumerate(form.moves):
        if isinstance(move, Target):
            places[f"target {number}"] = move.find
            actions.append({"type": "click", "target": f"target {number}"})
        else:
            actions.append({"type": "type", "text": TEXT})
    actions.append({"type": "terminate", "status": "success"})
    return [json.dumps({"thought": "Because.", "action": action}) for action in actions], places


def play(form: Form, name: str, model: Model, folder: Path) -> None:
    profile = find_profile(name)
    replies, places = plan(form)
    targets = iter(places)
    said = iter(replies)
    planner = Puppet(model, lambda resize: next(said))
    answer = grounder_prompt(profile).answer
    finder = Puppet(model, placing(answer, form.screen, lambda: places[next(targets)]()))
    policy = PlannerPolicy(planner, Grounder(finder, profile))
    episode = run_episode("Fill in.", form.environment, policy, limits=Limits(len(replies)), journal=folder)
    assert episode.stop is StopReason.SUCCESS, episode.message
    assert all(outcome.status == "executed" for step in episode.steps for outcome in step.outcomes)
    form.filled_in()
    found = [place for step in episode.steps for place in step.decision.places]
    assert [place.target for place in found] == list(places)
    for place, asked in zip(found, finder.asked, strict=True):
        assert place.target in text_of(asked.messages)
    kept = read_trajectory(folder)
    assert kept.steps == episode.steps
    assert kept.meta.profile == "planner" and {place.profile for place in found} == {name}


def text_of(messages: Sequence[Any]) -> str:
    return "".join(part for message in messages for part in message.content if isinstance(part, str))


def test_a_planner_in_a_browser(browser: Form, random_model: Model, tmp_path: Path) -> None:
    play(browser, "gta1", random_model, tmp_path / "episode")


def test_a_planner_on_a_phone(phone: Form, random_model: Model, tmp_path: Path) -> None:
    play(phone, "ui-venus-ground", random_model, tmp_path / "episode")
