"""What all judges of AndroidControl share: from a match to a verdict."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from handeye.evals.androidcontrol.judges.said import Said, said_of
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.scroll import Convention, finger, labelled
from handeye.evals.androidcontrol.truth import Direction, Finished, Scrolled, Tap, Truth, kind_of
from handeye.evals.samples.judge import Verdict
from handeye.evals.samples.prediction import Prediction


class Match(NamedTuple):
    """How far an answer agrees with what a person did."""

    type: bool
    """Whether it is the same type of action: TM."""
    exact: bool
    """Whether its arguments agree, too: EM."""
    grounding: bool | None = None
    """Whether the place is right; None if the answer does not count for the grounding accuracy."""


MISS = Match(False, False)


class StepJudge(ABC):
    """Judges steps by one protocol. Parts of its verdicts: `type` (TM) and `grounding`; right is EM."""

    name: ClassVar[str]
    protocol: ClassVar[str]
    convention: ClassVar[Convention]
    """How its own script reads the labels of scrolls."""

    @abstractmethod
    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer, None if it could not be read, with what a person did."""

    def counts(self, sample: StepSample) -> bool:
        """Return whether a sample is in the protocol's rates."""
        return not isinstance(sample.truth, Finished)

    def judge(self, sample: StepSample, prediction: Prediction) -> Verdict:
        """Judge a prediction. What cannot be read is wrong, and in every rate."""
        if not self.counts(sample):
            return Verdict(False, counted=False)
        said = said_of(sample, prediction)
        found = self.match(sample, said)
        parts = {"type": found.type}
        if found.grounding is not None:
            parts["grounding"] = found.grounding
        meant, answered = self._confused(sample, said)
        return Verdict(
            found.exact,
            wrong_format=said is None,
            parts=parts,
            said=answered,
            meant=meant,
            reason="" if found.exact else _reason(sample.truth, said, found),
        )

    def finger(self, sample: StepSample, label: Direction) -> Direction:
        """Return which way the finger moves for the label of a sample."""
        return finger(label, sample.scroll.of(self.convention))

    def _confused(self, sample: StepSample, said: Said | None) -> tuple[str, str]:
        """Return the direction that was meant and the one answered, as labels; else what was done instead."""
        if not isinstance(sample.truth, Scrolled):
            return "", ""
        answered: str = "" if said is None else said.kind
        if said is not None and said.kind == "swipe":
            answered = labelled(said.moved(), sample.scroll.of(self.convention))
        return sample.truth.direction, answered


def is_click(truth: Truth) -> bool:
    """Return whether a person clicked, not for long."""
    return isinstance(truth, Tap) and not truth.long


def _reason(truth: Truth, said: Said | None, found: Match) -> str:
    if said is None:
        return ""  # the prediction says why it could not be read
    if not found.type:
        return f"{said.kind} instead of {kind_of(truth)}"
    if isinstance(truth, Tap):
        return "another place"
    return "another direction" if isinstance(truth, Scrolled) else "another argument"
