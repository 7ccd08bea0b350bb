"""Qwen2.5-VL's own tools, `computer_use` and `mobile_use`.

Public modules: `tools`, which writes the system prompt, reads replies and writes actions.
"""
