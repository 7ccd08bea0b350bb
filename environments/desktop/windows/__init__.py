"""What a Windows desktop needs besides pyautogui: monitors, windows, and input that pyautogui cannot send.

From outside: `system` and `events`. Written to Microsoft's documentation; never run on Windows.
"""
