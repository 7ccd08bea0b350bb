"""The tasks that published figures are of, the categories of the benchmark, and the rules that figures count by."""

from collections.abc import Mapping, Sequence
from typing import Final

from handeye.evals.statistics.breakdown import Breakdown, Rule

WEBGUM_56: Final = tuple(
    """
    book-flight choose-date choose-date-easy choose-date-medium choose-list click-button click-button-sequence
    click-checkboxes click-checkboxes-large click-checkboxes-soft click-checkboxes-transfer click-collapsible
    click-collapsible-2 click-color click-dialog click-dialog-2 click-link click-menu click-option click-pie
    click-scroll-list click-shades click-shape click-tab click-tab-2 click-tab-2-hard click-test click-test-2
    click-widget count-shape email-inbox email-inbox-forward-nl email-inbox-forward-nl-turk email-inbox-nl-turk
    enter-date enter-password enter-text enter-text-dynamic enter-time focus-text focus-text-2 grid-coordinate
    guess-number identify-shape login-user login-user-popup multi-layouts multi-orderings navigate-tree
    search-engine social-media social-media-all social-media-some tic-tac-toe use-autocomplete use-spinner
    """.split()
)
"""The 56 tasks of WebGUM (Furuta et al. 2023, arXiv 2305.11854). Source: the column webgum_subset of BrowserGym's table
of the tasks."""

_OTHER_CATEGORIES: Final[Mapping[str, Sequence[str]]] = {
    "hidden test": """
        ascending-numbers buy-ticket daily-calendar drag-shapes-2 drag-single-shape draw-circle draw-line
        find-greatest form-sequence form-sequence-2 form-sequence-3 generate-number hot-cold odd-or-even
        order-food phone-book sign-agreement stock-market
    """.split(),
    "additional": """
        click-checkboxes-large click-checkboxes-soft click-checkboxes-transfer click-tab-2-hard
        email-inbox-forward-nl email-inbox-forward-nl-turk email-inbox-nl-turk login-user-popup multi-layouts
        multi-orderings social-media-all social-media-some
    """.split(),
    "debug": """
        choose-date-easy choose-date-medium click-tab-2-easy click-tab-2-medium click-test-transfer
        email-inbox-delete email-inbox-forward email-inbox-important email-inbox-noscroll email-inbox-reply
        email-inbox-star-reply unicode-test
    """.split(),
    "nodelay": """
        book-flight-nodelay choose-date-nodelay click-collapsible-2-nodelay click-collapsible-nodelay
        click-pie-nodelay use-autocomplete-nodelay
    """.split(),
}

CATEGORIES: Final = ("original", *_OTHER_CATEGORIES)
"""Those of the benchmark's own list of tasks: from MiniWoB, kept back for tests when that was published, added by
MiniWoB++, for debugging, and without delays. Source: the column miniwob_category of BrowserGym's table."""


def category(name: str) -> str:
    """Return the category of a task."""
    return next((kind for kind, members in _OTHER_CATEGORIES.items() if name in members), CATEGORIES[0])


BREAKDOWN: Final = Breakdown(
    kind="category",
    group=category,
    groups=CATEGORIES,
    rules=(
        Rule("reward >= 1", lambda reward: reward >= 1),
        Rule("reward > 0.8", lambda reward: reward > 0.8),
        Rule("reward > 0", lambda reward: reward > 0),
    ),
)
"""The rules that published figures count by: all of the reward; SeeClick's; BrowserGym's, by which a circle's centre
that is missed by three quarters of its radius is found."""
