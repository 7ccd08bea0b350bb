"""GUI-Owl: tool calls as Qwen2.5-VL's, with arguments of its own; version 1.5 with a line before them.

Public modules: `dialect` (`COMPUTER_USE`, `MOBILE_USE`), `version_1_5` (`COMPUTER_USE_1_5`, `MOBILE_USE_1_5`).
"""
