"""Screenshots in a page: each is embedded once, and drawn where needed with its actions marked on it."""

import base64
import hashlib
from collections.abc import Sequence

from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Action
from handeye.agent.decision import Confidence
from handeye.agent.page.layout import said_text
from handeye.agent.page.marks import marks, rectangle, spreads
from handeye.environments.observation import Observation

SMALL = 640
"""A screenshot whose longer side is below this is shown enlarged."""


class Screens:
    """The screenshots of a page by the hash of their bytes."""

    def __init__(self) -> None:
        self._images: dict[str, str] = {}

    def draw(
        self,
        observation: Observation,
        actions: Sequence[Action] = (),
        *,
        boxes: Sequence[Box] = (),
        confidence: Confidence = (),
        label: str,
        refused: bool = False,
        zoom: float = 1,
    ) -> str:
        """Return the SVG of a screenshot with `actions` marked on it, `zoom` times as large as usual.

        `boxes` are the targets of actions that name a mark instead of a point; `confidence` is how sure the policy was
        of the points of each action. `label` is the text for screen readers. Text from outside is escaped here.
        """
        width, height = observation.size
        reach = zoom * max(width, height) / 44
        drawn = "".join(map(rectangle, boxes)) + "".join(map(spreads, actions, confidence))
        drawn += "".join(marks(action, reach) for action in actions)
        size = "small" if max(width, height) < SMALL else "large"
        look = "marks refused" if refused else "marks"
        return (
            f'<svg class="{size}" viewBox="0 0 {width} {height}" role="img" aria-label="{said_text(label)}">'
            f'<use href="#{self._embed(observation)}"/><g class="{look}">{drawn}</g></svg>'
        )

    def definitions(self) -> str:
        """Return the element that holds the screenshots drawn so far."""
        return f'<svg class="hidden" aria-hidden="true"><defs>{"".join(self._images.values())}</defs></svg>'

    def _embed(self, observation: Observation) -> str:
        name = "shot-" + hashlib.sha256(observation.screenshot).hexdigest()[:16]
        if name not in self._images:
            self._images[name] = image(name, observation.screenshot, observation.size)
        return name


def image(name: str, encoded: bytes, size: Size) -> str:
    """Return the SVG image `name` with the screenshot in it."""
    kind = "jpeg" if encoded.startswith(b"\xff\xd8") else "webp" if encoded[8:12] == b"WEBP" else "png"
    data = base64.b64encode(encoded).decode("ascii")
    return f'<image id="{name}" width="{size.width}" height="{size.height}" href="data:image/{kind};base64,{data}"/>'
