"""A model that fails in each way, tried from end to end: which finding shows it, and what it says to do."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.agent.examine.examination import failed, findings, try_model
from handeye.agent.examine.subject import Subject
from handeye.agent.prompts.catalog import UnknownProfile, find_profile
from handeye.agent.servers.errors import BrokenReply, ServerFailed
from handeye.environments.doctor.finding import Finding, Status
from handeye.model.conversation.messages import Message
from handeye.model.errors import NonFiniteOutput, OutOfMemory

Serve = Callable[..., Any]
Found = dict[str, Finding]


def tried(model: Any, order: int = 0) -> Found:
    return {each.what: each for each in findings(model, model.profile, random.Random(order), model.clock)}


def faults(found: Found) -> dict[str, str]:
    """Return what is wrong, with the details."""
    assert [*found] == ["words", "sight", "size of images", "reading", "points", "speed"]
    assert all(each.fix for each in found.values() if each.status is Status.MISSING)
    return {what: each.detail for what, each in found.items() if each.status is not Status.OK}


@pytest.mark.parametrize("profile", ["qwen2.5-vl", "gta1", "ui-tars-1.5", "fara", "ui-venus-navi"])
def test_a_model_that_works(profile: str, seer: Any) -> None:
    found = tried(seer(profile=find_profile(profile)))
    wrong = faults(found)
    if profile == "ui-venus-navi":  # its makers show it small images
        assert "small text is blurred" in wrong.pop("size of images")
    assert wrong == {}
    assert found["words"].detail == "3 of 3 plain questions answered"
    assert found["sight"].detail == "4 of 4 colours named"
    assert found["points"].detail.startswith("8 of 8 targets hit")
    assert found["speed"].detail == (
        "0.5 s to the first token of a reply to a screenshot of 1920x1080 pixels, then 50.0 tokens a second"
    )


@pytest.mark.parametrize("number", [0, 2, 3, 6, 9, 12, 13, 20])
def test_one_wrong_answer_anywhere_is_no_fault(number: int, seer: Any) -> None:
    assert faults(tried(seer(says=lambda text, asked: "(7, 7)" if asked == number else text))) == {}


def test_a_blind_model(seer: Any) -> None:
    for order in range(4):
        found = tried(seer(sees=lambda colour: None), order)
        wrong = faults(found)
        assert "it does not see images: it says 'red' to every colour" in wrong["sight"]
        assert "adds 0" in wrong["size of images"]
        assert "the same for every target" in wrong["points"]
        assert found["sight"].fix == found["points"].fix


def test_a_model_to_which_everything_is_one_colour(seer: Any) -> None:
    wrong = faults(tried(seer(sees=lambda colour: "blue")))
    assert [*wrong] == ["sight"] and "it finds what is drawn, but names 1 of 4 colours" in wrong["sight"]
    wrong = faults(tried(seer(sees=lambda colour: "blue", hand=lambda x, y, size: (40, 40))))
    assert [*wrong] == ["sight", "points"] and "it does not see images" in wrong["sight"]


def test_swapped_channels(seer: Any) -> None:
    swapped = {"red": "blue", "blue": "red", "yellow": "another"}
    wrong = faults(tried(seer(sees=lambda colour: swapped.get(colour, colour))))
    assert [*wrong] == ["sight"] and "takes red for blue" in wrong["sight"]


def test_images_that_are_rescaled(seer: Any) -> None:
    found = tried(seer(scale=0.75, hand=lambda x, y, size: (int(0.75 * x), int(0.75 * y))))
    wrong = faults(found)
    assert [*wrong] == ["size of images", "points"]
    assert "adds 1,508" in wrong["size of images"]
    assert "1.33 times too small: images are rescaled to 0.75" in wrong["points"]
    assert found["points"].fix == found["size of images"].fix


def test_a_scale_though_images_are_whole_is_the_profiles_fault(seer: Any) -> None:
    found = tried(seer(hand=lambda x, y, size: (int(0.75 * x), int(0.75 * y))))
    wrong = faults(found)
    assert [*wrong] == ["points"] and "qwen2.5-vl reads another unit" in wrong["points"]
    assert "--profile NAME" in found["points"].fix


@pytest.mark.parametrize(
    ("hand", "detail"),
    [
        (lambda x, y, size: (y, x), "points are y before x"),
        (lambda x, y, size: (x * 1000 // size.width, y * 1000 // size.height), "points are thousandths of the image"),
        (lambda x, y, size: (x / size.width, y / size.height), "points are parts from 0 to 1 of the image"),
        (lambda x, y, size: (x + 70, y + 50), "points are shifted by (+70, +50) pixels"),
    ],
)
@pytest.mark.parametrize("profile", ["qwen2.5-vl", "gta1"])
def test_points_in_another_form(hand: Any, detail: str, profile: str, seer: Any) -> None:
    wrong = faults(tried(seer(hand=hand, profile=find_profile(profile))))
    assert [*wrong] == ["points"] and detail in wrong["points"]


def test_an_agent_that_does_not_point_otherwise(seer: Any) -> None:
    model = seer(profile=find_profile("fara"), hand=lambda x, y, size: (int(0.5 * x), int(0.5 * y)))
    wrong = faults(tried(model))
    assert [*wrong] == ["points"] and "2.00 times too small" in wrong["points"]
    assert any("Click the red button." in str(messages) for messages in model.asked)


def test_a_model_that_only_acts_is_not_blind(seer: Any) -> None:
    def says(text: str, number: int) -> str:
        return "(12, 12)" if number < 7 else text

    found = tried(seer(profile=find_profile("gta1"), says=says))
    assert faults(found) == {}
    assert "trained to act" in found["words"].detail and "names no colours" in found["sight"].detail


def test_garbage(seer: Any) -> None:
    found = tried(seer(says=lambda text, number: "!" * 24))
    wrong = faults(found)
    assert [*wrong] == ["words", "sight", "reading", "points"]
    assert "writes no language but '!!!" in wrong["words"] and "images break it" in wrong["sight"]
    assert found["points"].fix == found["words"].fix


def test_garbage_only_where_there_are_images(seer: Any) -> None:
    wrong = faults(tried(seer(says=lambda text, number: text if number < 3 else "!" * 24)))
    assert [*wrong] == ["sight", "reading", "points"] and "images break it" in wrong["sight"]


def test_a_slow_model(seer: Any) -> None:
    wrong = faults(tried(seer(first=40.0, each=1.5)))
    assert [*wrong] == ["speed"] and "a step takes about 190 s" in wrong["speed"]


def test_a_model_that_does_not_count(seer: Any) -> None:
    found = tried(seer(counts=False))
    assert [*faults(found)] == ["size of images"]
    assert "cannot be checked" in found["size of images"].detail


def test_a_planner_has_no_points(seer: Any) -> None:
    model = seer()
    found = {each.what: each for each in findings(model, find_profile("planner"), random.Random(0), model.clock)}
    assert found["points"].status is Status.WARNING and "try its grounder" in found["points"].detail


def test_an_error_is_a_finding_and_the_rest_is_tried(seer: Any) -> None:
    def says(text: str, number: int) -> str:
        if number == 3:
            raise NonFiniteOutput("the model has no answer: get another copy")
        return text

    found = tried(seer(says=says))
    (wrong,) = [each for each in found.values() if each.status is not Status.OK]
    assert (wrong.what, wrong.detail, wrong.fix) == ("sight", "the model has no answer", "get another copy")


def test_a_server_that_is_gone_is_asked_no_more(seer: Any) -> None:
    def says(text: str, number: int) -> str:
        raise ServerFailed("it fails: look into its log")

    model = seer(says=says)
    with pytest.raises(ServerFailed):
        tried(model)
    assert len(model.asked) == 1


def test_an_error_is_taken_apart_at_the_colon_outside_of_brackets() -> None:
    error = ServerFailed("the server at localhost:8000 fails (500: no memory): look into its log")
    assert failed("x", error)[2:] == ("the server at localhost:8000 fails (500: no memory)", "look into its log")
    assert failed("x", BrokenReply("it stopped"))[2:] == ("it stopped", "")


def test_a_profile_that_does_not_exist_is_a_wrong_use() -> None:
    with pytest.raises(UnknownProfile):
        [*try_model(Subject("handeye-tiny", profile="no-such"))]


def test_a_model_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, **options: str) -> None:
        raise OutOfMemory("it needs 33.2 GB, and cpu has 16.0 GB: use dtype bfloat16")

    monkeypatch.setattr("handeye.model.runtime.load_model", load)
    (found,) = try_model(Subject("Qwen/Qwen2.5-VL-7B-Instruct"))
    assert found == ("model", Status.MISSING, "it needs 33.2 GB, and cpu has 16.0 GB", "use dtype bfloat16")


def served(serve: Serve, words: Any, model: Any, owner: str) -> Found:
    """Try a model behind a real server."""

    def act(answer: Any) -> None:
        pictures = iter(words.images_of(answer.body))
        messages = []
        for turn in answer.body["messages"]:
            parts = (
                turn["content"] if isinstance(turn["content"], list) else [{"type": "text", "text": turn["content"]}]
            )
            content = [part["text"] if part["type"] == "text" else next(pictures).convert("RGB") for part in parts]
            messages.append(Message(turn["role"], tuple(content)))
        said = model.generate(messages, max_new_tokens=answer.body["max_tokens"])
        words.says(said.text, words.piece("", "stop"), words.usage(said.prompt_tokens, said.generated_tokens))(answer)

    stage = serve(act, models={"data": [{"id": "qwen2.5-vl-7b", "owned_by": owner}]})
    return {each.what: each for each in try_model(Subject(server=stage.url))}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "advice"),
    [("llamacpp", "--mmproj"), ("vllm", "--language-model-only"), ("library", "ollama show"), ("x", "on the way")],
)
def test_a_server_that_drops_images(owner: str, advice: str, serve: Serve, words: Any, seer: Any) -> None:
    found = served(serve, words, seer(sees=lambda colour: None), owner)
    assert found["model"].detail.startswith("qwen2.5-vl-7b at 127.0.0.1:")
    assert found["words"].status is Status.OK
    assert found["sight"].status is Status.MISSING and advice in found["sight"].fix
    assert "does not see images" in found["sight"].detail and "does not see images" in found["size of images"].detail
    assert found["points"].status is Status.MISSING and advice in found["points"].fix


@pytest.mark.slow
def test_a_server_that_works(serve: Serve, words: Any, seer: Any) -> None:
    found = served(serve, words, seer(), "vllm")
    assert [each for each in found.values() if each.status is not Status.OK] == []


@pytest.mark.slow
def test_a_server_that_shrinks_images(serve: Serve, words: Any, seer: Any) -> None:
    shrunk = seer(scale=0.75, hand=lambda x, y, size: (int(0.75 * x), int(0.75 * y)))
    found = served(serve, words, shrunk, "llamacpp")
    wrong = {what: each for what, each in found.items() if each.status is not Status.OK}
    assert [*wrong] == ["size of images", "points"]
    assert "instead of 2,691" in wrong["size of images"].detail
    assert "1.33 times too small: images are rescaled to 0.75" in wrong["points"].detail
    assert all("--image-max-tokens 2691" in each.fix for each in wrong.values())


def test_a_server_that_is_not_there(serve: Serve, words: Any) -> None:
    (found,) = try_model(Subject(server="http://127.0.0.1:9"))
    assert (found.what, found.status) == ("model", Status.MISSING)
    assert found.fix.startswith("start it, or check the address")


def test_the_size_at_which_a_screenshot_is_seen_is_the_profiles(seer: Any) -> None:
    model = seer(profile=find_profile("holo1"))
    found = tried(model)
    assert "seen at 1316x728" in found["size of images"].detail
    assert model.image_size(Size(1920, 1080)) == Size(1932, 1092)
