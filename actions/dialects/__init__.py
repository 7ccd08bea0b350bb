"""How families of models write actions, one module or folder for each.

Public modules: `unified` (our own JSON step) and `qwen.tools` (Qwen2.5-VL's `computer_use` and `mobile_use`).
"""
