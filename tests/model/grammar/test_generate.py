"""Models that are kept to rules: greedy, sampled, with guesses, many at once."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from PIL import Image, ImageDraw

from handeye.actions.grammar import Character, Literal, Repeat, Rule, choice, number, sequence
from handeye.model import load_model
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.engine.engine import Engine
from handeye.model.engine.runner import Runner, Turn
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Choices, Sampling
from handeye.model.errors import ContextTooLong, NonFiniteOutput
from handeye.model.grammar.compiled import Compiled
from handeye.model.grammar.matcher import Matcher
from handeye.model.grammar.vocabulary import Vocabulary
from handeye.model.pending import PendingReply
from handeye.model.runtime import Model
from tests.actions.rule_texts import matches
from tests.model.grammar.rules import CALL, CLICK, STEP, STRING

GO = [Message("user", ("click the first button",))]


@pytest.fixture(scope="module")
def tiny() -> Model:
    """The shipped model, which has learned to write steps."""
    return load_model("handeye-tiny", device="cpu")


def screen() -> list[Message]:
    image = Image.new("RGB", (336, 448), "white")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((0, 0, 320, 100), "yellow")
    drawing.rectangle((40, 200, 160, 250), "lightgrey", "grey")
    drawing.text((70, 215), "Click Me!", "black")
    task = "Task: Click the button.\nScreen 168x224:\n"
    return [Message("system", ("You operate a screen. Answer with one JSON step.",)), Message("user", (task, image))]


def step(*kinds: Rule) -> Rule:
    return sequence('{"thought": ', STRING, ', "action": {"type": "', choice(kinds), "}}")


POINT = sequence("[", number(0, 167), ", ", number(0, 223), "]")
TINY = step(sequence('click", "point": ', POINT), sequence('type", "text": ', STRING))
"""What handeye-tiny writes by itself."""
OTHER = step(sequence('long_press", "point": ', POINT, ', "seconds": ', number(1, 9)))
"""What it never wrote."""


def test_a_reply_that_fits_by_itself_stays_the_same(tiny: Model) -> None:
    plain = tiny.generate(screen(), max_new_tokens=80)
    kept = tiny.generate(screen(), max_new_tokens=80, grammar=TINY)
    assert matches(TINY, plain.text)
    assert (kept.text, kept.token_ids, kept.finish) == (plain.text, plain.token_ids, "stop")


def test_a_model_is_kept_to_what_it_never_wrote(tiny: Model) -> None:
    reply = tiny.generate(screen(), max_new_tokens=120, grammar=OTHER)
    assert reply.finish == "stop"
    assert matches(OTHER, reply.text)
    pieces: list[str] = []
    prefix = '{"thought": "Hold the button'
    led = tiny.generate(screen(), max_new_tokens=120, grammar=OTHER, prefix=prefix, on_text=pieces.append)
    assert led.text.startswith(prefix)
    assert matches(OTHER, "".join(pieces))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"temperature": 1.5, "seed": 3},
        {"temperature": 0.7, "seed": 2**40, "top_p": 0.9},
        {"frequency_penalty": 1.5, "repetition_penalty": 1.4},
    ],
)
@pytest.mark.parametrize("rule", [CLICK, CALL])
def test_a_network_of_random_weights_keeps_to_it(model: Model, rule: Rule, options: dict[str, float]) -> None:
    """Even with the least room that there can be; the same seed gives the same reply."""
    with pytest.raises(ValueError, match="max_new_tokens must be at least") as caught:
        model.generate(GO, max_new_tokens=3, grammar=rule)
    least = int(re.findall(r"\d+", str(caught.value))[0])
    for room in (least, least + 9):
        one, other = (
            model.generate(GO, max_new_tokens=room, grammar=rule, **options)  # type: ignore[arg-type]
            for _ in range(2)
        )
        assert (one.token_ids, one.finish) == (other.token_ids, other.finish)
        assert matches(rule, one.text)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_limit_that_ends_a_reply_is_told(model: Model, temperature: float) -> None:
    """The reply fits, and yet it is not what the model would have written."""
    text = sequence('"', Repeat(Character("abcdefghijklmnopqrstuvwxyz ")), '"')
    reply = model.generate(GO, max_new_tokens=12, grammar=text, temperature=temperature, seed=3)
    assert matches(text, reply.text) and len(reply.token_ids) == 12
    assert reply.finish == "length"
    free = sequence('"', Repeat(Character("abc"), 2, 2), '"')
    assert model.generate(GO, max_new_tokens=12, grammar=free, temperature=temperature, seed=3).finish == "stop"


def test_stop_strings_end_it_all_the_same(model: Model) -> None:
    reply = model.generate(GO, max_new_tokens=99, grammar=CLICK, stop=['", "point'])
    assert (reply.text, reply.finish) == ('{"type": "click', "stop")


@pytest.mark.parametrize("temperature", [0.0, 0.8])
@pytest.mark.parametrize("rule", [CLICK, STEP])
def test_guesses_change_no_reply(checkpoint: Checkpoint, rule: Rule, temperature: float) -> None:
    replies = [
        Model(checkpoint, Engine(checkpoint.network, checkpoint.tokenizer.size, guess=guess)).generate(
            GO, max_new_tokens=200, temperature=temperature, seed=5, grammar=rule
        )
        for guess in (True, False)
    ]
    assert replies[0].token_ids == replies[1].token_ids
    assert replies[1].guessed_tokens == 0


def test_what_must_come_is_guessed(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that writes as is usual needs a few passes, and the guesses count."""
    passes: list[int] = []
    run = Runner.run

    def count(self: Runner, turns: Sequence[Turn]) -> torch.Tensor:
        passes.append(len(turns))
        return run(self, turns)

    monkeypatch.setattr(Runner, "run", count)
    text = '{"type": "click", "point": [960, 540]}'
    tokens = [*checkpoint.tokenizer.encode(text), max(checkpoint.closing)]
    pending = PendingReply(checkpoint, GO, Sampling(), max_new_tokens=99, grammar=CLICK)
    masked = pending.request.choose
    assert isinstance(masked, Masked)
    masked.choose = lambda logits: tokens[len(pending.request.tokens)]
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size)
    engine.submit(pending.request)
    while engine.step():
        pass
    pending.complete()
    assert pending.text == text
    assert len(passes) + pending.request.guessed == len(tokens) + 1  # the last one ended with a guess
    assert len(passes) < len(tokens) / 2


def test_many_at_once_some_of_them_free(checkpoint: Checkpoint) -> None:
    asked: list[tuple[Rule | None, Sampling]] = [
        (CLICK, Sampling()),
        (None, Sampling()),
        (STEP, Sampling(temperature=1.0, seed=1)),
        (None, Sampling(temperature=1.0, seed=2)),
        (CALL, Sampling(frequency_penalty=0.5)),
    ]
    alone, together = [], []
    for at_once in (False, True):
        engine = Engine(checkpoint.network, checkpoint.tokenizer.size)
        for rule, sampling in asked:
            pending = PendingReply(checkpoint, GO, sampling, max_new_tokens=150, grammar=rule)
            engine.submit(pending.request)
            (together if at_once else alone).append(pending)
            while not at_once and engine.step():
                pass
        while engine.step():
            pass
    for one, other, (rule, _) in zip(alone, together, asked, strict=True):
        one.complete()
        other.complete()
        assert one.request.tokens == other.request.tokens
        assert rule is None or matches(rule, other.text)


def test_the_same_rule_is_compiled_once(model: Model, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Rule] = []
    make = Compiled.__init__

    def count(self: Compiled, rule: Rule, vocabulary: Vocabulary) -> None:
        compiled.append(rule)
        make(self, rule, vocabulary)

    monkeypatch.setattr(Compiled, "__init__", count)
    for _ in range(2):
        model.generate(GO, max_new_tokens=20, grammar=sequence("ab", number(3, 4)))
        model.seeing(3136, 100_000).generate(GO, max_new_tokens=20, grammar=sequence("ab", number(3, 4)))
    assert len(compiled) == 1


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        (
            {"grammar": CLICK, "prefix": "Sure"},
            ValueError,
            "no text that fits the grammar begins with the prefix 'Sure'",
        ),
        ({"grammar": choice([])}, ValueError, "no text fits the grammar"),
        ({"grammar": Repeat(Character("a"), 0, 10**6)}, ValueError, "more than 50,000 states"),
    ],
)
def test_what_cannot_be_kept_is_said_before_anything_runs(
    model: Model, options: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        model.generate(GO, **options)  # type: ignore[arg-type]


def test_a_context_without_room_for_it(checkpoint: Checkpoint) -> None:
    short = PendingReply(checkpoint, GO, Sampling(), max_new_tokens=200)
    context = len(short.prompt) + 10
    assert PendingReply(checkpoint, GO, Sampling(), max_new_tokens=200, context=context).request.room == 10
    with pytest.raises(ContextTooLong, match="leaves room for 10, but the grammar needs"):
        PendingReply(checkpoint, GO, Sampling(), max_new_tokens=200, context=context, grammar=STEP)


def test_a_model_that_ends_no_reply(checkpoint: Checkpoint) -> None:
    endless = Model(replace(checkpoint, closing=frozenset()))
    with pytest.raises(ValueError, match="no token that ends a reply"):
        endless.generate(GO, grammar=CLICK)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("place", [0, 1])
def test_broken_numbers_are_told_wherever_they_are(temperature: float, value: float, place: int) -> None:
    matcher = Matcher(Compiled(Literal("a"), Vocabulary([b"a", b"b", b""], frozenset({2}))))
    logits = torch.zeros(1, 3)
    logits[0, place] = value  # of the token that is allowed, or of one that is not
    masked = Masked(Sampling(temperature=temperature, seed=0).chooser(), matcher, 9)
    with pytest.raises(NonFiniteOutput):
        Choices(logits).take(0, masked)
    assert Choices(torch.zeros(1, 3)).take(0, masked) == 0
