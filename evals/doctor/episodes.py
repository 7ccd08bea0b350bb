"""What looks wrong with played episodes."""

from collections import Counter
from typing import Final

from handeye.evals.doctor.finding import Finding
from handeye.evals.results.run import Results

AT_ONCE: Final = 0.2
"""More unsolved episodes than this share that ended after one step are suspicious."""
TOO_LONG: Final = 0.5
"""The same for those that reached the limit of steps."""


def ending_finding(results: Results) -> Finding:
    """Return how episodes ended, and whether many ended at once or only at the limit of steps."""
    unsolved = [answer for answer in results.answers if not answer.right and answer.error is None]
    if not unsolved:
        return Finding("endings", "every episode that was judged is solved")
    counts = Counter(answer.text.removeprefix("ended: ") for answer in unsolved)
    evidence = f"unsolved: {', '.join(f'{count} {ending}' for ending, count in counts.most_common())}"
    at_once = sum((answer.steps or 0) <= 1 for answer in unsolved)
    if at_once > AT_ONCE * len(results.answers):
        return Finding(
            "endings",
            f"{evidence}; {at_once} of {len(results.answers)} episodes ended unsolved after at most one step",
            "look at their pages: handeye show DIR/journals",
        )
    if counts["step limit"] > TOO_LONG * len(results.answers):
        return Finding("endings", evidence, "most ran out of steps: look at their pages, or raise --max-steps")
    return Finding("endings", evidence)


def never_solved_finding(results: Results) -> Finding:
    """Return the tasks that were never solved."""
    solved: dict[str, float] = {}
    for item in results.items:
        task = item.groups.get("task", "")
        solved[task] = solved.get(task, 0.0) + item.success
    never = [task for task, sum_of_shares in solved.items() if sum_of_shares == 0]
    shown = f": {', '.join(never[:5])}{' …' if len(never) > 5 else ''}" if never else ""
    return Finding("tasks never solved", f"{len(never)} of {len(solved)}{shown}")
