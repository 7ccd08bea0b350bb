"""A simulated Android phone behind a real ADB socket. Its screen is a page in Chromium.

Public modules: `environment` (`SimulatedPhoneEnvironment`) and `phone` (`SimulatedPhone`). An adb command goes from
`adbd` (the daemon) to `shell` (the grammar) to `commands` (the programs), which read and change `device`; `quirks` make
single programs answer as other phones do.
"""
