"""GUI-Owl: tool calls as Qwen2.5-VL's, with arguments of its own.

Public modules: `dialect` (`COMPUTER_USE`, `MOBILE_USE`).
"""
