"""What readers are told of an entry that is not what they have seen."""

from dataclasses import replace

import pytest
from made_issues import entry, with_part

from digest.issues.corrections import corrected
from digest.issues.pages import render_entry
from digest.records import Entry, EntryTable, Origin, Part, PublishedEntry, Reference, SignalRow

DAY, NEXT_DAY = "3 December 2026", "10 December 2026"
BEFORE = entry()
ROW = SignalRow("Ice comes late", "–", "–", "–")


def told(now: Entry, before: Entry = BEFORE, note: str = "", day: str = DAY) -> str:
    return corrected(now, PublishedEntry("a" * 32, "20261122", before, note=note), day)


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (replace(BEFORE, title="Rivers freeze"), "title"),
        (replace(BEFORE, origin=Origin("The Mail", "")), "origin"),
        (replace(BEFORE, url="https://news.example/c"), "link"),
        (replace(BEFORE, summary="Ice came.", signals=(ROW,)), "summary, signals"),
        (replace(BEFORE, signals=()), "signals"),
        (replace(BEFORE, keywords=(), themes=("Money",)), "keywords, themes"),
        (replace(BEFORE, sources=()), "sources"),
        (replace(BEFORE, category="culture", type="news"), "category, type"),
        (replace(BEFORE, tables=(EntryTable("Concerns", ("name",), ()),)), "concerns"),
        (with_part(BEFORE, "Kilns burn."), "“Mine”"),
        (replace(BEFORE, parts=(Part("", "## [A *b*](https://e.org), c. [^1]", "x"),)), "“A b c ^1”"),
        (replace(BEFORE, parts=(Part("", "", "words alone"),)), "text"),
        (replace(BEFORE, parts=(Part("Summary", "", "* a point"),)), "summary"),
        (replace(BEFORE, parts=(Part("Head", "", "By Ida."),)), "link"),
        (replace(BEFORE, parts=(Part("Themes"), Part("Head"))), "order of the sections"),
    ],
)
def test_a_correction_says_what_was_corrected(now: Entry, what: str) -> None:
    said = told(now)
    assert said == f"Corrected on {DAY}: {what}."
    assert said in render_entry(BEFORE, note=said) or "“" in said


def test_links_to_other_entries_are_no_correction() -> None:
    other = replace(BEFORE, closest=(Reference("Banks", "1" * 32),))
    assert told(other) == ""
    assert (
        told(
            replace(other, parts=(Part("Closest", "", "* Mine"),)), replace(BEFORE, parts=(Part("Closest"),))
        )
        == ""
    )
    assert told(other, note="Corrected on 1 May 2026.") == "Corrected on 1 May 2026."


def test_what_was_said_of_earlier_days_stays() -> None:
    first = told(replace(BEFORE, summary="a"))
    same_day = told(replace(BEFORE, summary="b", keywords=("b",)), note=first)
    assert same_day == f"Corrected on {DAY}: summary, keywords."
    later = told(replace(BEFORE, title="c"), note=same_day, day=NEXT_DAY)
    assert later == f"Corrected on {DAY}: summary, keywords. Corrected on {NEXT_DAY}: title."
    again = told(replace(BEFORE, themes=("d",)), note=later, day=NEXT_DAY)
    assert again == f"Corrected on {DAY}: summary, keywords. Corrected on {NEXT_DAY}: title, themes."
    assert told(BEFORE, note=again, day=NEXT_DAY) == again


def test_a_note_of_before_corrections_said_what_is_gone_on_with() -> None:
    assert (
        told(replace(BEFORE, url="https://e.org/"), note=f"Corrected on {DAY}.")
        == f"Corrected on {DAY}: link."
    )


def test_a_hostile_heading_stays_words_in_a_note() -> None:
    part = Part("", "## <script>alert(1)</script> \u202e[x](javascript:y), `a` | *b*\n===", "x")
    said = told(replace(BEFORE, parts=(part,)))
    assert said.startswith(f"Corrected on {DAY}: “alert(1)")
    assert "<" not in said
    assert "\u202e" not in said
    render_entry(BEFORE, note=said)
    long = Part("", "## " + "x" * 500, "x")
    assert len(told(replace(BEFORE, parts=(long,)))) < 120
