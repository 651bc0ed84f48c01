"""Two texts of one draft put together: what differs in other places is in one text, the rest is offered."""

import re

from hypothesis import given
from hypothesis import strategies as st
from test_drafts import FIRST

from digest.issues.drafts import read_draft, render_draft
from digest.issues.drafts.both_edited import Together, put_together
from digest.issues.drafts.front_matter import parse
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


APPROVED = BASE.replace("status: pending", "status: approved")


def test_keys_beside_each_other_are_changed_each_by_itself() -> None:
    url = next(line for line in BASE.split("\n") if line.startswith("url: "))
    for old, new in (
        ("status: pending", "status: pending\nnote: ask Ida about the dam"),
        ("status: pending", "status: pending\nnote: |\n  ask Ida\n\n  about the dam"),
        ("status: pending", "# wait for Ida\nstatus: pending"),
        (url, f"{url}s"),
    ):
        mine = BASE.replace(old, new)
        found = put_together(BASE, mine, APPROVED, PATH)
        assert found.text == mine.replace("status: pending", "status: approved"), new
        assert found.is_whole
        assert put_together(BASE, APPROVED, mine, PATH) == found


def test_entries_below_a_key_are_each_taken_by_themselves() -> None:
    def with_front(lines: str) -> str:
        return BASE.replace("\n---\n", f"\n{lines}\n---\n", 1)

    mine, theirs = with_front("cited:\n  aaaa: '1'"), with_front("cited:\n  bbbb: '2'")
    found = put_together(BASE, mine, theirs, PATH)
    assert parse(found.text, PATH)[0].texts("cited") == {"aaaa": "1", "bbbb": "2"}
    assert found.is_whole
    mine, theirs = with_front("locked:\n- summary"), with_front("locked:\n- themes")
    assert parse(put_together(BASE, mine, theirs, PATH).text, PATH)[0].locked == {"summary", "themes"}
    mine, theirs = with_front("cited:\n  aaaa: '1'"), with_front("cited:\n  aaaa: '2'")
    assert put_together(BASE, mine, theirs, PATH) == Together(theirs, is_whole=False)


def test_what_an_editor_wrote_where_nothing_is_offered_is_told() -> None:
    for old, new, other in (
        ("status: pending", "status: pending # wait for Ida", APPROVED),
        (
            "status: pending",
            "status: pending\nnote: mine",
            BASE.replace("status: pending", "status: pending\nnote: theirs"),
        ),
        (
            "## Evidence\n",
            "## Evidence\n\nMine.\n",
            BASE.replace("## Evidence\n", "## Evidence\n\nTheirs.\n"),
        ),
    ):
        found = put_together(BASE, BASE.replace(old, new), other, PATH)
        assert (found.text, found.is_whole) == (other, False), new
    mine, theirs = (f"{BASE.rstrip()}\n\n{who}\n" for who in ("Mine.", "Theirs."))
    assert put_together(BASE, mine, theirs, PATH) == Together(theirs, is_whole=False)


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
LINES = {"note": "status: pending", "comment": "status: pending", "evidence": "## Evidence\n"}
"""What an editor writes outside of sections, and below which line."""
EDITS = st.lists(st.tuples(st.sampled_from((*SECTIONS, *LINES)), st.integers(0, 3)), max_size=5)
OWN = st.lists(st.tuples(st.sampled_from(SECTIONS), st.integers(0, 3)), max_size=2)


def edited(who: str, edits: list[tuple[str, int]], own: list[tuple[str, int]]) -> str:
    text = BASE
    for name, number in edits:
        if name in LINES:
            line = {"note": f"note {number}: {who}", "comment": f"# {who} {number}"}.get(
                name, f"\n{who} {number}"
            )
            text = text.replace(LINES[name], f"{LINES[name]}\n{line}", 1) if line not in text else text
            continue
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
