"""Oracles of tasks that choose a date from a calendar that opens."""

from collections.abc import Iterator
from datetime import datetime

from handeye.evals.miniwob.oracle import Move, PageReader, quote

PICKER = "#datepicker"
CALENDAR = "#ui-datepicker-div"


def choose_date(page: PageReader) -> Iterator[Move]:
    """A day of a year, from a calendar that opens at its end, then Submit."""
    wanted = datetime.strptime(page.utterance.split()[1], "%m/%d/%Y")
    while page.value(PICKER) != f"{wanted:%m/%d/%Y}":
        if not page.sees(f"{CALENDAR} td"):
            yield page.click("Click the date field.", PICKER)
            continue
        shown = datetime.strptime(page.text(".ui-datepicker-title").replace("\xa0", " "), "%B %Y")
        if shown > wanted.replace(day=1):
            yield page.click("Go to the month before.", ".ui-datepicker-prev")
        elif shown < wanted.replace(day=1):
            yield page.click("Go to the next month.", ".ui-datepicker-next")
        else:
            day = str(wanted.day)
            yield page.click(f"Click the day {quote(day)}.", f"{CALENDAR} td a", day)
    yield page.press_button()
