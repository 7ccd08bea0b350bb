"""Replies that are kept to a grammar: compiling it, masks of tokens, the time that it adds, the passes that it saves.

    OMP_NUM_THREADS=1 python benchmarks/grammar.py
    OMP_NUM_THREADS=1 python benchmarks/grammar.py --tokenizer checkpoints/Qwen2.5-VL-3B-Instruct

Prints for each grammar the milliseconds that compiling takes, those of the masks of a usual reply when a state is first
met and the microseconds afterwards, the least tokens that a reply may have, and the tokens of that reply for each
forward pass when what must come is guessed. Then the time of choosing a token, and what a grammar adds to it, as a
share of a step of 20 ms, and of handeye-tiny's step; with and without a grammar alternate. If the likeliest token is
not allowed, another one has to be found.

Last, the rules of the dialects for each sort of screen: compiling them, the states that a click and a text need, and
the time of the mask of one of their tokens, each also as a share of a token's step of Qwen2.5-VL-3B on a CPU, and of
one of 4 ms on a GPU: the mean when the rule is new, and the median when the same replies come again.

Compiling and new masks are counted in the time of the core, to which other programs add little.

The vocabulary is that of a folder, or of Qwen2.5-VL in the cache of the hub. Without either, one of its size and making
is trained on the source of Python's standard library, which takes a while.
"""

import argparse
import gc
import statistics
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import constrained
import tokenizers
import torch
from huggingface_hub import try_to_load_from_cache
from PIL import Image, ImageDraw
from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, trainers

from handeye.actions.dialects.dialect import Inexpressible
from handeye.actions.geometry import Point
from handeye.actions.grammar import Character, Repeat, Rule, Without, choice, number, sequence
from handeye.actions.schema import AnyAction, Click, Type
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.engine.draft import Draft
from handeye.model.engine.engine import Engine
from handeye.model.engine.sampling.choices import Choices
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.grammar.compiled import Compiled
from handeye.model.grammar.matcher import Matcher
from handeye.model.grammar.vocabulary import Vocabulary
from handeye.model.runtime import Model

RELEASED = "Qwen/Qwen2.5-VL-3B-Instruct"
SIZE = 151_643
"""Tokens of bytes in Qwen's vocabulary."""
STEP = 0.02
"""Seconds of a decode step of a large model."""
CPU_STEP = 0.4
"""Seconds of a token of Qwen2.5-VL-3B in bfloat16 on two cores; see `benchmarks/results/cpu_large.txt`."""
GPU_STEP = 0.004
"""Those of a token on a fast GPU."""
CPU = torch.device("cpu")
Result = TypeVar("Result")
Clock = Callable[[], float]
"""Returns seconds."""
_CUT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

_PART = choice([Character(but='"\\\n\t'), sequence("\\", Character('"\\/bfnrt'))])
_STRING = sequence('"', Repeat(_PART), '"')
_KEYS = choice([f"{name}{count}" for name in ("ctrl+", "F", "page_", "media-", "numpad ") for count in range(40)])
_CLICK = sequence('{"type": "click", "point": [', number(0, 1919), ", ", number(0, 1079), "]}")
_PRESS = sequence('{"type": "press", "keys": [', sequence('"', _KEYS, '"'), "]}")
_TYPE = sequence('{"type": "type", "text": ', _STRING, "}")
_ACTION = choice([_CLICK, _PRESS, _TYPE])


class Case(NamedTuple):
    """A grammar, and a usual reply."""

    name: str
    rule: Rule
    reply: str


CASES = (
    Case("a click", _CLICK, '{"type": "click", "point": [842, 611]}'),
    Case("one of 200 keys", _PRESS, '{"type": "press", "keys": ["ctrl+12"]}'),
    Case("a text", _TYPE, '{"type": "type", "text": "Lisbon, \\"two\\" adults"}'),
    Case(
        "thought and action",
        sequence('{"thought": ', _STRING, ', "action": ', _ACTION, "}"),
        '{"thought": "The dialog asks to confirm; OK is at the lower right.", '
        '"action": {"type": "click", "point": [842, 611]}}',
    ),
    Case(
        "a call after a thought",
        sequence(Without(("<tool_call>",)), "<tool_call>\n", _ACTION, "\n</tool_call>"),
        'The dialog asks to confirm.\n<tool_call>\n{"type": "click", "point": [842, 611]}\n</tool_call>',
    ),
)
_TINY = sequence(
    '{"thought": ',
    _STRING,
    ', "action": {"type": "',
    choice(
        [
            sequence('click", "point": [', number(0, 167), ", ", number(0, 223), "]"),
            sequence('type", "text": ', _STRING),
        ]
    ),
    "}}",
)
"""What handeye-tiny writes by itself."""


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokenizer", type=Path, help="folder of a checkpoint whose vocabulary is used")
    parser.add_argument("--size", type=int, default=SIZE, help="tokens of the vocabulary that is trained otherwise")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    tokenizer, where = find(options.tokenizer, options.size)
    closing = frozenset({tokenizer.id("<|endoftext|>"), tokenizer.id("<|im_end|>")})
    seconds, vocabulary = timed(lambda: Vocabulary(tokenizer.written(), closing, tokenizer.encode))
    print(f"{where}: {tokenizer.size:,} tokens, arranged in {seconds:.2f} s; torch {torch.__version__}\n")
    print(f"{'':24}{'compiled':>10}{'masks: median':>15}{'slowest':>10}{'cached':>10}{'least':>7}{'a pass':>8}")
    for case in CASES:
        print(row(case, vocabulary, tokenizer))
    print(f"\nadded to the choice of a token, median of {options.runs} replies of {CASES[3].name}")
    greedy, sampled = Sampling(), Sampling(temperature=1.0, seed=0)
    for name, sampling, allowed in (
        ("greedy", greedy, True),
        ("greedy, not allowed", greedy, False),
        ("sampled", sampled, True),
    ):
        without, added = choosing(CASES[3], vocabulary, tokenizer, sampling, options.runs, allowed=allowed)
        share = f"{added / STEP:8.2%} of a step of {STEP * 1e3:.0f} ms"
        print(f"{name:24}{without * 1e6:7.1f} us{added * 1e6:+7.1f} us{share}")
    step, without, added = tiny(options.runs)
    share = f"{added / step:8.2%} of its step of {step * 1e3:.2f} ms"
    print(f"{'greedy, handeye-tiny':24}{without * 1e6:7.1f} us{added * 1e6:+7.1f} us{share}")
    print("\nthe rules of the dialects, for a click and a text: time of a token's mask")
    shares = f"{f'of {CPU_STEP * 1e3:.0f} ms':>10}{f'of {GPU_STEP * 1e3:.0f} ms':>9}"
    print(f"{'':34}{'compiled':>10}{'states':>8}{'new':>11}{shares}{'again':>10}{shares}")
    for case in constrained.cases():
        print(of_dialect(case, vocabulary, tokenizer))


def find(folder: Path | None, size: int) -> tuple[Tokenizer, str]:
    """Return a vocabulary, and where it is from."""
    if folder is not None:
        return Tokenizer.from_folder(folder), str(folder)
    cached = try_to_load_from_cache(RELEASED, "tokenizer.json")
    if isinstance(cached, str):
        return Tokenizer.from_folder(Path(cached).parent), RELEASED
    return trained(size), "trained on the standard library, as Qwen's is not here"


def trained(size: int) -> Tokenizer:
    """Train a vocabulary of Qwen's making."""
    library = tokenizers.Tokenizer(models.BPE())
    cut = pre_tokenizers.Split(Regex(_CUT), "isolated")
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    library.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=128,
        show_progress=False,
    )
    folder = Path(sysconfig.get_paths()["stdlib"])
    sources = sorted(path for path in folder.rglob("*.py") if "site-packages" not in path.parts)
    library.train_from_iterator((path.read_text(errors="replace") for path in sources), trainer)
    library.add_special_tokens(
        [AddedToken(name, special=True) for name in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")]
    )
    return Tokenizer(library)


def row(case: Case, vocabulary: Vocabulary, tokenizer: Tokenizer) -> str:
    """Return the figures of a grammar, along its reply."""
    gc.collect()
    compiling, compiled = timed(lambda: Compiled(case.rule, vocabulary), time.thread_time)
    tokens = tokenizer.encode(case.reply)
    first = list(met(Matcher(compiled), tokens, time.thread_time))
    again = list(met(Matcher(compiled), tokens))
    new = [seconds for seconds in first if seconds > 1e-4] or first  # the others were met earlier in the reply
    return (
        f"{case.name:24}{compiling * 1e3:7.1f} ms{statistics.median(new) * 1e3:12.1f} ms{max(new) * 1e3:7.1f} ms"
        f"{statistics.median(again) * 1e6:7.1f} us{Matcher(compiled).least:7}{a_pass(compiled, case, tokenizer):8.2f}"
    )


def of_dialect(case: constrained.Case, vocabulary: Vocabulary, tokenizer: Tokenizer) -> str:
    """Return the figures of the rule of a dialect, along the replies that it writes."""
    replies = [tokenizer.encode(reply) for reply in usual(case)]
    gc.collect()  # what other rules left behind is no cost of this one
    compiling, compiled = timed(lambda: Compiled(case.rule, vocabulary), time.thread_time)
    new = statistics.mean(each for reply in replies for each in met(Matcher(compiled), reply, time.thread_time))
    again = statistics.median(each for reply in replies for each in met(Matcher(compiled), reply))
    return (
        f"{f'{case.dialect.name}, {case.screen}':34}{compiling * 1e3:7.0f} ms{len(compiled):8,}"
        f"{new * 1e6:8,.0f} us{new / CPU_STEP:10.4%}{new / GPU_STEP:9.2%}"
        f"{again * 1e6:7.1f} us{again / CPU_STEP:10.4%}{again / GPU_STEP:9.2%}"
    )


def usual(case: constrained.Case) -> Iterator[str]:
    """Yield a click and a text as the dialect writes them, as far as it does."""
    actions: list[AnyAction] = [Click(point=Point(312, 211)), Type(text="Lisbon, two adults")]
    for action in actions:
        if action.type in case.dialect.says & case.seen.abilities.types:
            try:
                yield case.dialect.write(
                    action, case.seen.frame, "The form asks where to; the field is empty.", "Filled in the form."
                )
            except Inexpressible:
                continue


def met(matcher: Matcher, tokens: Sequence[int], clock: Clock = time.perf_counter) -> Iterator[float]:
    """Yield the seconds that the masks of a reply take."""
    for token in tokens:
        yield timed(lambda: matcher.blocked(1000, CPU), clock)[0]
        matcher.consume(token)


def a_pass(compiled: Compiled, case: Case, tokenizer: Tokenizer) -> float:
    """Return how many tokens a forward pass gives, of a model that writes the reply as is usual after no prompt."""
    matcher = Matcher(compiled)
    draft = Draft((), matcher.forced)
    wanted = [*tokenizer.encode(case.reply), tokenizer.id("<|im_end|>")]
    at = passes = 0
    while at < len(wanted):
        guess = draft.guess(len(wanted)) if at else []  # the first pass reads the prompt
        right = 0
        while right < len(guess) and at + right < len(wanted) and guess[right] == wanted[at + right]:
            right += 1
        for token in wanted[at : at + right + 1]:
            matcher.consume(token)
            draft.add(token)
        if guess:
            draft.judge(right)
        at += right + 1
        passes += 1
    return len(wanted) / passes


def choosing(
    case: Case, vocabulary: Vocabulary, tokenizer: Tokenizer, sampling: Sampling, runs: int, *, allowed: bool = True
) -> tuple[float, float]:
    """Return the seconds that choosing a token takes without a grammar, and those that a grammar adds.

    The logits are those of a model that writes the reply, or, unless `allowed`, would rather write something else.
    """
    compiled = Compiled(case.rule, vocabulary)
    tokens = tokenizer.encode(case.reply)
    logits = torch.randn(len(tokens), vocabulary.size, generator=torch.Generator().manual_seed(0))
    logits[torch.arange(len(tokens)), torch.tensor(tokens)] = 60.0
    if not allowed:
        logits[:, vocabulary.texts.index(b"")] = 70.0  # a control token
    free, kept = [], []
    for _ in range(runs + 1):
        plain = sampling.chooser()
        masked = Masked(sampling.chooser(), Matcher(compiled), 1000)
        for index in range(len(tokens)):
            one = logits[index : index + 1]
            free.append(timed(lambda: Choices(one, {0: plain}).take(0))[0])  # noqa: B023 (called at once)
            kept.append(timed(lambda: Choices(one, {0: masked}).take(0))[0])  # noqa: B023
    free, kept = free[len(tokens) :], kept[len(tokens) :]  # without the first reply, which makes the masks
    without = statistics.median(free)
    return without, statistics.median(kept) - without


def tiny(runs: int) -> tuple[float, float, float]:
    """Return the seconds of a token that handeye-tiny decodes, those of choosing it, and those that a grammar adds."""
    checkpoint = open_checkpoint("handeye-tiny", device="cpu")
    model = Model(checkpoint, Engine(checkpoint.network, checkpoint.tokenizer.size, guess=False))
    replies = [model.generate(screen()) for _ in range(runs + 1)]
    tokenizer = checkpoint.tokenizer
    vocabulary = Vocabulary(tokenizer.written(), checkpoint.closing, tokenizer.encode)
    case = Case("what handeye-tiny writes", _TINY, replies[0].text)
    step = statistics.median(reply.timings.decode / (reply.generated_tokens - 1) for reply in replies)
    return step, *choosing(case, vocabulary, tokenizer, Sampling(), runs)


def screen() -> list[Message]:
    """Return a task that handeye-tiny was trained for."""
    image = Image.new("RGB", (336, 448), "white")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((0, 0, 320, 100), "yellow")
    drawing.rectangle((40, 200, 160, 250), "lightgrey", "grey")
    drawing.text((70, 215), "Click Me!", "black")
    system = Message("system", ("You operate a screen. Answer with one JSON step.",))
    return [system, Message("user", ("Task: Click the button.\nScreen 168x224:\n", image))]


def timed(work: Callable[[], Result], clock: Clock = time.perf_counter) -> tuple[float, Result]:
    """Return the seconds that `work` takes, and its result."""
    start = clock()
    result = work()
    return clock() - start, result


if __name__ == "__main__":
    main()
