"""What to do about a model that fails, by where it runs."""

from dataclasses import dataclass

from handeye.agent.examine.aim import Cause
from handeye.agent.servers.kind import Kind, area_advice, sight_advice

_PROFILE = "choose the profile that the checkpoint was trained with: --profile NAME, see handeye models"
_COPY = "get another copy of the checkpoint, or its original in bfloat16"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about each kind of fault."""

    blind: str
    """It does not see images."""
    broken: str
    """What it writes is no language, or has nothing to do with the image."""
    rescaled: str
    """Images change their size before it sees them."""
    slow: str

    @property
    def causes(self) -> dict[Cause, str]:
        """The same by the causes of points that are off."""
        return {
            Cause.SIGHT: self.blind,
            Cause.RESCALED: self.rescaled,
            Cause.UNIT: _PROFILE,
            Cause.FORM: f"{_PROFILE}; a quantized copy may have lost the form",
            Cause.BROKEN: self.broken,
        }


def local_advice() -> Advice:
    """Return what to do about a model that is loaded here."""
    return Advice(
        blind=f"its vision part is not that of the checkpoint: {_COPY}",
        broken=_COPY,
        rescaled="use the preprocessor_config.json of the original checkpoint",
        slow="use a GPU, a smaller model, or smaller screenshots (max_pixels)",
    )


def server_advice(kind: Kind, area: int) -> Advice:
    """Return what to do about a model behind a server; it must leave images of an `area` in pixels alone."""
    return Advice(
        blind=sight_advice(kind),
        broken="serve the original checkpoint in bfloat16: float16 overflows, and quantized copies lose aim",
        rescaled=area_advice(kind, area),
        slow="serve a smaller model, run it on a GPU, or send smaller screenshots (max_pixels)",
    )
