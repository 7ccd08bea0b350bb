"""The policies: a model, or a script.

From outside: `qwen` (`QwenPolicy`) and `scripted` (`ScriptedPolicy`). The protocol is `handeye.agent.policy`.
"""
