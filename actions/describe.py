"""The actions as a prompt and as a JSON Schema, both generated from the union so that they always match it."""

import json
from collections.abc import Collection
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from handeye.actions.schema import ACTIONS, AnyAction, UnifiedStep


def prompt_text(types: Collection[str]) -> str:
    """Return what a model must know to write these actions: one paragraph each, in the order of the union.

    Raises ValueError for a type that does not exist.
    """
    return "\n".join(_paragraph(name, model) for name, model in _chosen(types).items())


def json_schema(types: Collection[str]) -> dict[str, Any]:
    """Return the JSON Schema of a unified step whose action is one of these types; its members in prompt order.

    Raises ValueError for a type that does not exist, and if there are no types.
    """
    chosen = _chosen(types)
    if not chosen:
        raise ValueError("a schema needs at least one type of action")
    models: list[type[BaseModel]] = [UnifiedStep, *chosen.values()]
    references, collected = models_json_schema(
        [(model, "validation") for model in models], schema_generator=_Untitled, ref_template="#/$defs/{model}"
    )
    definitions: dict[str, Any] = collected["$defs"]
    step = definitions[UnifiedStep.__name__]
    used = {model.__name__: definitions[model.__name__] for model in chosen.values()}
    for definition in used.values():
        # A default makes `type` optional in Python; in JSON it identifies the action.
        definition["required"] = ["type", *definition.get("required", [])]
        del definition["properties"]["type"]["default"]
    options = [references[model, "validation"] for model in chosen.values()]
    properties = {"thought": step["properties"]["thought"], "action": {"anyOf": options}}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": used,
    }


class _Untitled(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _chosen(types: Collection[str]) -> dict[str, type[AnyAction]]:
    unknown = set(types) - set(ACTIONS)
    if unknown:
        raise ValueError(f"there is no action {', '.join(sorted(unknown))}")
    return {name: model for name, model in ACTIONS.items() if name in types}


def _paragraph(name: str, model: type[AnyAction]) -> str:
    properties = model.model_json_schema()["properties"]
    lines = [f"{name}: {model.__doc__}"]
    for field, schema in properties.items():
        if field != "type":
            default = f", {json.dumps(schema['default'])} if left out" if schema.get("default") is not None else ""
            lines.append(f"  {field} ({_shape(schema)}{default}): {schema['description']}")
    return "\n".join(lines)


def _shape(schema: dict[str, Any]) -> str:
    """Describe which JSON values a schema accepts."""
    match schema:
        case {"enum": options}:
            return " | ".join(json.dumps(option) for option in options)
        case {"anyOf": [first, {"type": "null"}]}:
            return f"{_shape(first)}, optional"
        case {"anyOf": [{"enum": _}, {"type": "string"}]}:
            return "key"
        case {"type": "array", "items": {"type": "integer"}, "maxItems": 2}:
            return "[x, y]"
        case {"type": "array", "items": {"type": "integer"}, "maxItems": 4}:
            return "[left, top, right, bottom]"
        case {"type": "array", "items": item}:
            return f"[{_shape(item)}, ...]"
        case {"type": "boolean"}:
            return "true | false"
        case {"type": kind}:
            return str(kind)
        case _:
            raise ValueError(f"no words for the schema {schema}")
