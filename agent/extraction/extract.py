"""Extraction: the model is asked for JSON, and told what is wrong with it until it is valid."""

import json

from PIL.Image import Image
from pydantic import BaseModel, JsonValue
from pydantic.errors import PydanticInvalidForJsonSchema

from handeye.agent.extraction.errors import ExtractionFailed, InvalidSchema
from handeye.agent.extraction.read import Schema, Unusable, read
from handeye.agent.policies.backend import Backend
from handeye.agent.prompts.words.qwen import EXTRACT, RETRY
from handeye.model.conversation.messages import Message

MOST_TOKENS = 4096
"""Tokens of an answer."""
RETRIES = 2
"""How often the model is asked again after an answer that is not valid."""


def extract(
    model: Backend, image: Image, schema: type[Schema], *, retries: int = RETRIES, max_new_tokens: int = MOST_TOKENS
) -> Schema:
    """Return the data that an image shows, as an instance of a pydantic model.

    The model is shown the JSON schema of `schema`. Its answer is read leniently (code fences, prose around it, harmless
    mistakes in the JSON) and validated; where it is not valid, it is told the errors and asked again. What it says may
    still be wrong: only its form is checked.

    Args:
        model: A model, such as from `load_model`, or a `ChatServer`.
        image: Any image that Pillow opens, such as an invoice or a form.
        schema: The class to return an instance of. Descriptions of its fields are shown to the model.
        retries: How often it is asked again, at most.
        max_new_tokens: The maximum number of tokens in an answer.

    Raises:
        ExtractionFailed: no answer was valid; it says what is wrong with the last one.
        InvalidSchema: the class has no JSON schema of an object.
        InvalidImage: the image cannot be shown to the model.
        HandeyeError: what the model or the server raises.
    """
    from handeye.model.images.image import to_rgb  # imports numpy

    if retries < 0:
        raise ValueError(f"retries must be at least 0, not {retries}")
    written = _json_schema(schema)
    messages = [Message("user", (to_rgb(image), EXTRACT.format(schema=json.dumps(written, ensure_ascii=False))))]
    attempts = 0
    while True:
        answer = model.generate(messages, max_new_tokens=max_new_tokens)
        attempts += 1
        try:
            return read(answer.text, schema, written["properties"])
        except Unusable as error:
            cut = f"it was cut off after {max_new_tokens} tokens; " if answer.finish == "length" else ""
            problem = f"{cut}{error}"
        if attempts > retries:
            raise ExtractionFailed(problem, answer.text, attempts)
        messages += [Message("assistant", (answer.text,)), Message("user", (RETRY.format(problem=problem),))]


def _json_schema(schema: type[BaseModel]) -> dict[str, dict[str, JsonValue]]:
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        raise InvalidSchema(f"{schema!r:.80} is not a pydantic model: give a subclass of pydantic.BaseModel")
    try:
        written = schema.model_json_schema()
    except PydanticInvalidForJsonSchema as error:
        raise InvalidSchema(f"{schema.__name__} has no JSON schema: {str(error).splitlines()[0]}") from error
    if "properties" not in written:
        raise InvalidSchema(f"{schema.__name__} is not an object with members: wrap it in one")
    return written
