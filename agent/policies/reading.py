"""From a reply to a decision: what the policies of a local model and of a server share."""

from collections.abc import Sequence
from dataclasses import replace

from handeye.actions.geometry import Transform
from handeye.actions.reading import Reading
from handeye.agent.decision import Decision, SeenImage, TokenCount
from handeye.agent.history import History
from handeye.agent.policies.confidence import confidence
from handeye.agent.prompts.profile import FACTOR, AgentPrompt
from handeye.agent.prompts.seen import seen
from handeye.agent.prompts.view import Resize, View
from handeye.model.conversation.digits import Digit


def view_of(history: History, prompt: AgentPrompt, resize: Resize) -> View:
    """Return the view of a history for a prompt; `resize` returns the size at which the model sees a screenshot."""
    return View(history, prompt.dialects.on(history.abilities), resize, prompt.history)


def decided(
    text: str,
    view: View,
    tokens: TokenCount | None,
    cut: int | None,
    factor: int = FACTOR,
    digits: Sequence[Digit] = (),
) -> Decision:
    """Return the decision of a reply to a view; `cut` is the limit of tokens if the reply reached it.

    `factor` is the side of the square of an image, in pixels, that is a token; `digits` are those of the text.
    """
    answered, dialect = seen(view.history, view.size), view.dialect
    reading = dialect.read(text, answered)
    decision = of_reading(reading, text, view, tokens, cut, factor)
    transform = Transform(answered.frame, view.history.observation.frame)
    known = confidence(text, digits, reading, lambda other: dialect.read(other, answered), dialect.points, transform)
    return replace(decision, transforms=(transform,), confidence=known)


def of_reading(
    reading: Reading, text: str, view: View, tokens: TokenCount | None, cut: int | None, factor: int = FACTOR
) -> Decision:
    """Return the decision of a reply that was read with points of the screenshot."""
    notes = () if cut is None else (f"the reply was cut off after {cut} tokens",)
    problem = reading.problem
    if problem is not None and notes:
        problem = replace(problem, reason=f"{problem.reason}; {notes[0]}")
    return Decision(
        text=text,
        thought=reading.thought,
        actions=reading.actions,
        problem=problem,
        conclusion=reading.conclusion,
        notes=reading.notes + notes,
        tokens=tokens,
        marks=reading.marks,
        image=SeenImage(view.size, view.size.width * view.size.height // factor**2),
    )
