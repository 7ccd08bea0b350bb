"""What a Windows desktop needs besides pyautogui: monitors, windows, and input that pyautogui cannot send.

Public modules: `system`, `focus` and `events`. Written from Microsoft's documentation; never run on Windows.
"""
