"""What is played, how, and what every score of it must say: that it is no score of MobileMiniWoB++ on Android."""

from typing import Final, Literal, TypeAlias

Proxy: TypeAlias = Literal["chromium", "phone"]
"""In what the pages are shown in Android's place."""

LABELS: Final[dict[Proxy, str]] = {
    "chromium": "proxy in Chromium, not Android",
    "phone": "proxy on the simulated phone, not Android",
}
"""What stands at every score."""

TITLE: Final = "MobileMiniWob++"
STEPS: Final = 30
"""How many steps an episode may take: ten times the complexity, 3, that AndroidWorld gives each task."""
GOAL: Final = "Follow the instructions shown on the top of the screen: {utterance}"
"""The instruction, as AndroidWorld words it."""
SCALE: Final = 5
"""Screenshot px per CSS px of the page: `setInitialScale(500)` of AndroidWorld's WebView."""

_RULES: Final = (
    f"{STEPS} steps, no time limit, goal as AndroidWorld words it, reward display hidden, "
    "success = raw reward == 1.0; the pages' random numbers are seeded, which AndroidWorld's are not"
)
_SCREENS: Final[dict[Proxy, str]] = {
    "chromium": "the page in 216x452 CSS px at 5 px each, touch events at 2.5 px per dp, no on-screen keyboard",
    "phone": "the page in a web view at 5 px per CSS px, on a simulated phone of 1080x2400 px over adb",
}


def protocol(proxy: Proxy, pages: str) -> str:
    """Return the protocol of a run, which begins with the label. `pages` says where the pages are from."""
    return f"{LABELS[proxy].upper()}: MobileMiniWoB++, pages of {pages}; {_SCREENS[proxy]}; {_RULES}"
