"""The policies: a model, or a script.

Public modules: `qwen` (`QwenPolicy`), `chat` (`ChatPolicy`) and `scripted` (`ScriptedPolicy`). The protocol is
`handeye.agent.policy`.
"""
