"""A program on the desktop: a text field above a button; each change is written to a file. Runs where tkinter is."""

from __future__ import annotations

import json
import sys
import tkinter
from pathlib import Path

TARGET = Path(sys.argv[1])


def main() -> None:
    window = tkinter.Tk()
    window.geometry("800x600+100+100")
    pressed = 0
    field = tkinter.Text(window)
    field.place(x=0, y=0, width=800, height=400)
    field.bind("<Control-a>", lambda event: (field.tag_add("sel", "1.0", "end"), "break")[1])

    def write() -> None:
        state = json.dumps({"text": field.get("1.0", "end-1c"), "pressed": pressed})
        TARGET.with_suffix(".new").write_text(state, encoding="utf-8")
        TARGET.with_suffix(".new").replace(TARGET)

    def press() -> None:
        nonlocal pressed
        pressed += 1
        write()

    def changed(event: object) -> None:
        if field.edit_modified():
            write()
            field.edit_modified(False)

    tkinter.Button(window, text="Press", command=press).place(x=0, y=400, width=800, height=200)
    field.bind("<<Modified>>", changed)
    field.bind("<Double-Button-1>", lambda event: None)
    window.after(0, lambda: (window.focus_force(), field.focus_set(), write()))
    window.mainloop()


main()
