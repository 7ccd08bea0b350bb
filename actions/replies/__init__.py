"""How models write what they ask for, whatever it means: JSON objects, tool calls, and calls as in Python.

Nothing here is ever evaluated, and each module takes any text in time proportional to its length.

Public modules: `objects` (JSON objects among prose and tags), `tool_calls` (a name and arguments), `python_calls`.
"""
