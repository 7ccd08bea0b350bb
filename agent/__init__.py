"""The agent: passes observations from an environment to a policy and executes what the policy decides.

This level holds the loop (`loop`, `resume`) and its types. Below them are `policies`, `prompts` and `journal`; above
them `page`, `replay`, `recording` and, on top, `cli`.
"""
