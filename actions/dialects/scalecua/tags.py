"""The three tags of ScaleCUA's replies: `think`, `operation`, which says the step in words, and `action`."""

from collections.abc import Callable, Collection, Iterable

from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.reading import Reading
from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.replies.python_calls import PythonCall, read_calls
from handeye.actions.replies.sections import joined, tagged

TAGS = ("think", "operation", "action")
SECONDS = 3.0
"""How long a wait is that does not say."""
_MISSING = "the reply contains no action: answer with <think>, <operation> and <action>"


def read(
    text: str, batch: Batch, functions: Collection[str], read_call: Callable[[PythonCall | None], None]
) -> Reading:
    """Return what a reply asks for; `read_call` adds the actions of a call to the batch, and ends with None."""
    text = whole_characters(text)
    sections = tagged(text, TAGS)
    thought, conclusion = joined(sections, "think"), joined(sections, "operation")
    calls = read_calls(joined(sections, "action") or joined(sections, ""), functions, _MISSING)
    if calls.failure is not None:
        return Reading.of_problem(calls.failure, text, thought or joined(sections, ""), conclusion)
    said = Said(text, thought or calls.before.strip(), conclusion, calls.notes)
    return batch.read(said, (*calls.calls, None), read_call)


def write(calls: Iterable[str], thought: str, conclusion: str) -> str:
    """Return the three tags, each on lines of its own."""
    lines = "\n".join(calls)
    return f"<think>\n{thought}\n</think>\n<operation>\n{conclusion}\n</operation>\n<action>\n{lines}\n</action>"
