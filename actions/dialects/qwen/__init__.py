"""Qwen2.5-VL's own tools, `computer_use` and `mobile_use`.

Public modules: `dialect` (`COMPUTER_USE`, `MOBILE_USE`) and `prompt` (`THINKING`).
"""
