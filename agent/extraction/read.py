"""Reading an answer as an instance of a pydantic model."""

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from handeye.actions.replies.objects import read_reply

Schema = TypeVar("Schema", bound=BaseModel)

_MOST_ERRORS = 5
"""How many errors of an answer the model is told."""


class Unusable(ValueError):
    """An answer without valid data; the message says why, for the model and for people."""


def read(text: str, schema: type[Schema], members: Mapping[str, JsonValue]) -> Schema:
    """Return the first valid object in an answer; `members` are the properties of the schema.

    Raises `Unusable`, which says what is wrong with the object that has the most of the members.
    """
    reply = read_reply(
        text, lambda value: not members or bool(members.keys() & value.keys()), "it holds no JSON object"
    )
    problems: list[tuple[int, str]] = []
    for found in reply.objects:
        try:
            return schema.model_validate_json(json.dumps(found))
        except ValidationError as error:
            problems.append((len(members.keys() & found.keys()), _told(error)))
    if problems:
        raise Unusable(max(problems, key=lambda each: each[0])[1])
    named = ", ".join(list(members)[:10])
    reason = reply.failure or "it holds no JSON object"
    raise Unusable(f"{reason} with any of the members {named}" if reason.startswith("it holds no") else reason)


def _told(error: ValidationError) -> str:
    """Return the errors in one line, each with its place: "items.0.price: Input should be a valid number"."""
    told = []
    for each in error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_ERRORS]:
        place = ".".join(map(str, each["loc"]))
        told.append(f"{place}: {each['msg']}" if place else each["msg"])
    more = error.error_count() - len(told)
    return " ".join("; ".join([*told, f"and {more} more errors"] if more > 0 else told).split())
