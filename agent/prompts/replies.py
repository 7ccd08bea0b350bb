"""The replies of earlier steps, as a prompt repeats them."""

from dataclasses import replace

from handeye.actions.dialects.dialect import Inexpressible, Seen
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.schema import AnyAction
from handeye.agent.prompts.seen import seen
from handeye.agent.prompts.text import one_line
from handeye.agent.prompts.view import View
from handeye.agent.step import Step


def is_own(step: Step, view: View) -> bool:
    """Return whether a step's reply may be repeated as it was written.

    It may if, read in the dialect and in the frame of the view, it asks for what was decided: the same words mean other
    places to a model that sees the screenshot at another size. One without actions may unless it was written for
    another size.
    """
    decision = step.decision
    if not decision.actions:
        return decision.image is None or _for_this_size(step, view)
    actions = view.dialect.read(decision.text, _answered(step, view)).actions
    if actions == decision.actions:
        return True
    # A closer look moves points after they were read.
    same_types = [action.type for action in actions] == [action.type for action in decision.actions]
    return same_types and bool(decision.places) and _for_this_size(step, view)


def calls(step: Step, view: View) -> list[str]:
    """Return the calls of a step's actions, each on one line, with points as the model saw the screenshot."""
    return [call for action in view.actions(step) for call in _calls(action, step, view)]


def reply(step: Step, view: View) -> str:
    """Return the reply of a step: as it was written if it `is_own`, otherwise as it would be.

    What was decided by another policy, a person or a replay may have several actions: the first becomes a whole reply,
    and the calls of the others follow, each after an empty line.
    """
    decision = step.decision
    if is_own(step, view):
        return decision.text
    if not decision.actions:
        return decision.thought
    first, *others = view.actions(step)
    try:
        whole = view.dialect.write(first, view.frame(step), decision.thought, decision.conclusion)
    except Inexpressible:
        whole = "\n".join(filter(None, (decision.thought, *_calls(first, step, view))))
    return "\n\n".join((whole, *(call for action in others for call in _calls(action, step, view))))


def line(step: Step, view: View) -> str:
    """Return an earlier step in one line: its conclusion, else its calls as they were written or would be."""
    return one_line(step.decision.conclusion or " ".join(calls(step, view)) or step.decision.thought)


def _answered(step: Step, view: View) -> Seen:
    """Return what the reply of an earlier step answered."""
    steps = view.history.steps
    before = next((number for number, each in enumerate(steps) if each is step), len(steps))
    history = replace(view.history, steps=steps[:before], observation=step.observation)
    return seen(history, view.frame(step).size)


def _for_this_size(step: Step, view: View) -> bool:
    image = step.decision.image
    return image is not None and image.size == view.frame(step).size


def _calls(action: AnyAction, step: Step, view: View) -> tuple[str, ...]:
    try:
        return view.dialect.tell(action, view.frame(step))
    except Inexpressible:
        return UNIFIED.tell(action, view.frame(step))
