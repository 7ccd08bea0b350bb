"""A Chromium browser.

Public modules: `environment` (`BrowserEnvironment`), `chromium` (find one, install one) and `settle`
(`BROWSER_SETTLE`). `recording` and `simulated_phone` also use the parts that know nothing of episodes: `keys`,
`launch`, `options`, `process`, `screen`, `screenshot`, `session`.
"""
