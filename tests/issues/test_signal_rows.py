"""The table of signals renewed row by row: a row is known by its evidence, not by its place."""

import re
from dataclasses import replace

import pytest
from test_drafts import FIRST, draft

from digest.errors import DigestError
from digest.issues.drafts import merge_draft, prose_of_draft, read_draft, render_draft, unpublishable_lines
from digest.issues.drafts.revise import LOCKABLE, dismissed, offers_of, restored, taken, with_locks
from digest.issues.pages import sections
from digest.records import Draft, Evidence, Signal, SignalBasis, SignalRow

ICE, BRIDGE, FERRY = "Rivers froze late.", "Villages built bridges.", "Ferries sailed on."


def with_rows(*rows: tuple[str, str, str]) -> Draft:
    """A draft whose rows (evidence, signal, change) rest on sentences of their own."""
    made = tuple(SignalRow(signal, change, "–", "–") for _, signal, change in rows)
    signals = tuple(
        Signal(
            signal,
            change,
            "–",
            "–",
            SignalBasis(change="observed", horizon_10y="none", driving_force="none"),
            (Evidence(0, len(quote), quote, "signal"),),
        )
        for quote, signal, change in rows
    )
    base = draft(rows=made)
    return replace(base, analysis=replace(base.analysis, signals=signals))


OLD = with_rows(
    (ICE, "Rivers freeze 12 days later", "From 3 to 12 days"),
    (BRIDGE, "Villages build bridges", "From ice to steel"),
    (FERRY, "Ferries sail in winter", "From summer to all year"),
)
NEW = with_rows(
    (BRIDGE, "Villages build bridges", "From ice to steel"),
    (ICE, "Rivers freeze 14 days later", "From 3 to 14 days"),
    (FERRY, "Ferries sail all winter", "From summer to all year"),
)


def signals_of(text: str) -> list[str]:
    return [row.signal for row in read_draft(text, "d.md").entry.signals]


def moved(text: str) -> str:
    """Move the first row to the end."""
    lines = text.split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("| Rivers"))
    row = lines.pop(at)
    end = next(end for end in range(at, len(lines)) if not lines[end].startswith("|"))
    return "\n".join([*lines[:end], row, *lines[end:]])


def test_rows_that_were_only_moved_are_renewed_where_they_stand() -> None:
    text = merge_draft(moved(render_draft(OLD)), NEW)
    assert signals_of(text) == [
        "Villages build bridges",
        "Ferries sail all winter",
        "Rivers freeze 14 days later",
    ]
    assert "## Offered" not in text
    assert merge_draft(text, NEW) == text


def test_a_row_that_was_cut_stays_out_when_its_sentence_is_another() -> None:
    cut = "\n".join(line for line in render_draft(OLD).split("\n") if not line.startswith("| Ferries"))
    other = with_rows(
        (ICE, "Rivers freeze 12 days later", "From 3 to 12 days"),
        (BRIDGE, "Villages build bridges", "From ice to steel"),
        ("Ships now cross in every month.", "Ships cross in every month", "From nine months to twelve"),
    )
    text = merge_draft(cut, other)
    assert signals_of(text) == ["Rivers freeze 12 days later", "Villages build bridges"]
    (offer,) = offers_of(text)
    assert "Ships cross in every month" in offer.text
    assert merge_draft(text, other) == text


def test_a_moved_row_keeps_its_edits_when_the_article_changes() -> None:
    mine = moved(render_draft(OLD)).replace("| Rivers freeze 12 days later", "| The *Ob* froze later")
    text = merge_draft(mine, NEW)
    assert signals_of(text) == ["Villages build bridges", "Ferries sail all winter", "The Ob froze later"]
    (offer,) = offers_of(text)
    assert (offer.target, offer.is_row) == ("signals", True)
    assert "Rivers freeze 14 days later" in offer.text
    assert merge_draft(text, NEW) == text


def test_an_offered_row_is_taken_in_the_place_of_the_one_it_is_for() -> None:
    text = render_draft(OLD).replace(
        "| Rivers freeze 12 days later", "| Rivers freeze 12 days later than ever"
    )
    text = merge_draft(text, NEW)
    after = taken(text, 1, "d.md")
    assert signals_of(after)[0] == "Rivers freeze 14 days later"
    assert len(signals_of(after)) == 3
    assert "## Offered" not in after
    assert signals_of(merge_draft(after, NEW)) == signals_of(after)


def in_columns(text: str, names: str) -> str:
    """Leave of the columns of the signals these, as an editor does who finds the others empty."""
    head, table, rest = re.split(r"(?<=## Signals\n\n)|(?=\n\n## Closest)", text, maxsplit=2)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]
    places = [rows[0].index(name) for name in names.split(", ")]
    kept = "\n".join(f"| {' | '.join(row[place] for place in places)} |" for row in rows)
    return f"{head}{kept}{rest}"


@pytest.mark.parametrize("names", ["Signal, Change", "Signal", "Signal, Change, Driving force"])
def test_a_run_keeps_to_the_columns_that_an_editor_left(names: str) -> None:
    text = in_columns(render_draft(OLD), names).replace("| Villages build", "| My villages build")
    new = with_rows(
        (ICE, "Rivers freeze 14 days later", "From 3 to 12 days"),
        (BRIDGE, "Villages build high bridges", "From ice to steel"),
        (FERRY, "Ferries sail in winter", "From summer to all year"),
        ("Schools closed.", "Schools close | for good", "From open to shut"),
    )
    text = merge_draft(text, new)
    rows = read_draft(text, "d.md").entry.signals
    assert rows[1].signal == "My villages build bridges"
    assert (rows[-1].signal, rows[-1].change) == (
        "Schools close | for good",
        "From open to shut" if "Change" in names else "",
    )
    for at in range(len(offers_of(text)), 0, -1):
        text = taken(text, at, "d.md")
    assert set(signals_of(text)) == {each.signal for each in new.entry.signals}
    lines = sections(text)["Signals"].replace(r"\|", "").split("\n")
    assert {line.count("|") for line in lines} == {names.count(",") + 2}


def test_a_column_is_known_by_its_name_also_without_those_before_it() -> None:
    text = in_columns(render_draft(draft()), "Signal, Driving force")
    (first, _) = read_draft(text, "d.md").entry.signals
    assert (first.change, first.horizon_10y, first.driving_force) == ("", "", "Warm autumns")
    said = [(each.column, each.text) for each in prose_of_draft(text) if each.column == "driving_force"]
    assert said[0] == ("driving_force", "Warm autumns")
    text = text.replace("| Signal | Driving force |", "| Signal | Who |")
    assert read_draft(text, "d.md").entry.signals[0].change == "Warm autumns"


@pytest.mark.parametrize("mine", ["| Who | What |\n|---|---|\n| Ida | wins |", "Nothing of it holds."])
def test_what_an_editor_wrote_in_place_of_the_table_stays_whole(mine: str) -> None:
    edited = render_draft(OLD).replace("| Rivers freeze 12 days later", "| Rivers froze 12 days later")
    text = merge_draft(edited, NEW)
    text = text.replace(sections(text)["Signals"], mine)
    with pytest.raises(DigestError, match="no table that the row could be put into"):
        taken(text, 1, "d.md")
    assert sections(merge_draft(text, with_rows((ICE, "Rivers freeze", "–"))))["Signals"] == mine


def test_a_dismissed_row_does_not_come_back_while_the_article_says_the_same() -> None:
    text = render_draft(OLD).replace("| Rivers freeze 12 days later", "| Mine")
    text = dismissed(merge_draft(text, NEW), 1, "d.md")
    assert merge_draft(text, NEW) == text
    other = with_rows(
        (BRIDGE, "Villages build high bridges", "From ice to steel"),
        (ICE, "Rivers freeze 14 days later", "From 3 to 14 days"),
        (FERRY, "Ferries sail all winter", "From summer to all year"),
    )
    again = merge_draft(text, other)
    assert "Villages build high bridges" in signals_of(again)
    assert offers_of(again) == []
    newer = with_rows((ICE, "Rivers freeze 20 days later", "From 3 to 20 days"))
    assert "20 days later" in offers_of(merge_draft(again, newer))[0].text


def test_a_row_that_was_cut_stays_cut_and_a_new_one_is_added() -> None:
    text = re.sub(r"\| Villages.*\n", "", render_draft(OLD), count=1)
    more = with_rows(
        (ICE, "Rivers freeze 12 days later", "From 3 to 12 days"),
        (BRIDGE, "Villages build bridges", "From ice to steel"),
        (FERRY, "Ferries sail in winter", "From summer to all year"),
        ("Cars wait.", "Cars wait for weeks", "–"),
    )
    assert signals_of(merge_draft(text, more)) == [
        "Rivers freeze 12 days later",
        "Ferries sail in winter",
        "Cars wait for weeks",
    ]


def test_two_rows_on_one_sentence_are_not_confused() -> None:
    both = "Rivers froze late and villages built bridges."
    old = with_rows((both, "Rivers freeze late", "From May to June"), (both, "Villages build bridges", "–"))
    new = with_rows((both, "Villages build bridges", "–"), (both, "Rivers freeze later", "From May to July"))
    mine = render_draft(old).replace("| Villages build bridges", "| Towns build bridges")
    text = merge_draft(mine, new)
    assert signals_of(text) == ["Rivers freeze later", "Towns build bridges"]
    assert offers_of(text) == []


def tolls(*signals: str) -> Draft:
    """Rows of one sentence, which all say the same of change and cause."""
    made = with_rows(*((ICE, signal, "From flat to weight") for signal in signals))
    rows = tuple(replace(row, driving_force="Bridge wear") for row in made.entry.signals)
    found = tuple(replace(each, driving_force="Bridge wear") for each in made.analysis.signals)
    return replace(
        made,
        entry=replace(made.entry, signals=rows),
        analysis=replace(made.analysis, signals=found),
    )


def test_an_offer_takes_the_place_of_the_row_it_was_made_for_among_rows_alike() -> None:
    text = render_draft(tolls("Lorries will pay by weight", "Cars will pay by weight"))
    mine = text.replace("| Lorries will pay by weight", "| EDITONE").replace(
        "| Cars will pay by weight", "| EDITTWO"
    )
    renewed = merge_draft(mine, tolls("Lorries will pay by weight", "Cars will pay by mass"))
    assert signals_of(renewed) == ["EDITONE", "EDITTWO"]
    assert signals_of(taken(renewed, 1, "d.md")) == ["EDITONE", "Cars will pay by mass"]
    cut = re.sub(r"\| EDITTWO.*\n", "", renewed, count=1)
    assert signals_of(taken(cut, 1, "d.md")) == ["EDITONE", "Cars will pay by mass"]


def test_of_two_rows_on_one_sentence_one_that_goes_does_not_take_the_other_s_new_words() -> None:
    old = with_rows(
        (ICE, "Lorries must pay a fee by weight", "–"), (ICE, "Vans and buses stay free until 2031", "–")
    )
    mine = render_draft(old).replace("| Vans and buses stay free until 2031", "| EDITTWO")
    text = merge_draft(mine, with_rows((ICE, "Coaches and vans remain exempt for five years", "–")))
    assert signals_of(text) == ["EDITTWO"]
    assert "Coaches and vans remain exempt" in offers_of(text)[0].text
    alike = tolls("Lorries will pay by weight", "Cars will pay by weight")
    mine = render_draft(alike).replace("| Cars will pay by weight", "| EDITTWO")
    text = merge_draft(mine, tolls("Motorcycles and cars are charged from the spring"))
    assert signals_of(text) == ["EDITTWO"]
    assert "Motorcycles" in offers_of(text)[0].text


def test_an_editor_s_own_row_stays() -> None:
    lines = render_draft(OLD).split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("| Villages"))
    text = "\n".join([*lines[:at], "| My own row | – | – | – |", *lines[at:]])
    assert "My own row" in signals_of(merge_draft(text, NEW))
    assert "My own row" in signals_of(merge_draft(merge_draft(text, NEW), with_rows()))


def test_a_locked_section_is_neither_renewed_nor_offered_until_it_is_unlocked() -> None:
    text = with_locks(render_draft(OLD), "d.md", section="signals", locks=True)
    locked = merge_draft(text, NEW)
    assert signals_of(locked) == signals_of(text)
    assert "## Offered" not in locked
    assert read_draft(locked, "d.md").edited == ()
    assert merge_draft(locked, NEW) == locked
    free = with_locks(locked, "d.md", section="signals", locks=False)
    assert "locked" not in free
    assert signals_of(merge_draft(free, NEW)) == signals_of(render_draft(NEW))


def test_a_lock_on_all_keeps_every_section() -> None:
    text = with_locks(render_draft(FIRST), "d.md", locks=True)
    assert "\nlocked: all\n" in text
    merged = sections(merge_draft(text, NEW))
    assert {**merged, "Evidence": ""} == {**sections(text), "Evidence": ""}
    one = with_locks(text, "d.md", section="summary", locks=False)
    assert "summary" not in one.split("locked:")[1].split("---")[0]


def test_an_offer_of_an_earlier_version_is_read_and_moved() -> None:
    mine = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    merged = merge_draft(mine, draft(sentences=("Ice comes late.",)))
    offer = offers_of(merged)[0]
    advice = "To take it, put it in place of the text above; else delete it."
    old_line = f"> *Offered {offer.hash}: newly made. {advice}*"
    before = re.sub(r"## Offered\n\n(?:>.*\n)+\n", "", merged)
    before = before.replace(
        "Villages build bridges.\n", f"Villages build bridges.\n\n{old_line}\n>\n> Ice comes late.\n", 1
    )
    assert read_draft(before, "d.md").offered == ("summary",)
    assert merge_draft(before, draft(sentences=("Ice comes late.",))) == merged
    assert "Mine" not in taken(before, 1, "d.md").split("## Evidence")[0]


def test_words_under_offered_are_named_before_they_are_lost() -> None:

    mine = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    text = merge_draft(mine, draft(sentences=("Ice comes late.",)))
    text = text.replace("## Offered\n", "## Offered\n\nCall Anna about it.\n")
    problems = [what for _, what in unpublishable_lines(text, None)]
    assert any("words under Offered are not published" in each for each in problems)
    assert "Call Anna about it." in merge_draft(text, FIRST)


def test_words_under_offered_are_not_published_by_the_last_offer_s_going() -> None:
    text = merge_draft(
        render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1),
        draft(sentences=("Ice comes late.",)),
    )
    count = len(offers_of(text))
    text = text.replace("## Offered\n", "## Offered\n\nCall Anna about it.\n")
    for _ in range(count - 1):
        text = dismissed(text, 1, "d.md")
    for settle in (dismissed, taken):
        with pytest.raises(DigestError, match="your own words under Offered would be published"):
            settle(text, 1, "d.md")


def test_a_section_of_offers_that_an_editor_emptied_is_nothing() -> None:
    text = render_draft(FIRST).replace("## Keywords", "## Offered\n\n## Keywords", 1)
    assert "Offered" not in str(read_draft(text, "d.md").entry.parts)
    assert "Offered" not in str(read_draft(merge_draft(text, NEW), "d.md").entry.parts)


def test_words_under_offered_are_not_published_when_a_run_has_nothing_more_to_offer() -> None:
    edited = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    text = merge_draft(edited, draft(sentences=("Ice comes late.",)))
    text = text.replace("## Offered\n", "## Offered\n\nCall Anna about it.\n")
    text = text.replace("Mine. V", "Ice goes. V", 1)
    after = merge_draft(text, draft(sentences=("Ice goes.",)))
    assert "Call Anna about it." in after
    problems = [said for _, said in unpublishable_lines(after, None)]
    assert any("words under Offered are not published" in each for each in problems)


def test_when_every_section_is_unlocked_nothing_is_locked() -> None:
    text = with_locks(render_draft(FIRST), "d.md", locks=True)
    for name in LOCKABLE:
        text = with_locks(text, "d.md", section=name, locks=False)
    assert "locked" not in text


def test_own_sections_under_one_heading_are_restored_together() -> None:
    own = "## Background\n\nOne.\n\n## Background\n\nTwo.\n\n"
    then = render_draft(FIRST).replace("## Keywords", f"{own}## Keywords", 1)
    now = then.replace("## Background\n\nOne.\n\n", "").replace("Two.", "Two, and more.")
    back = restored(now, then, "d.md", section="background")
    assert own in back
    assert "Two, and more." not in back


def test_an_own_section_called_offered_is_an_editor_s() -> None:
    text = render_draft(FIRST).replace("## Keywords", "## Offered\n\nJobs at the ferry.\n\n## Keywords", 1)
    assert "Jobs at the ferry." in str(read_draft(text, "d.md").entry.parts)
    assert "Jobs at the ferry." in merge_draft(text, NEW)
