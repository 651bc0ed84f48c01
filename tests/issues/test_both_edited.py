"""Two texts of one draft put together: what differs in other places is in one text, the rest is offered."""

import re

from hypothesis import given
from hypothesis import strategies as st
from test_drafts import FIRST

from digest.issues.drafts import read_draft, render_draft
from digest.issues.drafts.both_edited import put_together
from digest.issues.drafts.revise import offers_of

BASE = render_draft(FIRST)
PATH = "a.md"


def with_section(text: str, name: str, words: str) -> str:
    """Put words in the place of what a section says."""
    return re.sub(rf"(?s)(## {name}\n\n).*?(?=\n\n## |\Z)", lambda found: found[1] + words, text, count=1)


def test_edits_of_different_sections_are_both_in_the_text() -> None:
    mine = with_section(BASE, "Summary", "Mine.")
    theirs = with_section(BASE, "Keywords", "* theirs")
    found = put_together(BASE, mine, theirs, PATH)
    assert found.text == with_section(mine, "Keywords", "* theirs")
    assert (found.offered, found.is_whole) == ((), True)
    assert put_together(BASE, theirs, mine, PATH).text == found.text


def test_of_edits_of_one_section_the_first_stands_and_the_second_is_offered() -> None:
    mine, theirs = (with_section(BASE, "Summary", f"{who}.") for who in ("Mine", "Theirs"))
    found = put_together(BASE, mine, theirs, PATH)
    assert read_draft(found.text, PATH).entry.summary == "Theirs."
    assert [(each.target, each.text) for each in offers_of(found.text)] == [("summary", "Mine.")]
    assert (found.offered, found.is_whole) == (("summary",), True)
    # What was put together once stays as it is when it is done again, as after a kill.
    assert put_together(BASE, found.text, theirs, PATH).text == found.text


def test_what_cannot_be_offered_is_told() -> None:
    mine, theirs = (BASE.replace("status: pending", f"status: {each}") for each in ("rejected", "approved"))
    found = put_together(BASE, mine, theirs, PATH)
    assert (found.text, found.is_whole) == (theirs, False)
    own, its = (BASE.replace("## Keywords", f"## Mine\n\n{each}\n\n## Keywords") for each in ("One.", "Two."))
    assert put_together(BASE, own, its, PATH).is_whole is False


def test_without_the_text_both_came_from_every_difference_is_offered() -> None:
    mine = with_section(with_section(BASE, "Summary", "Mine."), "Themes", "* mine")
    found = put_together(None, mine, BASE, PATH)
    assert found.offered == ("summary", "themes")
    assert read_draft(found.text, PATH).entry == read_draft(BASE, PATH).entry


def test_a_text_that_is_no_draft_any_more_changes_nothing() -> None:
    theirs = with_section(BASE, "Summary", "Theirs.")
    found = put_together(BASE, "no front matter", theirs, PATH)
    assert (found.text, found.is_whole) == (theirs, False)


SECTIONS = ("Summary", "Keywords", "Themes")
EDITS = st.lists(st.tuples(st.sampled_from(SECTIONS), st.integers(0, 3)), max_size=5)
OWN = st.lists(st.tuples(st.sampled_from(SECTIONS), st.integers(0, 3)), max_size=2)


def edited(who: str, edits: list[tuple[str, int]], own: list[tuple[str, int]]) -> str:
    text = BASE
    for name, number in edits:
        mark = "* " if name != "Summary" else ""
        text = with_section(text, name, f"{mark}{who} {number} of {name.lower()}")
    for name, number in own:
        text = text.replace(
            f"## {name}", f"## Own of {who} {number}\n\nWords of {who} {number}.\n\n## {name}", 1
        )
    return text


@given(EDITS, OWN, EDITS, OWN)
def test_no_word_of_either_is_lost(
    edits: list[tuple[str, int]],
    own: list[tuple[str, int]],
    others: list[tuple[str, int]],
    its: list[tuple[str, int]],
) -> None:
    mine, theirs = edited("mine", edits, own), edited("theirs", others, its)
    found = put_together(BASE, mine, theirs, PATH)
    read_draft(found.text, PATH)
    said = found.text.replace("> ", "")
    for line in mine.split("\n"):
        if "mine" in line and found.is_whole:
            assert line in said, line
    for line in theirs.split("\n"):
        if "theirs" in line:
            assert line in found.text, line
