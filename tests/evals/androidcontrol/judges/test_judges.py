"""Every judge by hand: one step, one answer, and seven verdicts side by side.

Screens are 1080x2400 unless said otherwise, so 4 % of the longer side are 96 pixels, 14 % of the shorter 151.2, and
14 % of both 368.5.
"""

import pytest

from handeye.evals.androidcontrol.judges.catalog import JUDGES
from handeye.evals.androidcontrol.judges.judge import StepJudge
from handeye.evals.androidcontrol.screen import NOTHING_KNOWN
from handeye.evals.androidcontrol.truth import Finished, Waited
from tests.evals.androidcontrol.judges.cases import (
    BACK,
    DONE,
    DOWN,
    ENTER,
    FAILED,
    HOME,
    LEFT,
    MENU,
    MOVED,
    RIGHT,
    UP,
    WAIT,
    WENT_BACK,
    WENT_HOME,
    Case,
    Convention,
    Size,
    Spot,
    boxed,
    click,
    letters,
    named,
    opened,
    opens,
    press,
    scrolled,
    shows,
    swipe,
    tap,
    typed,
    types,
)

MIDDLE = tap(540, 1200)
LONG = tap(540, 1200, long=True)
BUTTON = (400, 1100, 680, 1300)
LIST = (0, 400, 1080, 2300)
AROUND = tuple((540 - side, 1200 - side, 540 + side, 1200 + side) for side in (40, 50, 60, 70, 80))
"""Five boxes around the label."""
LOWER_HALF = (0, 1100, 1080, 2400)
ROW = (0, 1000, 1080, 1400)
ELSEWHERE = tuple((990 - side, 1490 - side, 1010 + side, 1510 + side) for side in range(5))
"""Five boxes around another place."""
CHROME = opened("Google Chrome")
ICON = (100, 100, 300, 300)

PLACES = [
    #                                                             qwen strict osatlas agentcpm clawgui uground ui-r1
    Case("at the label", MIDDLE, click(540, 1200), "Eg Eg Eg Eg Eg Tm Eg"),
    Case("95 px to the right", MIDDLE, click(635, 1200), "Eg Eg Eg Tm Eg Tm Eg"),
    Case("97 px to the right", MIDDLE, click(637, 1200), "Tm Tm Eg Tm Eg Tm Eg"),
    Case("95 px below", MIDDLE, click(540, 1295), "Eg Eg Eg Eg Eg Tm Eg"),
    Case("99 px below", MIDDLE, click(540, 1299), "Tm Tm Eg Tm Eg Tm Eg"),
    Case("43 px to the right", MIDDLE, click(583, 1200), "Eg Eg Eg Eg Eg Tm Eg"),
    Case("48 px to the right", MIDDLE, click(588, 1200), "Eg Eg Eg Tm Eg Tm Eg"),
    Case("150 px to the right", MIDDLE, click(690, 1200), "Tm Tm Eg Tm Eg Tm Eg"),
    Case("152 px to the right", MIDDLE, click(692, 1200), "Tm Tm Eg Tm Eg Tm Tm"),
    Case("154 px to the right", MIDDLE, click(694, 1200), "Tm Tm Tm Tm Eg Tm Tm"),
    Case("335 px below: an ellipse", MIDDLE, click(540, 1535), "Tm Tm Eg Tm Eg Tm Tm"),
    Case("340 px below", MIDDLE, click(540, 1540), "Tm Tm Tm Tm Eg Tm Tm"),
    Case("366 px below", MIDDLE, click(540, 1566), "Tm Tm Tm Tm Eg Tm Tm"),
    Case("370 px below", MIDDLE, click(540, 1570), "Tm Tm Tm Tm Tm Tm Tm"),
    Case("100 px to the right, 300 below", MIDDLE, click(640, 1500), "Tm Tm Tm Tm Eg Tm Tm"),
    Case("a corner of the box", MIDDLE, click(401, 1101), "Eg Eg Eg Eg Eg Eg Tm", boxed(BUTTON)),
    Case("on the edge of the box", MIDDLE, click(680, 1200), "Eg Eg Eg Eg Eg Eg Eg", boxed(BUTTON)),
    Case("in the box x1.2 only", MIDDLE, click(390, 1095), "Eg Tm Tm Eg Eg Tm Tm", boxed(BUTTON)),
    Case("beside the box x1.2", MIDDLE, click(360, 1060), "Tm Tm Tm Tm Eg Tm Tm", boxed(BUTTON)),
    Case("anywhere in the list", MIDDLE, click(100, 2200), "Eg Tm Tm Eg Eg Tm Tm", boxed(BUTTON, LIST)),
    Case(
        "a sixth box, near to the answer", MIDDLE, click(100, 2300), "Eg Tm Tm Tm Eg Tm Tm", boxed(*AROUND, LOWER_HALF)
    ),
    Case("a sixth box, near to the label", MIDDLE, click(1000, 1390), "Eg Tm Tm Eg Tm Eg Tm", boxed(*ELSEWHERE, ROW)),
    Case("enlarged at the edge", tap(100, 50), click(225, 50), "Tm Tm Eg Eg Eg Tm Eg", boxed((0, 0, 200, 100))),
    Case("at the very edge", tap(5, 50), click(0, 50), "Eg Eg Eg Eg Eg Eg Tm", boxed((0, 0, 20, 100))),
    Case("flatter as seen", MIDDLE, click(590, 1200), "Tm Tm Eg Tm Tm Tm Eg", seen=Size(1080, 1200)),
    Case("a larger screen", tap(720, 1560), click(720, 1560), "Eg Eg Eg Eg Tm Tm Tm", size=Size(1440, 3120)),
    Case("a smaller screen", tap(60, 60), click(60, 60), "Eg Eg Eg Eg Eg Tm Eg", size=Size(720, 1600)),
    Case("an exact place", MIDDLE, click(636, 1200), "Eg Eg Eg Tm Eg Tm Eg", spot=Spot(635.9, 1200)),
    Case("outside of the screen", MIDDLE, click(1079, 1200), "Tm Tm Tm -m Tm Tm Tm", spot=Spot(1100, 1200)),
    Case("no tree is known", MIDDLE, click(541, 1201), "Eg x Eg Eg Eg x Eg", NOTHING_KNOWN),
    Case("far off, no tree is known", MIDDLE, click(100, 2200), "Tm x Tm Tm Tm x Tm", NOTHING_KNOWN),
]
TYPES = [
    Case("pressed long instead", MIDDLE, press(540, 1200), "-m -m - -m -m - -m"),
    Case("clicked instead of pressing long", LONG, click(540, 1200), "- - - Eg -m - x"),
    Case("pressed long", LONG, press(540, 1200), "E E E -m Eg Tm x"),
    Case("pressed long in the box", LONG, press(540, 1200), "E E E -m Eg Eg x", boxed(BUTTON)),
    Case("pressed long elsewhere", LONG, press(900, 200), "T T T -m Tm Tm x"),
    Case("pressed as long as a click", MIDDLE, press(540, 1200, 0.2), "-m -m - Eg -m - -m"),
    Case("pressed shorter than a click", MIDDLE, press(540, 1200, 0.1), "-m -m - -m -m - -m"),
    Case("a long press as long as a click", LONG, press(540, 1200, 0.2), "E E E Eg Eg Tm x"),
    Case("a click that cannot be read", MIDDLE, None, "- -m - -m - - -m"),
    Case("a long press that cannot be read", LONG, None, "- - - -m - - x"),
    Case("swiped instead of clicking", MIDDLE, UP, "-m -m - -m -m - -m"),
    Case("typed instead of clicking", MIDDLE, types("x"), "-m -m - -m -m - -m"),
    Case("waited instead of clicking", MIDDLE, WAIT, "-m -m - -m -m - -m"),
    Case("ended instead of clicking", MIDDLE, DONE, "-m -m - -m - - -m"),
    Case("moved instead of clicking", MIDDLE, MOVED, "-m -m - -m - - -m"),
    Case("entered instead of clicking", MIDDLE, ENTER, "-m -m - -m - - -m"),
    Case("went back instead of clicking", MIDDLE, BACK, "-m -m - -m -m -m -m"),
    Case("opened an app instead of clicking", MIDDLE, opens("Mail"), "-m -m - -m -m - -m"),
    Case("waited", Waited(), WAIT, "E E E E E E x"),
    Case("ended instead of waiting", Waited(), DONE, "- - - E - - x"),
    Case("clicked instead of waiting", Waited(), click(540, 1200), "- - - - - - x"),
    Case("a wait that cannot be read", Waited(), None, "- - - - - - x"),
    Case("waited, no tree is known", Waited(), WAIT, "E x E E E x x", NOTHING_KNOWN),
    Case("the end", Finished(), DONE, "x x x E x E x"),
    Case("the end as a failure", Finished(), FAILED, "x x x E x T x"),
    Case("waited at the end", Finished(), WAIT, "x x x E x - x"),
    Case("clicked at the end", Finished(), click(540, 1200), "x x x - x - x"),
    Case("an end that cannot be read", Finished(), None, "x x x - x - x"),
]
SCROLLS = [
    Case("down by the finger", scrolled("down"), DOWN, "E E T T T T E"),
    Case("down by the content", scrolled("down"), UP, "T T E E E E E"),
    Case("what is below", scrolled("down"), shows(dy=500), "T T E E E E E"),
    Case("what is above", scrolled("down"), shows(dy=-500), "E E T T T T E"),
    Case("what is to the right", scrolled("right"), shows(dx=500), "T T E E E E E"),
    Case("left by the finger", scrolled("left"), LEFT, "E E T T T T E"),
    Case("left by the content", scrolled("left"), RIGHT, "T T E E E E E"),
    Case("along the other axis", scrolled("left"), UP, "T T T T T T E"),
    Case("all by the content", scrolled("down"), UP, "E E E E E E E", scroll=Convention.CONTENT),
    Case("all by the content, wrong", scrolled("down"), DOWN, "T T T T T T E", scroll=Convention.CONTENT),
    Case("all by the finger", scrolled("down"), DOWN, "E E E E E E E", scroll=Convention.FINGER),
    Case("all by the finger, wrong", scrolled("down"), UP, "T T T T T T E", scroll=Convention.FINGER),
    Case("further in parts of the screen", scrolled("right"), swipe(540, 1200, 640, 1350), "E E T T T T E"),
    Case("the same by the content", scrolled("left"), swipe(540, 1200, 640, 1350), "T T T E T T E"),
    Case("further in pixels", scrolled("up"), swipe(540, 1200, 640, 1350), "T T E T E E E"),
    Case("nowhere", scrolled("up"), swipe(540, 1200, 540, 1200), "E E T T T T E"),
    Case("clicked instead of scrolling", scrolled("down"), click(540, 1200), "- - - - - - -"),
    Case("a scroll that cannot be read", scrolled("down"), None, "- - - - - - -"),
]
TEXTS = [
    Case("the same text", typed("New York"), types("New York"), "E E E E E E E"),
    Case("the same in another case", typed("New York"), types("new york "), "E E E E E T E"),
    Case("a part of it", typed("New York"), types("New"), "E E T E E T E"),
    Case("the same first word", typed("New York"), types("New Jersey"), "T T E T T T E"),
    Case("the words in another order", typed("New York"), types("York New"), "T T T T E T E"),
    Case("more than it", typed("New York"), types("New York City"), "E E E E E T E"),
    Case("much more than it", typed("New York"), types("New York hotels near the park"), "E E E E T T E"),
    Case("another text", typed("New York"), types("Boston"), "T T T T T T E"),
    Case("an empty text", typed("New York"), types(""), "E T T E T T E"),
    Case("anything for an empty text", typed(""), types("x"), "E E T E T T E"),
    Case("an empty text for one", typed(""), types(""), "E T E E E E E"),
    Case("text, no tree is known", typed("New York"), types("New York"), "E x E E E x E", NOTHING_KNOWN),
    Case("clicked instead of typing", typed("New York"), click(540, 1200), "- - - - - - -"),
    Case("opened instead of typing", typed("Mail"), opens("Mail"), "- - - - - - -"),
    Case("a text that cannot be read", typed("New York"), None, "- - - - - - -"),
    Case("a field to click first", typed("x", Spot(540, 1200)), types("x"), "E E E E E Tm E", boxed(BUTTON)),
    Case("clicked too", typed("x", Spot(540, 1200)), types("x"), "E E E E E Eg E", boxed(BUTTON), spot=Spot(500, 1200)),
]
APPS = [
    Case("the same app", CHROME, opens("Google Chrome"), "E E E x E E E"),
    Case("a part of its name", CHROME, opens("chrome"), "E E T x E T E"),
    Case("the same maker", CHROME, opens("Google Maps"), "T T E x T T E"),
    Case("another app", CHROME, opens("Gmail"), "T T T x T T E"),
    Case("another case", CHROME, opens("google chrome"), "E E E x E T E"),
    Case("clicked somewhere", CHROME, click(200, 200), "- - - x - -m -"),
    Case("clicked the icon", CHROME, click(200, 200), "E - - x - -m -", boxed(ICON)),
    Case("clicked near the icon", CHROME, click(315, 200), "E - - x - -m -", boxed(ICON)),
    Case("clicked far from the icon", CHROME, click(900, 2000), "T - - x - -m -", boxed(ICON)),
    Case("clicked what is called so", CHROME, click(200, 200), "- - - x - Qg -", named((ICON, "Google Chrome", ""))),
    Case(
        "clicked what is described so",
        CHROME,
        click(200, 200),
        "- - - x - Qg -",
        named((ICON, "", "google chrome app")),
    ),
    Case(
        "clicked another thing within it",
        CHROME,
        click(200, 200),
        "- - - x - -m -",
        named(((0, 0, 400, 400), "Google Chrome", ""), (ICON, "Mail", "")),
    ),
    Case("went back instead of opening", CHROME, BACK, "- - - x - - -"),
    Case("an app that cannot be read", CHROME, None, "- - - x - - -"),
    Case(
        "opened where a click would do",
        tap(200, 200),
        opens("Mail"),
        "-m -m - -m -m Q -m",
        named((ICON, "anything", "")),
        spot=Spot(200, 200),
    ),
]
BUTTONS = [
    Case("back", WENT_BACK, BACK, "E E E E E E E"),
    Case("home instead of back", WENT_BACK, HOME, "T T - T T - -"),
    Case("enter instead of back", WENT_BACK, ENTER, "T T - T - - -"),
    Case("menu instead of back", WENT_BACK, MENU, "T T - - - - -"),
    Case("clicked instead of going back", WENT_BACK, click(200, 200), "- - - - - -m -"),
    Case("clicked back", WENT_BACK, click(200, 200), "- - - - - Qg -", named((ICON, "", "Navigate Back"))),
    Case("clicked up", WENT_BACK, click(200, 200), "- - - - - -m -", named((ICON, "", "Navigate up"))),
    Case("ended instead of going back", WENT_BACK, DONE, "- - - - - - -"),
    Case("a back that cannot be read", WENT_BACK, None, "- - - - - - -"),
    Case(
        "back where a click would do",
        tap(200, 200),
        BACK,
        "-m -m - -m -m Qg -m",
        named((ICON, "Back", "")),
        spot=Spot(200, 200),
    ),
    Case("home", WENT_HOME, HOME, "E E E E E E x"),
    Case("back instead of home", WENT_HOME, BACK, "T T - T T - x"),
    Case("clicked instead of going home", WENT_HOME, click(200, 200), "- - - - - - x"),
]
CASES = [*PLACES, *TYPES, *SCROLLS, *TEXTS, *APPS, *BUTTONS]


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_case(case: Case, judge: StepJudge) -> None:
    place = [each.name for each in JUDGES].index(judge.name)
    assert letters(judge, case) == case.verdicts.split()[place], case.what


def test_every_judge_has_forty_cases_that_it_counts() -> None:
    assert [judge.name for judge in JUDGES] == ["qwen", "strict", "osatlas", "agentcpm", "clawgui", "uground", "ui-r1"]
    counted = [sum(case.verdicts.split()[place] != "x" for case in CASES) for place in range(len(JUDGES))]
    assert min(counted) >= 40
