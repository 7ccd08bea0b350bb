"""The protocol of Qwen's numbers without its leniency: what a click must hit is one element."""

from handeye.evals.androidcontrol.judges.judge import MISS, Match, is_click
from handeye.evals.androidcontrol.judges.qwen import Qwen, near
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.truth import Finished
from handeye.evals.samples.region import Spot


class Strict(Qwen):
    """As `Qwen`, but a click has to hit the smallest node that contains the label's place."""

    name = "strict"
    protocol = (
        "as qwen, but a click must lie in the smallest node that contains the label's place (within 4 % where none "
        "does), an app must be opened by name, an empty text is wrong, and unread replies count in grounding (ours)"
    )

    def counts(self, sample: StepSample) -> bool:
        """Return whether nodes are known: without them there is nothing to hit."""
        return sample.screen.candidates is not None and not isinstance(sample.truth, Finished)

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer."""
        if said is not None and said.kind in ("type", "open") and not said.text.strip():
            return super().match(sample, said)._replace(exact=False)
        if said is None and is_click(sample.truth):
            return MISS._replace(grounding=False)
        return super().match(sample, said)

    def _clicked_icon(self, sample: StepSample, said: Said) -> Match:
        return MISS

    def _hits(self, sample: StepSample, said: Said, spot: Spot) -> bool:
        assert said.place is not None
        box = sample.screen.smallest
        return near(said, spot) if box is None else box.contains(*said.place)
