"""Selecting tasks by name or by the name of a family."""

from collections.abc import Collection

from handeye.evals.errors import UnknownTask
from handeye.evals.mobile_miniwob.names import MINIWOB, MINIWOB_SUBSET
from handeye.evals.mobile_miniwob.oracles import TOUCH_ORACLES, WITHOUT_ORACLE
from handeye.evals.selection import named_tasks


def select(text: str, *, left_out: Collection[str] = (), oracle: bool = False) -> tuple[str, ...]:
    """Return the tasks that `text` selects: `miniwob`, `miniwob_subset`, `oracles`, or names separated by commas.

    Those that are left out, because they have no page, are not part of a family. Raises `UnknownTask`, also for a task
    that is left out, and with `oracle` for one that has none.
    """
    sets = {
        name: tuple(task for task in tasks if task not in left_out)
        for name, tasks in (("miniwob", MINIWOB), ("miniwob_subset", MINIWOB_SUBSET), ("oracles", tuple(TOUCH_ORACLES)))
    }
    names = named_tasks(text, MINIWOB, sets)
    for name in names:
        if name in left_out:
            raise UnknownTask(f"only AndroidWorld has the page of {name}: name a checkout with --android-world FOLDER")
        if oracle and name in WITHOUT_ORACLE:
            raise UnknownTask(
                f"no oracle plays {name} ({WITHOUT_ORACLE[name]}): --tasks oracles selects those that have one"
            )
    return names
