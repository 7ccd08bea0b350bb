"""The tasks of MobileMiniWoB++: which AndroidWorld has, and whose pages the package `miniwob` has as they are there.

Source: android_world/task_evals/miniwob/miniwob_registry.py of google-research/android_world at commit d9c569f
(2026-02-24), whose families `miniwob` and `miniwob_subset` these are; the pages were compared with those of `miniwob`
1.1.0, byte by byte.
"""

from typing import Final

MINIWOB_SUBSET: Final = tuple(
    """
    book-flight choose-date choose-list click-button click-button-sequence click-checkboxes click-checkboxes-large
    click-checkboxes-soft click-checkboxes-transfer click-collapsible click-collapsible-2 click-color click-dialog
    click-dialog-2 click-link click-option click-pie click-scroll-list click-shades click-shape click-tab
    click-tab-2 click-tab-2-hard click-test click-test-2 click-widget copy-paste copy-paste-2 count-shape
    email-inbox email-inbox-forward-nl email-inbox-forward-nl-turk email-inbox-nl-turk enter-date enter-password
    enter-text enter-text-dynamic enter-time find-word focus-text focus-text-2 grid-coordinate guess-number
    identify-shape login-user login-user-popup multi-layouts multi-orderings navigate-tree read-table search-engine
    simple-algebra simple-arithmetic social-media social-media-all social-media-some terminal text-transform
    tic-tac-toe unicode-test use-autocomplete use-slider
    """.split()
)
"""The 62 tasks of the family `miniwob_subset`, which AndroidWorld's command marks as "from the paper"."""

_NOT_IN_SUBSET: Final = """
    bisect-angle choose-date-easy choose-date-medium circle-center click-menu-2 click-tab-2-easy click-tab-2-medium
    click-test-transfer count-sides drag-box drag-item email-inbox-delete email-inbox-forward email-inbox-important
    email-inbox-noscroll email-inbox-reply email-inbox-star-reply enter-text-2 find-midpoint highlight-text
    highlight-text-2 read-table-2 resize-textarea right-angle scroll-text scroll-text-2 simon-says use-colorwheel
    use-colorwheel-2 visual-addition
""".split()

MINIWOB: Final = tuple(sorted((*MINIWOB_SUBSET, *_NOT_IN_SUBSET)))
"""The 92 tasks of the family `miniwob`."""

ONLY_IN_ANDROID_WORLD: Final = ("drag-item",)
"""The task whose page only AndroidWorld has."""

CHANGED: Final = frozenset(
    """
    choose-list click-checkboxes click-checkboxes-large click-checkboxes-soft click-checkboxes-transfer
    click-collapsible click-collapsible-2 click-dialog click-dialog-2 click-scroll-list click-tab click-tab-2
    click-tab-2-easy click-tab-2-hard click-tab-2-medium count-sides email-inbox-forward-nl
    email-inbox-forward-nl-turk email-inbox-nl-turk login-user-popup multi-layouts multi-orderings unicode-test
    use-colorwheel use-colorwheel-2
    """.split()
)
"""The 25 whose page differs in AndroidWorld. The other 66 pages are the same, although the scripts that all pages share
are not."""

WHOLE_IN_ANDROID_WORLD: Final = frozenset(
    """
    click-checkboxes click-checkboxes-large click-checkboxes-soft click-checkboxes-transfer
    """.split()
)
"""Those that give a part of the reward for a part of the answer here, and -1 there."""
