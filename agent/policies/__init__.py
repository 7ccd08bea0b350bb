"""The policies: a model, or a script.

Public modules: `qwen` (`QwenPolicy`) and `scripted` (`ScriptedPolicy`). The protocol is `handeye.agent.policy`.
"""
