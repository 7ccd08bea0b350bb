"""A simulated Android phone behind a real ADB socket, whose screen is a Chromium page."""
