from typing import Any

import pytest

from handeye.actions.describe import json_schema, prompt_text
from handeye.actions.geometry import Point
from handeye.actions.schema import ACTION_TYPES, ACTIONS, Click, dump


def test_the_prompt_names_every_action_and_field() -> None:
    text = prompt_text(ACTION_TYPES)
    for name, model in ACTIONS.items():
        assert f"{name}: {model.__doc__}" in text.splitlines()
        for field in set(model.model_fields) - {"type"}:
            assert f"  {field} (" in text


def test_the_prompt_holds_only_what_is_asked_for() -> None:
    assert prompt_text({"back", "click"}) == (
        "click: Press and release a mouse button at a point, or tap it.\n"
        "  point ([x, y]): Where, in pixels.\n"
        '  button ("left" | "right" | "middle", "left" if left out): Which mouse button.\n'
        "  count (integer, 1 if left out): 2 for a double click, 3 for a triple click.\n"
        '  modifiers (["ctrl" | "alt" | "shift" | "meta", ...], [] if left out): Keys held meanwhile.\n'
        "back: Go back to the previous page or screen."
    )
    assert prompt_text(()) == ""


def test_the_schema_is_that_of_a_step() -> None:
    schema = json_schema({"click", "back"})
    assert list(schema["properties"]) == ["thought", "action"] == schema["required"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["action"]["anyOf"] == [{"$ref": "#/$defs/Click"}, {"$ref": "#/$defs/Back"}]
    assert set(schema["$defs"]) == {"Click", "Back"}


@pytest.mark.parametrize("name", sorted(ACTION_TYPES))
def test_each_action_is_told_by_its_type_alone(name: str) -> None:
    (definition,) = json_schema({name})["$defs"].values()
    assert definition["properties"]["type"] == {"const": name, "type": "string"}
    assert next(iter(definition["properties"])) == "type" == definition["required"][0]
    assert definition["additionalProperties"] is False
    assert set(definition["properties"]) == set(ACTIONS[name].model_fields)
    assert references(definition) == []


def test_a_dumped_action_has_the_members_that_the_schema_requires() -> None:
    (definition,) = json_schema({"click"})["$defs"].values()
    members = dump(Click(point=Point(1, 2)))
    assert set(definition["required"]) <= set(members) <= set(definition["properties"])
    point = definition["properties"]["point"]
    assert (point["minItems"], point["maxItems"], point["items"]["type"]) == (2, 2, "integer")


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(ValueError, match="there is no action fly"):
        prompt_text({"click", "fly"})
    with pytest.raises(ValueError, match="there is no action fly"):
        json_schema({"fly"})
    with pytest.raises(ValueError, match="at least one"):
        json_schema(())


def references(schema: Any) -> list[str]:
    """Return what a schema refers to outside itself, which a grammar would have to look up."""
    match schema:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [found for value in schema.values() for found in references(value)]
        case list():
            return [found for value in schema for found in references(value)]
        case _:
            return []
