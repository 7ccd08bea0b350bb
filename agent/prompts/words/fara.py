"""What Fara-7B is told with each screenshot but the first, word for word.

Source: `FaraAgent` of src/fara/fara_agent.py in microsoft/fara at commit 3f3f1fd (MIT).
"""

URL = "Current URL: {url}\n"
NEXT = "Here is the next screenshot. Think about what to do next."
LONGEST_URL = 100
"""In characters, without the query; of a longer address, the beginning is told."""
CUT = " ..."
"""Follows the beginning of an address."""
