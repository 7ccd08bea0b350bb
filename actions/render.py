"""From an action to the text of a unified step: what a model is trained to write, and what `parse` reads back."""

import json

from handeye.actions.schema import AnyAction, dump


def render(action: AnyAction, thought: str = "") -> str:
    """Return `{"thought": "...", "action": {...}}` on one line; fields at their default are left out."""
    return json.dumps({"thought": thought, "action": dump(action)}, ensure_ascii=False)
