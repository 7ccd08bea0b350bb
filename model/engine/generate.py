"""Reading a prompt and choosing tokens, one at a time.

Shapes: V tokens of the vocabulary (without the padding rows of the embedding), M cells of the images being read.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from handeye.model.cache import KVCache
from handeye.model.engine.decode import TokenDecoder
from handeye.model.engine.penalties import Penalties
from handeye.model.engine.watch import Watch
from handeye.model.errors import NonFiniteOutput
from handeye.model.network import Qwen2_5_VL
from handeye.model.positions import token_positions
from handeye.model.prompt import Prompt

_AHEAD = 64
"""Number of tokens whose rotary cos and sin are computed together."""
_BLOCK = 1024
"""The cache grows by multiples of this many tokens."""
_SEEDS = -(2**63), 2**64 - 1
"""The smallest and the largest seed that PyTorch takes."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen."""

    temperature: float = 0.0
    """0 takes the likeliest token; 1 samples from the model's own distribution."""
    top_p: float = 1.0
    """Sample from the likeliest tokens that together have this probability."""
    seed: int | None = None
    """Runs with the same seed sample the same tokens, on any device; None uses a random seed."""
    frequency_penalty: float = 0.0
    """What a token's logit loses for each time that it is in the reply."""
    repetition_penalty: float = 1.0
    """What the logit of a token of the prompt or the reply is divided by; multiplied, if it is negative."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError(f"temperature must be 0 or more, not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, not {self.top_p}")
        if self.seed is not None and not (_SEEDS[0] <= self.seed <= _SEEDS[1] and int(self.seed) == self.seed):
            raise ValueError(f"seed must be a whole number of at most 64 bits, not {self.seed}")
        if not math.isfinite(self.frequency_penalty):
            raise ValueError(f"frequency_penalty must be a finite number, not {self.frequency_penalty}")
        if not (math.isfinite(self.repetition_penalty) and self.repetition_penalty > 0):
            raise ValueError(f"repetition_penalty must be a finite number above 0, not {self.repetition_penalty}")

    def chooser(self, prompt: Sequence[int] = ()) -> Callable[[Tensor], int]:
        """Return a function from logits (V,) to a token id, with its own random state and counts: for one reply.

        `prompt` holds the ids of the prompt; only a repetition penalty needs them. The function raises
        `NonFiniteOutput` if the logits hold NaN or an infinite value.
        """
        plain = self._unpunished()
        if self.frequency_penalty == 0 and self.repetition_penalty == 1:
            return plain
        penalties = Penalties(self.frequency_penalty, self.repetition_penalty, prompt)

        def choose(logits: Tensor) -> int:
            _likeliest(logits)  # checks them
            token = plain(penalties.apply(logits))
            penalties.count(token)
            return token

        return choose

    def _unpunished(self) -> Callable[[Tensor], int]:
        if self.temperature == 0:
            return _likeliest
        generator = torch.Generator()
        if self.seed is None:
            generator.seed()
        else:
            generator.manual_seed(int(self.seed))
        return lambda logits: self._draw(logits, generator)

    def _draw(self, logits: Tensor, generator: torch.Generator) -> int:
        _likeliest(logits)  # checks them
        # The greatest becomes 0 before the division: near temperature 0 all others become -inf, whose probability is 0.
        # In fp64 no temperature is too small: the smallest of fp32 would be rounded to 0.
        exact = logits.double().cpu()
        probabilities = torch.softmax((exact - exact.max()) / self.temperature, dim=0)
        ordered, ids = probabilities.sort(descending=True, stable=True)
        if self.top_p < 1:
            ordered[ordered.cumsum(0) - ordered >= self.top_p] = 0  # the likeliest always stays
        return int(ids[torch.multinomial(ordered, 1, generator=generator)])


class Reader:
    """A network and what it has read: the keys and values of the last prompt and of the tokens after it.

    The next prompt is read from its first differing token on, or from the start if the network has changed. Tokens are
    recorded only after they are in the cache, so an interrupted call leaves a reader with too few tokens, but never
    with wrong ones.
    """

    def __init__(self, network: Qwen2_5_VL, vocabulary: int) -> None:
        self._network = network
        self._decoder: TokenDecoder | None = None  # made for each reply; None: the modules do it
        self._watch = Watch()
        self._vocabulary = vocabulary
        self._cache = KVCache(network.config.text, 0, device=network.device, dtype=network.compute)
        self._prompt = Prompt((), ())
        self._steps: list[int] = []
        self._next = 0  # position of the next token, on all three axes
        self._turns: list[tuple[Tensor, Tensor]] = []  # cos and sin of the positions from `_next` on, the nearest last

    def keep(self, prompt: Prompt, room: int) -> int:
        """Keep the cached prefix of the prompt, make room for `room` tokens after the prompt, return the prefix length.

        At least the last token of the prompt is left for `read`, because its logits are needed.
        """
        if self._watch.changed(self._network):
            self.forget()
            self._decoder = TokenDecoder(self._network) if TokenDecoder.can_run(self._network) else None
        known = self._prompt.followed_by(self._steps)
        kept = min(known.shared(prompt), len(prompt) - 1)
        self._prompt, self._steps = prompt.cut(kept), []
        self._cache.truncate(kept)
        self._cache.reserve(-(-(len(prompt) + room) // _BLOCK) * _BLOCK)
        return kept

    def forget(self) -> None:
        """Drop everything that was read, and free its memory."""
        network = self._network
        self._prompt, self._steps, self._turns = Prompt((), ()), [], []
        self._cache = KVCache(network.config.text, 0, device=network.device, dtype=network.compute)

    def read(self, prompt: Prompt, cells: Tensor | None) -> Tensor:
        """Read the rest of the prompt after the kept prefix, and return the logits (V,) of the token after it.

        `cells` are the encoded images and videos of the rest, (M, D); None if it has none.
        """
        network, kept = self._network, self._cache.length
        ids = torch.tensor(prompt.ids(network.config.image_token_id, network.config.video_token_id))
        grids, seconds = [picture.grid for picture in prompt.pictures], [clip.seconds for clip in prompt.clips]
        positions = token_positions(ids, grids, network.config, seconds=seconds)
        rest = ids[None, kept:].to(network.device)
        embeddings = network.embed(rest)
        if cells is not None:
            embeddings = network.fill(rest, embeddings, cells)
        cos, sin = network.model.rotary(positions.index[:, None, kept:].to(network.device), network.compute)
        hidden = network.model.run(embeddings, cos, sin, self._cache, last=True)
        self._prompt, self._next, self._turns = prompt, positions.next, []
        # the embedding's padding rows after the vocabulary are not tokens
        return network.logits(hidden[0, -1])[: self._vocabulary]

    def step(self, token: int) -> Tensor:
        """Read one more token, and return the logits (V,) of the token after it."""
        if not self._turns:
            self._turns = self._turns_ahead()
        cos, sin = self._turns.pop()
        if self._decoder is not None:
            logits = self._decoder.logits(token, cos, sin, self._cache)
        else:
            embeddings = self._network.embed(torch.tensor([[token]], device=self._network.device))
            logits = self._network.logits(self._network.model.run(embeddings, cos, sin, self._cache))[0, 0]
        self._steps.append(token)
        self._next += 1
        return logits[: self._vocabulary]

    def _turns_ahead(self) -> list[tuple[Tensor, Tensor]]:
        """Return cos and sin of the next positions, the nearest last: for one position they cost as much as a layer."""
        positions = torch.arange(self._next, self._next + _AHEAD, device=self._network.device)
        cos, sin = self._network.model.rotary(positions.expand(3, 1, -1), self._network.compute)  # (1, 1, _AHEAD, E)
        return [(cos[0, 0, index : index + 1], sin[0, 0, index : index + 1]) for index in reversed(range(_AHEAD))]


def _likeliest(logits: Tensor) -> int:
    """Return the id of the greatest logit; NaN counts as greater than all others, so looking at one logit is enough."""
    value, token = logits.max(dim=0)
    if not math.isfinite(float(value)):
        raise NonFiniteOutput(f"the greatest logit is {float(value)}")
    return int(token)
