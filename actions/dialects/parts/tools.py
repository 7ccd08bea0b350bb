"""Replies of the Qwen family: a thought, calls of a tool in tags, and a conclusion."""

from collections.abc import Callable, Collection, Iterable

from handeye.actions.dialects.parts.batch import Batch, Said
from handeye.actions.dialects.parts.calls import Arguments
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.tool_use import CallReader, Far
from handeye.actions.reading import Reading
from handeye.actions.replies.objects import Object, Reply
from handeye.actions.replies.tool_calls import NotACall, call_of, read_tool_calls, tagged
from handeye.actions.schema import InvalidAction


def read(
    text: str,
    tool: Tool,
    names: Collection[str],
    batch: Batch,
    far: Far,
    completed: Callable[[Arguments, str], Arguments] | None = None,
) -> Reading:
    """Return what a reply asks for with calls of functions with these names.

    `far` is that of `CallReader`. `completed` adds to the arguments of a call what it leaves unsaid, given the thought.
    """
    missing = (
        f'the reply contains no call: answer with <tool_call>{{"name": "{tool}", "arguments": {{...}}}}</tool_call>'
    )
    reply: Reply = read_tool_calls(text, ("computer_use", "mobile_use", *names), missing)
    if reply.failure is not None:
        return Reading.of_problem(reply.failure, text, reply.thought, reply.conclusion)
    calls = CallReader(tool, batch, far)
    said = Said(text, reply.thought or reply.prose, reply.conclusion, reply.notes)

    def read_call(value: Object) -> None:
        arguments = _arguments(value, tool, names)
        calls.read(arguments if completed is None else completed(arguments, said.thought))

    return batch.read(said, reply.objects, read_call)


def write(calls: Iterable[str], thought: str, conclusion: str) -> str:
    """Return the reply with these calls, each one line of JSON."""
    lines = [f"<thinking>\n{thought}\n</thinking>"] if thought else []
    lines += [tagged(call) for call in calls]
    if conclusion:
        lines.append(f"<conclusion>\n{conclusion}\n</conclusion>")
    return "\n".join(lines)


def _arguments(value: Object, tool: Tool, names: Collection[str]) -> Object:
    """Return the arguments of a call; raise `InvalidAction` for another tool."""
    try:
        call = call_of(value)
    except NotACall as error:
        raise InvalidAction(str(error)) from error
    if call.name is None or call.name in (tool, *names):
        return call.arguments
    if "action" in call.arguments:
        raise InvalidAction(f"there is no tool {call.name[:40]!r}: call {tool}")
    return {**call.arguments, "action": call.name}  # the model called the action as if it were the tool
