"""The functions that UI-Venus-Navi was trained with, word for word.

Source: models/navigation/utils.py of inclusionAI/UI-Venus (Apache-2.0): `MOBILE` is in `USER_PROMPT` of the branch
UI-Venus-1.0 at commit 497e2cd, `WEB` in `WEB_USER_PROMPT` at commit c6ce41f, the first with words for web pages. Those
are of UI-Venus-1.5; version 1.0 knows phones alone. `MOBILE_1_5` is in `MOBILE_USER_PROMPT` there.
"""

WEB = """- Click(box=(x1,y1))
- Drag(start=(x1,y1), end=(x2,y2))
- Scroll(direction='down or up')
- Type(content='')
- Launch(app='' or url='')
- Wait()
- Finished(content='')
- CallUser(content='')
- LongPress(box=(x1,y1))
- PressBack()
- PressHome()
- PressEnter()
- PressRecent()
- Hover(box=(x1,y1))
- DoubleClick(box=(x1,y1))
- Hotkey(keys=['ctrl', 'c']) # Split keys with comma and wrap each key in single quotes. Do not use more than 3 keys in one Hotkey action."""
MOBILE = """Click(box=(x1, y1))
Drag(start=(x1, y1), end=(x2, y2))
Scroll(start=(x1, y1), end=(x2, y2), direction='down/up/right/left')
Type(content='')
Launch(app='')
Wait()
Finished(content='')
CallUser(content='')
LongPress(box=(x1, y1))
PressBack()
PressHome()
PressEnter()
PressRecent()"""
MOBILE_1_5 = """- Click(box=(x1,y1))
- Drag(start=(x1,y1), end=(x2,y2))
- Scroll(start=(x1,y1), end=(x2,y2))
- Type(content='')
- Launch(app='')
- Wait()
- Finished(content='')
- CallUser(content='')
- LongPress(box=(x1,y1))
- PressBack()
- PressHome()
- PressEnter()
- PressRecent()"""
