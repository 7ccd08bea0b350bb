"""Looks at the real BrowserGym: an adapter for the interpreter that has it."""

import importlib
import inspect
from typing import Any


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    env = importlib.import_module("browsergym.core.env").BrowserEnv
    high = importlib.import_module("browsergym.core.action.highlevel")
    parsers = importlib.import_module("browsergym.core.action.parsers")
    gymnasium = importlib.import_module("gymnasium")
    actions = high.HighLevelActionSet(arguments["subsets"], multiaction=True, strict=True, demo_mode="off")

    def names(function: Any) -> list[str]:
        return list(inspect.signature(function).parameters)

    def signatures(given: dict[str, Any]) -> dict[str, Any]:
        return {
            "reset": names(env.reset),
            "step": names(env.step),
            "close": names(env.close),
            "made with": names(env.__init__),
            "make": names(gymnasium.make),
            "action set": names(high.HighLevelActionSet.__init__),
            "to_python_code": names(high.HighLevelActionSet.to_python_code),
            "functions": {
                name: sorted(function.__name__ for function in functions)
                for name, functions in high.ACTION_SUBSETS.items()
            },
        }

    def read(given: dict[str, Any]) -> list[Any]:
        """Return the calls as BrowserGym's parser reads them; raise if its action set refuses them."""
        actions.to_python_code(given["source"])
        return [list(call) for call in parsers.highlevel_action_parser.parse_string(given["source"], parse_all=True)]

    return {"signatures": signatures, "read": read}
