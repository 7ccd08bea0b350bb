"""Models from JSON schemas: they accept what the schema accepts, and refuse what they cannot check."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handeye.agent.extraction.errors import InvalidSchema
from handeye.agent.extraction.schema import read_schema, schema_model

INVOICE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Invoice",
    "type": "object",
    "properties": {
        "invoice number": {"type": "string", "minLength": 1, "pattern": "^[A-Z]"},
        "kind": {"enum": ["bill", "credit", None]},
        "version": {"const": 1},
        "total": {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 100},
        "paid": {"type": "boolean"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1, "maxItems": 2},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        "either": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer", "multipleOf": 2}}]},
        "anything": {},
    },
    "required": ["invoice number", "lines"],
    "additionalProperties": False,
    "$defs": {
        "line": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "_n": {"type": "integer"}},
            "required": ["name"],
        }
    },
}
PARTS = {
    "invoice number": ["A7", "", "a", 7],
    "kind": ["bill", None, "other"],
    "version": [1, 2],
    "total": [5, 0, None, -1, 100, [1]],
    "paid": [True, "maybe"],
    "lines": [[{"name": "x", "_n": 3, "more": 1}], [], [{}], [{"name": "x"}] * 3, "x"],
    "notes": [{}, {"a": "b"}, {"a": 1}],
    "either": ["x", [2, 4], [3], 1],
    "anything": [None, {"a": [1]}, "x"],
    "unknown": [1],
}


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in PARTS.items()}))
def test_it_accepts_what_the_schema_accepts(data: dict[str, Any]) -> None:
    peer = pytest.importorskip("jsonschema", reason="jsonschema is not installed: make test-all installs it")
    model = schema_model(INVOICE)
    wanted = peer.Draft202012Validator(INVOICE).is_valid(data)
    try:
        found = model.model_validate_json(json.dumps(data))
    except ValidationError:
        assert not wanted
    else:
        assert wanted
        assert json.loads(found.model_dump_json(by_alias=True, exclude_unset=True)) == data


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ([], "is not an object"),
        ("text", "is not an object"),
        (True, "is not an object"),
        ({}, "must describe an object"),
        ({"type": "string"}, "must describe an object"),
        ({"type": "object"}, 'has no "properties"|must describe'),
        ({"type": "object", "properties": {}}, 'has no "properties"'),
        ({"invoice": "string"}, 'the keyword "invoice" at # is not supported'),
        ({"properties": {"a": {"type": "text"}}}, "\"type\" at #/properties/a is 'text'"),
        ({"properties": {"a": 5}}, "at #/properties/a is not an object"),
        ({"properties": []}, '"properties" at # must be an object'),
        ({"properties": {"a": {"not": {}}}}, 'the keyword "not" at #/properties/a'),
        (
            {"properties": {"a": {"type": "string", "minimum": 1}}},
            '"minimum" at #/properties/a is not supported for string',
        ),
        ({"properties": {"a": {}}, "required": ["b"]}, "\"required\" at # names 'b'"),
        ({"properties": {"a": {"$ref": "https://a.example/x"}}}, '"\\$ref" at #/properties/a must look like'),
        ({"properties": {"a": {"$ref": "#/$defs/x"}}}, "which is not there"),
        (
            {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"items": {"$ref": "#/$defs/x"}}}},
            "refers to itself",
        ),
        ({"properties": {"a": {"enum": []}}}, "must be a list of texts"),
        ({"properties": {"a": {"enum": [1.5]}}}, "must be a list of texts"),
        ({"properties": {"a": {"anyOf": []}}}, "is not a list of schemas"),
        (
            {"properties": {"a": {"type": "object", "anyOf": [{}]}}},
            'keyword "type" at #/properties/a is not supported beside',
        ),
        ({"properties": {"a": {"type": "string", "pattern": "("}}}, "cannot be used"),
        ({"properties": {"a": {"type": "number", "minimum": "x"}}}, "cannot be used"),
    ],
)
def test_schemas_that_are_none(schema: Any, reason: str) -> None:
    with pytest.raises(InvalidSchema, match=reason) as caught:
        schema_model(schema)
    assert "\n" not in str(caught.value)


def test_a_schema_that_is_too_deep() -> None:
    deep: Any = {"type": "string"}
    for _ in range(60):
        deep = {"items": deep}
    with pytest.raises(InvalidSchema, match="nested too deeply"):
        schema_model({"properties": {"a": deep}})


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    with pytest.raises(InvalidSchema, match="cannot be opened: No such file"):
        read_schema(file)
    for data in (b"{", b"\xff", b"", b"[" * 100_000):
        file.write_bytes(data)
        with pytest.raises(InvalidSchema, match=r"is not JSON|nested too deeply"):
            read_schema(file)
    file.write_text(json.dumps(INVOICE), encoding="utf-8")
    assert len(read_schema(file).model_fields) == 9
