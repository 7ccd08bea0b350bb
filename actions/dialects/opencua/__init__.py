"""OpenCUA: `## Thought:`, `## Action:` and a block of PyAutoGUI code, which is read and never run.

Public modules: `dialect` (`OPENCUA`).
"""
