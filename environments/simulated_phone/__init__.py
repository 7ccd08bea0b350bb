"""A simulated Android phone behind a real ADB socket. Its screen is a page in Chromium.

From outside: `environment` (`SimulatedPhoneEnvironment`) and `phone` (`SimulatedPhone`). A command over adb goes from
`adbd` (the daemon) to `shell` (the grammar) to `commands` (the programs), which read and change `device`.
"""
