"""A peer as a process of its own, in its own virtual environment: a line of JSON in, a line of JSON out.

This file and the peers beside it import nothing of handeye. The parent runs the oracle and sends its moves; the seconds
of a reset and of a step are taken here, around the peer's own call, so that the pipe costs the peer nothing there.
"""

import base64
import json
import os
import sys
import time
from typing import Any, Protocol


class Peer(Protocol):
    """A MiniWoB++ environment, as the benchmark drives it. Points are pixels of its own screenshots."""

    scale: float
    """Screenshot pixels per CSS px."""

    def start(self, task: str) -> None:
        """Make the environment of a task. Not timed."""

    def reset(self, seed: int) -> str:
        """Begin an episode, and observe it; return the instruction of the observation."""

    def click(self, x: float, y: float) -> None:
        """Click with the mouse, and observe."""

    def type(self, text: str) -> None:
        """Type into what has the focus, and observe."""

    def evaluate(self, js: str, argument: object) -> object:
        """Evaluate a JavaScript function of one argument in the page, for the oracle."""

    def verdict(self) -> tuple[bool, float]:
        """Return whether the page has ended the episode, and its raw reward."""

    def screen(self) -> bytes | None:
        """Return the PNG of the newest observation; None if it has none, as at the end of an episode."""

    def look(self) -> bytes:
        """Return a PNG of the screen as it is now, taken in the same way."""

    def close(self) -> None:
        """End the browser."""


def serve(peer: Peer) -> None:
    """Answer requests until the input ends."""
    # What the peer or its libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = {"value": answered(peer, request)}
            # Whatever a peer raises is its answer.
            except Exception as error:  # noqa: BLE001
                answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
    finally:
        peer.close()


def answered(peer: Peer, request: dict[str, Any]) -> object:
    """Do what is asked; return the answer's value."""
    match request:
        case {"do": "start", "task": task}:
            peer.start(task)
            return peer.scale
        case {"do": "reset", "seed": seed}:
            began = time.perf_counter()
            instruction = peer.reset(seed)
            return time.perf_counter() - began, instruction
        case {"do": "click", "x": x, "y": y}:
            began = time.perf_counter()
            peer.click(x, y)
            return time.perf_counter() - began
        case {"do": "type", "text": text}:
            began = time.perf_counter()
            peer.type(text)
            return time.perf_counter() - began
        case {"do": "evaluate", "js": js, "argument": argument}:
            return peer.evaluate(js, argument)
        case {"do": "verdict"}:
            return peer.verdict()
        case {"do": "screens", "seconds": seconds}:
            seen = peer.screen()
            if seen is None:
                return None
            time.sleep(seconds)
            return [base64.b64encode(png).decode() for png in (seen, peer.look())]
        case _:
            raise ValueError(f"unknown request: {request}")
