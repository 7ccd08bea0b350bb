"""`[x1,y1,x2,y2]`, whose centre is meant: UI-Venus-Ground, GUI-G2."""

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, search

BOX = Answer("box", lambda _: words.BOX, search, lambda x, y: f"[{x},{y},{x},{y}]")
