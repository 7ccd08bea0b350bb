"""What a macOS desktop needs besides pyautogui: monitors, windows, and input that pyautogui cannot send.

Public modules: `system`, `focus` and `events`. Written from Apple's documentation; never run on macOS.
"""
