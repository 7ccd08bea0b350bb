"""Videos: where they come from, which frames the model sees, when each is shown, and times in answers.

Public modules: `open` (a video by its path), `source` (what a video is), `stills`, `spans`.
"""
