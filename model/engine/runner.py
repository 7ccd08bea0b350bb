"""The network at work: images are encoded, prompts are read, tokens follow.

Shapes: L tokens of a prompt, R replies that get their next token, D width, E head width, V tokens of the vocabulary
(without the padding rows of the embedding), M cells of images and videos.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.windows import Grid
from handeye.model.engine.context import Paged, Part
from handeye.model.engine.pages import Pages
from handeye.model.engine.request import Request
from handeye.model.engine.steps.decode import TokenDecoder
from handeye.model.engine.steps.static import StaticDecoder
from handeye.model.engine.steps.static_vision import StaticVision
from handeye.model.engine.vision_cache import VisionCache
from handeye.model.images.preprocess import Picture, Preprocessor
from handeye.model.kernels.choose import choose
from handeye.model.video.clip import Clip

_AHEAD = 64
"""Number of tokens whose rotary cos and sin are computed together."""


class Turn(NamedTuple):
    """What one request does in one forward pass: it reads the next tokens of its prompt, or its last token."""

    request: Request
    new: int
    """The number of tokens that are read."""
    guesses: Sequence[int] = ()
    """Tokens that may follow the last one, and are read with it."""

    @property
    def wanted(self) -> int:
        """The number of tokens, counted from the last one, after which the next one is asked for."""
        return len(self.guesses) + 1


def choose_decoder(network: Qwen2_5_VL, pages: Pages) -> TokenDecoder | StaticDecoder | None:
    """Return what reads single tokens fastest; None if the network's own modules have to."""
    if StaticDecoder.can_run(network) and (kernels := choose(network.device, network.compute)) is not None:
        return StaticDecoder(network, pages, kernels)
    return TokenDecoder(network) if TokenDecoder.can_run(network) else None


def choose_encoder(network: Qwen2_5_VL) -> StaticVision | None:
    """Return what encodes images fastest; None if that is the network's own vision transformer."""
    if not StaticVision.can_run(network):
        return None
    return StaticVision(network, choose(network.device, network.compute))


class Runner:
    """Runs a network for requests that have slots."""

    def __init__(self, network: Qwen2_5_VL, vocabulary: int, most_tokens: int | None = None) -> None:
        """`most_tokens` is the most slots of all requests together; None if there is no limit."""
        self._network = network
        self._vocabulary = vocabulary
        self._decoder: TokenDecoder | StaticDecoder | None = None
        self._encoder: StaticVision | None = None
        self.pages = Pages(network.config.text, network.placement.layers, most_tokens)
        self.vision = VisionCache()

    def renew(self) -> None:
        """Use the weights that the network has now."""
        self.vision.clear()
        self._decoder = choose_decoder(self._network, self.pages)
        self._encoder = choose_encoder(self._network)

    def forget(self) -> None:
        """Use no image again that was seen, and free the memory for images."""
        self.vision.clear()
        if self._encoder is not None:
            self._encoder.forget()

    def prepare(self, request: Request) -> None:
        """Make the embeddings and the rotary turns of the part of the prompt that is not in its slots yet."""
        assert request.table is not None
        network, prompt, kept = self._network, request.prompt, request.table.length
        config = network.config
        ids = torch.tensor(prompt.ids(config.image_token_id, config.video_token_id))
        grids, seconds = [picture.grid for picture in prompt.pictures], [clip.seconds for clip in prompt.clips]
        positions = token_positions(ids, grids, config, seconds=seconds)
        rest = ids[None, kept:].to(network.device)
        embeddings = network.embed(rest)
        pictures, skipped = prompt.beyond(kept)
        cells = {picture.digest: self.vision.find(picture.digest) for picture in pictures}
        batches = self._batches(
            [picture for picture in pictures if cells[picture.digest] is None], request.preprocessor
        )
        if pictures:
            self._synchronise()
        request.mark("prepared")
        for picture, encoded in batches:
            cells[picture.digest] = encoded
            self.vision.add(picture.digest, encoded)
        if pictures:
            seen = torch.cat([part for picture in pictures if (part := cells[picture.digest]) is not None])
            embeddings = network.fill(rest, embeddings, seen[skipped:])
        self._synchronise()
        request.mark("seen")
        request.rest = embeddings
        request.turns = network.model.rotary(positions.index[:, None, kept:].to(network.device), network.compute)
        request.position = positions.next

    def run(self, turns: Sequence[Turn]) -> Tensor:
        """Read the next tokens of requests; return the logits (R, V) after the last token of each, and its guesses.

        Prompts are before replies, as the scheduler gives them. What was read counts only after `advance`.
        """
        prompts = sum(turn.request.rest is not None for turn in turns)
        rows = sum(turn.new for turn in turns[prompts:])
        if isinstance(self._decoder, StaticDecoder) and prompts and 0 < rows <= self._decoder.MOST_ROWS:
            # a recorded step takes less time than launching the kernels for each reply beside a prompt
            return torch.cat([self._read(turns[:prompts]), self._read(turns[prompts:])])
        return self._read(turns)

    def _read(self, turns: Sequence[Turn]) -> Tensor:
        parts = [Part(turn.request.table, turn.new, turn.wanted) for turn in turns if turn.request.table is not None]
        context = Paged(self.pages, parts)
        rotary = [self._turns(turn) for turn in turns]
        cos, sin = (part[0] if len(part) == 1 else torch.cat(part, dim=1) for part in zip(*rotary, strict=True))
        replies = all(turn.request.rest is None for turn in turns)
        if self._decoder is not None and replies and cos.shape[1] <= self._decoder.MOST_ROWS:
            tokens = [token for turn in turns for token in (turn.request.tokens[-1], *turn.guesses)]
            logits = self._decoder.logits(tokens, cos[0, :, 0], sin[0, :, 0], context)
        else:
            embeddings = torch.cat([self._embeddings(turn) for turn in turns], dim=1)
            hidden = self._network.model.run(embeddings, cos, sin, context, last=True)
            logits = self._network.logits(hidden[0])
        return logits[:, : self._vocabulary]  # the embedding's padding rows after the vocabulary are not tokens

    @staticmethod
    def advance(request: Request, tokens: int) -> None:
        """Go on to the tokens after the first so many that were read."""
        assert request.table is not None and request.turns is not None
        request.table.length += tokens
        cos, sin = request.turns
        request.turns = cos[:, tokens:], sin[:, tokens:]
        if request.rest is None:
            request.position += tokens
        elif request.rest.shape[1] > tokens:
            request.rest = request.rest[:, tokens:]
        else:
            request.rest = request.turns = None

    def _batches(
        self, pictures: Sequence[Picture | Clip], preprocessor: Preprocessor
    ) -> Iterator[tuple[Picture | Clip, Tensor]]:
        """Encode each image and video, once if it occurs more than once; yields it with its cells (M, D).

        The pixels of images are prepared at once; those of videos a part at a time, when their turn comes.
        """
        stills = [*{each.digest: each for each in pictures if isinstance(each, Picture)}.values()]
        clips = [*{each.digest: each for each in pictures if isinstance(each, Clip)}.values()]
        device = self._network.device
        patches = torch.cat([preprocessor.patches(still, device) for still in stills]) if stills else None
        return self._encoded(stills, patches, clips, preprocessor)

    def _encoded(
        self, stills: Sequence[Picture], patches: Tensor | None, clips: Sequence[Clip], preprocessor: Preprocessor
    ) -> Iterator[tuple[Picture | Clip, Tensor]]:
        merged = self._network.config.vision.spatial_merge_size**2
        if patches is not None:
            cells = self._see(preprocessor, patches, [still.grid for still in stills])
            yield from zip(stills, torch.split(cells, [still.grid.patches // merged for still in stills]), strict=True)
        for clip in clips:
            pieces = preprocessor.pieces(clip, self._network.device)
            yield clip, torch.cat([self._see(preprocessor, part, [grid]) for part, grid in pieces])

    def _see(self, preprocessor: Preprocessor, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        numbers = preprocessor.normalise(patches, self._network.compute)
        cells: Tensor = (self._encoder or self._network.visual)(numbers, grids)
        return cells

    def _embeddings(self, turn: Turn) -> Tensor:
        """Return the embeddings (1, new, D) of the next tokens."""
        if turn.request.rest is not None:
            return turn.request.rest[:, : turn.new]
        tokens = [turn.request.tokens[-1], *turn.guesses]
        return self._network.embed(torch.tensor([tokens], device=self._network.device))

    def _turns(self, turn: Turn) -> tuple[Tensor, Tensor]:
        """Return cos and sin (1, new, 1, E) of the next tokens; for one position they cost as much as a layer."""
        request = turn.request
        if request.turns is None or request.turns[0].shape[1] < turn.new:
            positions = torch.arange(request.position, request.position + _AHEAD, device=self._network.device)
            request.turns = self._network.model.rotary(positions.expand(3, 1, -1), self._network.compute)
        cos, sin = request.turns
        return cos[:, : turn.new], sin[:, : turn.new]

    def _synchronise(self) -> None:
        if self._network.device.type == "cuda":
            torch.cuda.synchronize(self._network.device)
