"""Finding the layer in which numbers were first not finite."""

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.engine.scheduler import Scheduler
from handeye.model.hardware.memory import release


def broken_layer(network: Qwen2_5_VL, request: Request, chunk: int | None = None) -> str | None:
    """Return the name of the first layer whose result holds NaN or an infinite value.

    The prompt of a request and its reply so far are read anew by the network's own modules. None if all numbers are
    finite then, or if they cannot be read again, as for want of memory.

    chunk: the most tokens that are read in one forward pass.
    """
    found: list[str] = []

    def look(name: str, module: nn.Module, given: object, result: object) -> None:
        if not found and isinstance(result, Tensor) and not bool(result.isfinite().all()):
            found.append(name)

    hooks = [module.register_forward_hook(partial(look, name)) for name, module in network.named_modules()]
    try:
        with torch.inference_mode():
            _read(network, request, chunk, found)
    except Exception as error:  # noqa: BLE001 (there is an error to tell already)
        release(error)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else None


def _read(network: Qwen2_5_VL, request: Request, chunk: int | None, found: list[str]) -> None:
    """Read a prompt and its reply, until something is found."""
    prompt = replace(request.prompt, keys=(*request.prompt.keys, *request.tokens))
    again = Request(prompt, request.preprocessor, 1, Sampling(), lambda token: True)
    runner = Runner(network, network.config.text.vocab_size)  # which uses nothing but modules before `renew`
    scheduler = Scheduler(runner.pages, most_tokens=None, most_requests=None, chunk=chunk)
    scheduler.add(again)
    scheduler.admit(again)
    runner.prepare(again)
    while again.rest is not None and not found:
        [turn] = scheduler.turns()
        runner.run([turn])
        runner.advance(again, turn.new)
