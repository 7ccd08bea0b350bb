"""A pydantic model from a JSON schema, so that both are validated by the same code.

Supported is what describes data on paper: `type`, `properties`, `required`, `additionalProperties`, `items`, `enum`,
`const`, `anyOf`, `$ref` to `$defs`, and limits of lengths and numbers. Any other keyword that would restrict the data
is refused rather than ignored. Descriptions, examples and formats restrict nothing; they are for the model, which is
shown the schema as it was written.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import SchemaError

from handeye.agent.extraction.errors import InvalidSchema

_MOST_DEPTH = 20
_NOTES = frozenset(
    "$schema $id $comment $defs definitions title description examples default format readOnly writeOnly deprecated "
    "contentMediaType contentEncoding".split()
)
"""Keywords that restrict nothing."""
_LIMITS: Mapping[str, Mapping[str, str]] = {
    "string": {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"},
    "number": {
        "minimum": "ge",
        "maximum": "le",
        "exclusiveMinimum": "gt",
        "exclusiveMaximum": "lt",
        "multipleOf": "multiple_of",
    },
    "array": {"minItems": "min_length", "maxItems": "max_length"},
}
"""The limits of a type, each with its name in pydantic."""
_OWN = {"object": {"properties", "required", "additionalProperties"}, "array": {"items"}}


def read_schema(path: Path) -> type[BaseModel]:
    """Read a file with a JSON schema; raise `InvalidSchema` if it is none."""
    try:
        written = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidSchema(f"{path} cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # not JSON, not UTF-8, NUL in the name
        raise InvalidSchema(f"{path} is not JSON: {error}") from error
    except RecursionError as error:
        raise InvalidSchema(f"{path} is nested too deeply") from error
    return schema_model(written)


class Written(BaseModel):
    """The base of models that are made from a JSON schema, which they return as their own."""

    _schema: ClassVar[dict[str, JsonValue]] = {}

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Return the schema as it was written."""
        return cls._schema


def schema_model(schema: JsonValue) -> type[BaseModel]:
    """Return a pydantic model of the objects that a JSON schema describes.

    Raises `InvalidSchema`, which names what is wrong and where.
    """
    if not isinstance(schema, dict):
        raise InvalidSchema("the JSON schema is not an object: it must look like {'type': 'object', 'properties': …}")
    built = _Builder(schema).of(schema, "#", ())
    if not (isinstance(built, type) and issubclass(built, Written)) or "properties" not in schema:
        raise InvalidSchema('the JSON schema must describe an object: "type": "object", with "properties"')
    if not built.model_fields:
        raise InvalidSchema('the JSON schema has no "properties", so there is nothing to extract')
    built._schema = schema
    return built


class _Open(Written):
    model_config = ConfigDict(extra="allow")


class _Closed(Written):
    model_config = ConfigDict(extra="forbid")


class _Builder:
    def __init__(self, root: Mapping[str, JsonValue]) -> None:
        self._root = root

    def of(self, schema: JsonValue, place: str, within: tuple[str, ...]) -> Any:
        """Return the type that a schema describes. `within` are the references on the way to it."""
        if schema is True or schema == {}:
            return JsonValue
        if not isinstance(schema, dict):
            raise InvalidSchema(f"the JSON schema at {place} is not an object")
        if place.count("/") > 2 * _MOST_DEPTH:
            raise InvalidSchema(f"the JSON schema is nested too deeply at {place[:80]}")
        kinds = self._kinds(schema, place)
        self._require_known(schema, kinds, place)
        try:
            return self._type(schema, kinds, place, within)
        except (PydanticUserError, SchemaError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InvalidSchema(f"the JSON schema at {place} cannot be used: {reason}") from error

    def _type(self, schema: dict[str, JsonValue], kinds: list[str], place: str, within: tuple[str, ...]) -> Any:
        if "$ref" in schema:
            return self._referred(schema["$ref"], place, within)
        if "const" in schema:
            return self._literal([schema["const"]], place)
        if "enum" in schema:
            return self._literal(schema["enum"], place)
        if "anyOf" in schema:
            options = schema["anyOf"]
            if not isinstance(options, list) or not options:
                raise InvalidSchema(f'"anyOf" at {place} is not a list of schemas')
            return _union([self.of(each, f"{place}/anyOf/{index}", within) for index, each in enumerate(options)])
        if not kinds:
            return JsonValue
        return _union([self._plain(kind, schema, place, within) for kind in kinds])

    def _plain(self, kind: str, schema: dict[str, JsonValue], place: str, within: tuple[str, ...]) -> Any:
        names = _LIMITS.get("number" if kind == "integer" else kind, {})
        limits: dict[str, Any] = {ours: schema[name] for name, ours in names.items() if name in schema}
        match kind:
            case "object":
                return self._object(schema, place, within)
            case "array":
                item = self.of(schema.get("items", True), f"{place}/items", within)
                return Annotated[list[item], Field(**limits)]  # type: ignore[valid-type]
            case "string":
                return Annotated[str, Field(**limits)]
            case "integer":
                return Annotated[int, Field(**limits)]
            case "number":
                return Annotated[float, Field(allow_inf_nan=False, **limits)]
            case "boolean":
                return bool
            case _:
                return None

    def _object(self, schema: dict[str, JsonValue], place: str, within: tuple[str, ...]) -> Any:
        properties, required = schema.get("properties", {}), schema.get("required", [])
        more = schema.get("additionalProperties", True)
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise InvalidSchema(f'"properties" at {place} must be an object, and "required" a list')
        if unknown := [name for name in required if name not in properties]:
            raise InvalidSchema(f'"required" at {place} names {unknown[0]!r}, which "properties" does not describe')
        if isinstance(more, dict) and more and not properties:
            return dict[str, self.of(more, f"{place}/additionalProperties", within)]  # type: ignore[misc]
        if not isinstance(more, bool) and more:
            raise InvalidSchema(f'"additionalProperties" at {place} must be true or false beside "properties"')
        fields: dict[str, Any] = {}
        for index, (name, inner) in enumerate(properties.items()):
            type_ = self.of(inner, f"{place}/properties/{name}", within)
            fields[f"field_{index}"] = (Annotated[type_, Field(alias=name)], ... if name in required else None)
        return create_model("Data", __base__=_Closed if more is False else _Open, **fields)

    def _referred(self, reference: JsonValue, place: str, within: tuple[str, ...]) -> Any:
        parts = reference.split("/") if isinstance(reference, str) else []
        if len(parts) != 3 or parts[0] != "#" or parts[1] not in {"$defs", "definitions"}:
            raise InvalidSchema(f'"$ref" at {place} must look like "#/$defs/NAME", not {reference!r:.80}')
        if str(reference) in within:
            raise InvalidSchema(f"the JSON schema {reference} refers to itself, which is not supported")
        known = self._root.get(parts[1])
        if not isinstance(known, dict) or parts[2] not in known:
            raise InvalidSchema(f'"$ref" at {place} names {reference!r}, which is not there')
        return self.of(known[parts[2]], str(reference), (*within, str(reference)))

    @staticmethod
    def _literal(values: JsonValue, place: str) -> Any:
        plain = (
            isinstance(values, list) and values and all(each is None or isinstance(each, str | int) for each in values)
        )
        if not plain or not isinstance(values, list):
            raise InvalidSchema(f"the values at {place} must be a list of texts, whole numbers, true, false or null")
        return Literal[tuple(values)]

    @staticmethod
    def _kinds(schema: dict[str, JsonValue], place: str) -> list[str]:
        named = schema.get("type", "object" if "properties" in schema else "array" if "items" in schema else [])
        kinds = named if isinstance(named, list) else [named]
        known = {"object", "array", "string", "integer", "number", "boolean", "null"}
        if not all(isinstance(kind, str) and kind in known for kind in kinds):
            raise InvalidSchema(f'"type" at {place} is {named!r:.80}: it must be one of {", ".join(sorted(known))}')
        return [str(kind) for kind in kinds]

    @staticmethod
    def _require_known(schema: dict[str, JsonValue], kinds: list[str], place: str) -> None:
        alone = next((name for name in ("$ref", "const", "enum", "anyOf") if name in schema), None)
        known = {*_NOTES, "type"} if alone in {None, "const", "enum"} else {*_NOTES}
        if alone is not None:
            known.add(alone)
        else:
            for kind in kinds:
                known |= {*_LIMITS.get("number" if kind == "integer" else kind, ()), *_OWN.get(kind, ())}
        if unknown := sorted(schema.keys() - known):
            beside = f'beside "{alone}"' if alone else f"for {' or '.join(kinds) or 'any value'}"
            raise InvalidSchema(f'the keyword "{unknown[0]}" at {place} is not supported {beside}')


def _union(types: list[Any]) -> Any:
    return types[0] if len(types) == 1 else Union[tuple(types)]  # noqa: UP007 (made at run time)
