"""What a prompt adds to its makers' words where there is something to say; nothing in an episode without trouble."""

from handeye.agent.prompts.text import in_words, mark_lines, notices, remark
from handeye.agent.prompts.view import View
from handeye.agent.step import Step


def after(step: Step, view: View) -> str:
    """Return what was corrected in a step's reply and what became of its actions, as one line in brackets; or ""."""
    said = remark(step, view)
    return f"({said})\n" if said else ""


def now(view: View, naming: str = "") -> str:
    """Return what the newest screenshot does not show, each on a line of its own after a line break.

    naming: how a reply may name a mark, which precedes the list of marks; without it, marks are not listed.
    """
    observation = view.history.observation
    lines = [f"Notice: {in_words(notice, view.dialect.word)}" for notice in notices(observation)]
    if naming and observation.marks:
        lines += [naming, *mark_lines(observation.marks)]
    return "".join(f"\n{line}" for line in lines)
