"""Issues made for tests of the forms: a plain one, a long one, and one of hostile texts."""

import json
from datetime import UTC, datetime
from pathlib import Path

from hostile_texts import TEXTS

from digest.issues.pages import admit
from digest.records import Entry, Issue, IssueEntry, IssueTimes, Origin, Part, Reference, SignalRow

FIRST, LATER = datetime(2026, 11, 22, 5, 4, 3, 999, UTC), datetime(2026, 12, 3, 18, 0, tzinfo=UTC)
TIMES = IssueTimes(FIRST, LATER)


def entry(title: str = "Rivers Freeze Late", *, summary: str = "Ice came 12 days later.") -> Entry:
    return Entry(
        title=title,
        origin=Origin("The Post", "https://letters.example/p/20261119"),
        url="https://news.example/a_b?c=1&d=2",
        summary=summary,
        keywords=("ice", "rivers"),
        themes=("Climate",),
        signals=(
            SignalRow("Ice comes 12 days later", "From fixed to moving", "–", "Warm autumns"),
            SignalRow("Ferries sail in January", "–", "–", "–"),
        ),
        closest=(Reference("Lakes Follow", "0" * 32),),
        sources=(Reference("Ice Comes Late", "https://other.example/ice"),),
    )


def issue_of(
    *entries: Entry, name: str = "20261122", title: str = "Weak Signals", site: str = "", note: str = ""
) -> Issue:
    made = (IssueEntry(f"{at:032x}", each, each.themes[0], note) for at, each in enumerate(entries, 1))
    return Issue(name, title, site, "en", tuple(made))


def long_issue(count: int, *, site: str = "") -> Issue:
    words = "Ferries sailed through open water in every week of the winter. " * 12
    return issue_of(*(entry(f"Story {at}", summary=words.strip()) for at in range(count)), site=site)


def hostile_issue(texts: list[str], *, site: str = "") -> Issue:
    """An issue with each of the texts as title, summary, theme, keyword, cell, feed title and note."""
    made = []
    for at, text in enumerate(texts):
        row = SignalRow(text, text, text, text)
        each = Entry(
            title=text,
            origin=Origin(text, ""),
            url="https://news.example/a",
            summary=text,
            keywords=(text,),
            themes=(text,),
            signals=(row,),
            closest=(Reference(text, "0" * 32),),
        )
        made.append(IssueEntry(f"{at:032x}", each, text, text))
    return Issue("20261122", "<b>Week</b> ]]> &amp;", site, "en", tuple(made))


def hostile_texts(dev_data: Path | None) -> list[str]:
    naughty = []
    if dev_data:
        folder = dev_data / "hostile"
        naughty = json.loads((folder / "blns.json").read_text("utf-8"))[::3]
        lines = (folder / "prompt_injection.jsonl").read_text("utf-8").strip().split("\n")
        naughty += [json.loads(line)["text"] for line in lines[::40]]
    more = ["a\ufffeb\uffff", "]]> <![CDATA[", "Subject: x\r\nBcc: a@e.org", "\U000e0041 \u202eabc"]
    return [text for text in map(admit, [*TEXTS, *more, *naughty]) if text]


def with_part(made: Entry, text: str) -> Entry:
    """Give an entry with a section of an editor's own."""
    from dataclasses import replace

    sections = ("Summary", "Keywords", "Themes", "Signals", "Closest", "Sources")
    parts = (Part("Head"), *(Part(name) for name in sections), Part("", "## Mine", text))
    return replace(made, parts=parts)
