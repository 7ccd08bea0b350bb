"""The instruction that says how Holo1 must answer: the JSON Schema of a step, as Python prints a dict, word for word.

Source: the end of `SYSTEM_PROMPT`, and `NavigationStep.model_json_schema()` of utils/navigation.py in
hcompai/hai-cookbook at commit 2ba8961 (Apache-2.0).
"""

FRAME = """# <output_json_format>
# ```json
# {output_format}
# ```
# </output_json_format>"""
SCHEMA = {
    "$defs": {
        "AnswerAction": {
            "description": "Return a final answer to the task. This is the last action to call in an episode.",
            "properties": {
                "action": {"const": "answer", "default": "answer", "title": "Action", "type": "string"},
                "content": {"description": "The answer content", "title": "Content", "type": "string"},
            },
            "required": ["content"],
            "title": "AnswerAction",
            "type": "object",
        },
        "ClickElementAction": {
            "description": "Click at absolute coordinates of a web element with its description",
            "properties": {
                "action": {
                    "const": "click_element",
                    "description": "Click at absolute coordinates of a web element",
                    "title": "Action",
                    "type": "string",
                },
                "element": {"description": "text description of the element", "title": "Element", "type": "string"},
                "x": {
                    "description": "The x coordinate, number of pixels from the left edge.",
                    "title": "X",
                    "type": "integer",
                },
                "y": {
                    "description": "The y coordinate, number of pixels from the top edge.",
                    "title": "Y",
                    "type": "integer",
                },
            },
            "required": ["action", "element", "x", "y"],
            "title": "ClickElementAction",
            "type": "object",
        },
        "GoBackAction": {
            "description": "Action to navigate back in browser history",
            "properties": {
                "action": {
                    "const": "go_back",
                    "description": "Navigate to the previous page",
                    "title": "Action",
                    "type": "string",
                }
            },
            "required": ["action"],
            "title": "GoBackAction",
            "type": "object",
        },
        "GotoAction": {
            "description": "Action to go to a particular URL",
            "properties": {
                "action": {
                    "const": "goto",
                    "description": "Goto a particular URL",
                    "title": "Action",
                    "type": "string",
                },
                "url": {"description": "A url starting with http:// or https://", "title": "Url", "type": "string"},
            },
            "required": ["action", "url"],
            "title": "GotoAction",
            "type": "object",
        },
        "RefreshAction": {
            "description": "Action to refresh the current page",
            "properties": {
                "action": {
                    "const": "refresh",
                    "description": "Refresh the current page",
                    "title": "Action",
                    "type": "string",
                }
            },
            "required": ["action"],
            "title": "RefreshAction",
            "type": "object",
        },
        "RestartAction": {
            "description": "Restart the task from the beginning.",
            "properties": {"action": {"const": "restart", "default": "restart", "title": "Action", "type": "string"}},
            "title": "RestartAction",
            "type": "object",
        },
        "ScrollAction": {
            "description": "Scroll action with no required element",
            "properties": {
                "action": {
                    "const": "scroll",
                    "description": "Scroll the page or a specific element",
                    "title": "Action",
                    "type": "string",
                },
                "direction": {
                    "description": "The direction to scroll in",
                    "enum": ["down", "up", "left", "right"],
                    "title": "Direction",
                    "type": "string",
                },
            },
            "required": ["action", "direction"],
            "title": "ScrollAction",
            "type": "object",
        },
        "WaitAction": {
            "description": "Action to wait for a particular amount of time",
            "properties": {
                "action": {
                    "const": "wait",
                    "description": "Wait for a particular amount of time",
                    "title": "Action",
                    "type": "string",
                },
                "seconds": {
                    "default": 2,
                    "description": "The number of seconds to wait",
                    "maximum": 10,
                    "minimum": 0,
                    "title": "Seconds",
                    "type": "integer",
                },
            },
            "required": ["action"],
            "title": "WaitAction",
            "type": "object",
        },
        "WriteElementAction": {
            "description": "Write content at absolute coordinates of a web element "
            "identified by its description, then press Enter.",
            "properties": {
                "action": {
                    "const": "write_element_abs",
                    "description": "Write content at absolute coordinates of a web page",
                    "title": "Action",
                    "type": "string",
                },
                "content": {"description": "Content to write", "title": "Content", "type": "string"},
                "element": {"description": "Text description of the element", "title": "Element", "type": "string"},
                "x": {
                    "description": "The x coordinate, number of pixels from the left edge.",
                    "title": "X",
                    "type": "integer",
                },
                "y": {
                    "description": "The y coordinate, number of pixels from the top edge.",
                    "title": "Y",
                    "type": "integer",
                },
            },
            "required": ["action", "content", "element", "x", "y"],
            "title": "WriteElementAction",
            "type": "object",
        },
    },
    "properties": {
        "note": {
            "default": "",
            "description": "Task-relevant information extracted from the previous observation. "
            "Keep empty if no new info.",
            "title": "Note",
            "type": "string",
        },
        "thought": {"description": "Reasoning about next steps (<4 lines)", "title": "Thought", "type": "string"},
        "action": {
            "anyOf": [
                {"$ref": "#/$defs/ClickElementAction"},
                {"$ref": "#/$defs/WriteElementAction"},
                {"$ref": "#/$defs/ScrollAction"},
                {"$ref": "#/$defs/GoBackAction"},
                {"$ref": "#/$defs/RefreshAction"},
                {"$ref": "#/$defs/WaitAction"},
                {"$ref": "#/$defs/RestartAction"},
                {"$ref": "#/$defs/AnswerAction"},
                {"$ref": "#/$defs/GotoAction"},
            ],
            "description": "Next action to take",
            "title": "Action",
        },
    },
    "required": ["thought", "action"],
    "title": "NavigationStep",
    "type": "object",
}
