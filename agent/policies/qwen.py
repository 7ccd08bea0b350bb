"""The Qwen2.5-VL policy: the only place that connects the model and the actions."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from handeye.actions.geometry import Transform
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.history import History
from handeye.agent.prompts.format import prompt_format
from handeye.agent.prompts.seen import seen

if TYPE_CHECKING:
    from handeye.model.runtime import Generation, Model


class QwenPolicy:
    """Shows the model the task, the earlier steps and the screenshot, and reads its reply.

    The points of a reply are pixels of the image as the model saw it; those of the decision are pixels of the
    screenshot. A mark that a reply names stands for the middle pixel of its box in the screenshot.
    """

    def __init__(
        self,
        model: "Model | str | Path",
        *,
        device: str = "auto",
        dtype: str = "auto",
        max_new_tokens: int = 512,
        temperature: float = 0.0,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """`model` is a loaded model, or what `handeye.model.load_model` takes; `device` and `dtype` are for loading.

        `temperature` 0 always takes the likeliest token; above 0, `seed` makes an episode reproducible. `on_text`
        receives each piece of the reply as it is generated.
        """
        if isinstance(model, str | Path):
            from handeye.model import load_model  # imports torch

            model = load_model(model, device=device, dtype=dtype)
        self.model = model
        self.max_new_tokens = max_new_tokens
        self.temperature = temperature
        self.seed = seed
        self.on_text = on_text

    @property
    def name(self) -> str:
        """The name of the checkpoint."""
        return self.model.name

    @property
    def prompt_format(self) -> str:
        """The prompt format of the checkpoint."""
        return self.model.prompt_format

    def decide(self, history: History) -> Decision:
        """Answer the newest screenshot of `history`. Raises what `Model.generate` raises, such as `ContextTooLong`."""
        began = time.perf_counter()
        screenshot = history.observation.frame
        answered = seen(history, self.model.image_size(screenshot.size))
        form = prompt_format(self.model.prompt_format, history.abilities)
        generation = self.model.generate(
            form.render(history, self.model.image_size),
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            # A different seed for each step: with one seed, an unchanged screen would get the same reply every time.
            seed=None if self.seed is None else self.seed + len(history.steps),
            on_text=self.on_text,
        )
        reading = form.dialect.read(generation.text, answered)
        cut = (f"the reply was cut off after {self.max_new_tokens} tokens",) if generation.finish == "length" else ()
        problem = reading.problem
        if problem is not None and cut:
            problem = replace(problem, reason=f"{problem.reason}; {cut[0]}")
        return Decision(
            text=generation.text,
            thought=reading.thought,
            actions=reading.actions,
            problem=problem,
            conclusion=reading.conclusion,
            notes=reading.notes + cut,
            tokens=_count(generation, time.perf_counter() - began),
            marks=reading.marks,
            transforms=(Transform(answered.frame, screenshot),),
        )


def _count(generation: "Generation", seconds: float) -> TokenCount:
    return TokenCount(
        prompt=generation.prompt_tokens,
        cached=generation.cached_tokens,
        generated=len(generation.token_ids),
        seconds=seconds,
    )
