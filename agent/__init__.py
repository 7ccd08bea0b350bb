"""The agent: shows a policy what an environment shows, and carries out what the policy decides.

Here are the loop (`loop`, `resume`) and its nouns. Below them are `policies`, `prompts` and `journal`; above them
`page`, `replay`, `recording` and, on top, `cli`.
"""
