"""A Chromium browser.

Public modules: `environment` (`BrowserEnvironment`) and `chromium` (find one, install one). `recording` and
`simulated_phone` also use `launch`, `process`, `screen` and `screenshot`, which know nothing of episodes.
"""
