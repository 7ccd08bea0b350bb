"""Whether the model saw the screenshots as large as its profile allows."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.profile import Pixels
from handeye.evals.doctor.finding import Finding
from handeye.evals.samples.scoring import Judged

WHAT: Final = "size of the images"
NEAR: Final = 0.9
"""An image is as large as it may be if its area is at least this share of that; sides are rounded to 28 pixels."""


def picture_finding(judged: Sequence[Judged], manifest: Mapping[str, Any]) -> Finding:
    """Return at what size the images were seen, against their own and against the profile's limits."""
    seen = [(each.prediction.size, each.prediction.image.size) for each in judged if each.prediction.image is not None]
    sizes = [(size, image) for size, image in seen if size is not None]
    if not sizes:
        return Finding(WHAT, "it is not known at what size the images were seen")
    scales = [(image.width * image.height / (size.width * size.height)) ** 0.5 for size, image in sizes]
    shrunk = sum(scale < NEAR for scale in scales)
    size, image = min(sizes, key=lambda pair: pair[1].width / pair[0].width)
    evidence = (
        f"seen at {median(scales):.0%} of their width (median); {shrunk} of {len(sizes)} were made smaller, the most "
        f"from {size} to {image}"
    )
    asked = manifest.get("asked_with")
    given = asked.get("max_pixels") if isinstance(asked, Mapping) else None
    limited = sum(given < size.width * size.height for size, _ in sizes) if isinstance(given, int) else 0
    if limited:
        evidence += f"; --max-pixels {given} has limited {limited} of them"
        return Finding(WHAT, evidence, "small targets are lost first: leave out --max-pixels")
    limits = _limits(manifest)
    if limits is None:
        return Finding(WHAT, evidence)
    smaller = sum(
        image.width * image.height < NEAR * min(limits.most, size.width * size.height) for size, image in sizes
    )
    if not smaller:
        return Finding(WHAT, evidence)
    used = manifest.get("pixels")
    most = used.get("max") if isinstance(used, Mapping) else None
    own = f"; the run allowed {most:,} pixels" if isinstance(most, int) else ""
    return Finding(
        WHAT,
        f"{evidence}{own}, the profile allows {limits.most:,}: {smaller} images could have been larger",
        "small targets are lost first: leave out --max-pixels, or raise the limit of the server",
    )


def _limits(manifest: Mapping[str, Any]) -> Pixels | None:
    """Return the limits of the profile; those that the run was given if the profile has none."""
    profile = PROFILES.get(str(manifest.get("profile") or ""))
    if profile is not None and profile.pixels is not None:
        return profile.pixels
    used = manifest.get("pixels")
    if isinstance(used, Mapping) and isinstance(used.get("min"), int) and isinstance(used.get("max"), int):
        return Pixels(used["min"], used["max"])
    return None
