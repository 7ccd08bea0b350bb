"""The judges of grounding benchmarks: a place is right in the target, edges included."""

from handeye.actions.schema import Terminate
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.samples.judge import Verdict
from handeye.evals.samples.prediction import Prediction


class PointInTarget:
    """Right if the place, or the middle of the box, lies in the target or on its edge.

    The place is compared exactly as it was answered, in parts of the image, as the reference scripts do
    (njucckevin/SeeClick:pretrain/screenspot_test.py, likaixin2000/ScreenSpot-Pro-GUI-Grounding:eval_screenspot_pro.py).
    """

    name = "point-in-target"
    protocol = "right in the target, edges included; a wrong format is a miss"

    def judge(self, sample: GroundingSample, prediction: Prediction) -> Verdict:
        """Judge a prediction. Where there is no such thing, saying so is right, and all else is wrong."""
        refused = bool(prediction.actions) and isinstance(prediction.actions[0], Terminate)
        if sample.target is None:
            return Verdict(
                refused, wrong_format=prediction.problem is not None, reason="" if refused else "not refused"
            )
        place = prediction.place
        if place is None:
            return Verdict(
                False,
                wrong_format=not refused,
                reason="said that it is not there" if refused else prediction.problem or "points at nothing",
            )
        distance = sample.target.distance(*place)
        return Verdict(distance == 0, distance=distance)


class WithoutRefusals(PointInTarget):
    """As `PointInTarget`, without the samples of which nothing is on the screenshot."""

    name = "without-refusals"
    protocol = "as point-in-target, without the samples that have no target (ClawGUI-Eval's default)"

    def judge(self, sample: GroundingSample, prediction: Prediction) -> Verdict:
        """Judge a prediction."""
        if sample.is_refusal:
            return Verdict(False, counted=False)
        return super().judge(sample, prediction)


class WithRefusals(PointInTarget):
    """As `PointInTarget`: saying that there is no such thing is right where there is none."""

    name = "with-refusals"
    protocol = "right in the target; where there is none, right if refused (OSWorld-G's own)"
