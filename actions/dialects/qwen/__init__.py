"""Qwen2.5-VL's own tools, `computer_use` and `mobile_use`.

From outside: `tools`, which writes the system prompt, reads replies and writes actions.
"""
