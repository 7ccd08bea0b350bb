"""Screens that can be seen and acted on.

Here are the contract (`environment`, `observation`, `errors`) and what all kinds share. Each kind is a room of its own
and knows nothing of the others: `browser`, `android`, `desktop`; `marks` wraps any of them. Above them are
`simulated_phone` and `recording`, and above those `contract` and `doctor`.
"""
