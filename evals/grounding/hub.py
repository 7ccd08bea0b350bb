"""Where the Hugging Face hub has the grounding benchmarks. It imports nothing, so that a help text can say it."""

from collections.abc import Mapping
from typing import Final

HUB: Final[Mapping[str, str]] = {
    "screenspot": "rootsautomation/ScreenSpot",
    "screenspot-v2": "OS-Copilot/ScreenSpot-v2",
    "screenspot-pro": "likaixin/ScreenSpot-Pro",
    "osworld-g": "",
    "ui-vision": "ServiceNow/ui-vision",
    "mmbench-gui": "OpenGVLab/MMBench-GUI",
    "grounding": "",
}
"""By the names of their commands; empty if the user has to name the data."""
