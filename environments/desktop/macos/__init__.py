"""What a macOS desktop needs besides pyautogui: monitors, windows, and input that pyautogui cannot send.

From outside: `system` and `events`. Written to Apple's documentation; never run on macOS.
"""
