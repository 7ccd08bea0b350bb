"""Tool calls as structures: a name and arguments, from a reply's text or from the field of a server's answer.

A server that parses the calls of a model returns them apart from the text, as `tool_calls` of the OpenAI interface;
`text_of` puts them back, so that a reply is one text whoever served it.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from handeye.actions.replies.lenient_json import Unreadable, read_object
from handeye.actions.replies.objects import Object, Reply, read_reply

_ARGUMENTS = ("arguments", "parameters")


class NotACall(ValueError):
    """An object is not a call. The message says in one line what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call."""

    name: str | None
    """None if the model wrote only arguments."""
    arguments: Object


def read_tool_calls(text: str, names: Collection[str], missing: str) -> Reply:
    """Split a reply into its parts, whose objects are calls, with `call_of`; `missing` is the failure if there is none.

    An object counts as a call if it has arguments, an `action`, or one of `names` as its name.
    """

    def is_call(value: Object) -> bool:
        named = isinstance(value.get("name"), str) and value["name"] in names
        return named or not value.keys().isdisjoint(_ARGUMENTS) or isinstance(value.get("action"), str)

    return read_reply(text, is_call, missing)


def call_of(value: Object) -> ToolCall:
    """Return the call of an object, with its arguments in any of the places that models use; raise `NotACall`."""
    function = value.get("function")
    if isinstance(function, dict):
        return call_of(function)
    name = value.get("name")
    arguments = value.get("arguments", value.get("parameters"))
    if isinstance(arguments, str):
        try:
            arguments = read_object(arguments, arguments.index("{")).value
        except (Unreadable, ValueError) as error:
            raise NotACall("the arguments of a call must be a JSON object") from error
    if arguments is None:
        arguments = {key: item for key, item in value.items() if key not in ("name", *_ARGUMENTS)}
    if not isinstance(arguments, dict):
        raise NotACall("the arguments of a call must be a JSON object")
    if name is not None and not isinstance(name, str):
        raise NotACall(f"the name of a call must be a text, not {str(name)[:40]!r}")
    return ToolCall(name, arguments)


def written(name: str, arguments: Object) -> str:
    """Return a call as one line of JSON."""
    return json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)


def tagged(call: str) -> str:
    """Return a call in its tags."""
    return f"<tool_call>\n{call}\n</tool_call>"


def text_of(content: str | None, tool_calls: object) -> str:
    """Return the reply that a server has split into `content` and `tool_calls`, as the model wrote it.

    tool_calls: the field of an OpenAI-compatible answer, or None. Calls that are none are left out of the text.
    """
    parts = [content] if content else []
    for item in tool_calls if isinstance(tool_calls, list) else []:
        try:
            call = call_of(item) if isinstance(item, dict) else None
        except NotACall:
            # Arguments that are no object stay as they are: the reader of the reply says what is wrong.
            parts.append(tagged(json.dumps(item.get("function", item), ensure_ascii=False, default=str)))
            continue
        if call is not None and call.name is not None:
            parts.append(tagged(written(call.name, call.arguments)))
    return "\n".join(parts)
