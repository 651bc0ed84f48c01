"""Ideas of the pattern library: offered in drafts, in italics at most, and never taken for a statement."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import ISSUE, Newsroom, newsroom_of
from test_drafts import FIRST

from digest.issues.decisions import draft_path
from digest.issues.drafts import read_draft, render_draft
from digest.issues.drafts.evidence import evidence_text
from digest.issues.pages import read_entry, render_entry, render_issue
from digest.issues.suggestions import left_out, row_of, suggested, with_own_italics
from digest.issues.worth import worth_of
from digest.records import (
    EMPTY,
    Analysis,
    Entry,
    Evidence,
    Idea,
    Issue,
    IssueEntry,
    Origin,
    Part,
    Signal,
    SignalBasis,
    SignalRow,
)
from digest.records.entries import searchable_text, stated
from digest.store import Store

IDEAS = (
    Idea("change", "From ice roads to ferries", fits=True),
    Idea("change", "Winter trade moves to spring"),
    Idea("driving_force", "Warm autumns"),
)
SIGNAL = Signal(
    "Rivers freeze 12 days later",
    EMPTY,
    EMPTY,
    EMPTY,
    SignalBasis("observed", "none", "none", "none"),
    (),
    ideas=IDEAS,
)
ROW = SignalRow("Rivers freeze later", "From ice roads to ferries", "–", "–", suggested=("change",))


def analysis(*signals: Signal) -> Analysis:
    return Analysis("a" * 32, "Rivers", (), (), (), signals, "test")


def entry(*rows: SignalRow) -> Entry:
    origin = Origin("Post", "https://post.example/")
    return Entry("Rivers", origin, "https://post.example/1", "They freeze.", ("ice",), ("Climate",), rows, ())


def draft_of(setting: str) -> str:
    made = suggested(analysis(SIGNAL), setting)  # type: ignore[arg-type]
    rows = tuple(map(row_of, made.signals))
    return render_draft(replace(FIRST, analysis=made, entry=replace(FIRST.entry, signals=rows)))


def test_ideas_stand_under_their_row_and_not_in_the_table() -> None:
    table, evidence = draft_of("offer").split("## Evidence")
    assert "ferries" not in table
    ideas = "Ideas of the pattern library: "
    assert f"{ideas}“From ice roads to ferries” · “Winter trade moves to spring”" in evidence
    assert f"{ideas}“Warm autumns”" in evidence


def test_only_what_surely_fits_stands_in_the_table_in_italics() -> None:
    text = draft_of("italic")
    read = read_draft(text, "d.md")
    assert "*From ice roads to ferries*" in text
    row = read.entry.signals[0]
    assert (row.change, row.driving_force, row.suggested) == ("From ice roads to ferries", EMPTY, ("change",))
    assert read.entry.parts == ()
    assert "Winter trade moves to spring" in text.split("## Evidence")[1]


def test_without_suggestions_there_are_none() -> None:
    assert "ferries" not in draft_of("none")


def test_words_moved_into_the_table_are_the_editors() -> None:
    text = draft_of("offer").replace("| – ", "| Warm autumns ", 1)
    row = read_draft(text, "d.md").entry.signals[0]
    assert row.change == "Warm autumns"
    assert row.suggested == ()


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30))
def test_any_words_in_italics_are_read_back(words: str) -> None:
    row = SignalRow("Rivers freeze later", words, "–", words, suggested=("change", "driving_force"))
    assert read_entry(render_entry(entry(row))).signals == (row,)


def test_what_nobody_touched_is_left_out() -> None:
    shown = left_out(entry(ROW), {"From ice roads to ferries"})
    assert shown.signals[0] == SignalRow("Rivers freeze later", "–", "–", "–")


def test_an_editors_own_italics_stay() -> None:
    own = entry(replace(ROW, change="From sledges to kayaks"))
    assert left_out(own, {"From ice roads to ferries"}) == own


def test_they_are_left_out_of_a_table_an_editor_wrote_in() -> None:
    text = (
        "Read these first.\n\n| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n"
        "| Rivers freeze later | *From ice roads to ferries* | – | – |"
    )
    shown = left_out(replace(entry(ROW), parts=(Part("Signals", "", text),)), {"From ice roads to ferries"})
    assert "ferries" not in render_entry(shown)
    assert "Read these first." in render_entry(shown)
    # Printed, they are found no more than from a table that nobody wrote in.
    assert "ferries" not in searchable_text(replace(entry(ROW), parts=(Part("Signals", "", text),)))


@pytest.mark.parametrize(
    ("idea", "written"),
    [
        ("From 4*4 cars to snake_case names", r"*From 4\*4 cars to snake_case names*"),
        ("From 4*4 cars to snake_case names", r"_From 4\*4 cars to snake\_case names_"),
        ("From one | many to two", r"*From one \| many to two*"),
        ("From ice roads to ferries", "_From ice roads to ferries_"),
    ],
)
@pytest.mark.parametrize(
    "row", ["| Rivers freeze | {} | – | – |", "|Rivers freeze|{}|–|–|", "Rivers freeze | – | – | {}"]
)
def test_they_are_left_out_however_an_editor_writes_them(idea: str, written: str, row: str) -> None:
    text = (
        "Read these first.\n\n| Signal | Change | 10y horizon | Driving force |\n|---|---|---|---|\n"
        + row.format(written)
    )
    parts = (*map(Part, ("Head", "Summary", "Keywords", "Themes")), Part("Signals", "", text))
    read = read_entry(render_entry(replace(entry(ROW), parts=parts)))
    assert idea in (read.signals[0].change, read.signals[0].driving_force)
    shown = render_entry(left_out(read, {idea}))
    assert read_entry(shown).signals == (SignalRow("Rivers freeze", "–", "–", "–"),)
    assert written not in shown


def test_an_editors_own_italics_are_statements_and_are_printed_in_italics() -> None:
    own = with_own_italics(
        entry(replace(ROW, change="From sledges to kayaks")), {"From ice roads to ferries"}
    )
    assert "*From sledges to kayaks*" in render_entry(own)
    assert own.signals[0].suggested == ()
    assert "kayaks" in searchable_text(own)
    page = render_issue(Issue("20261122", "Week", "", "en", (IssueEntry("a" * 32, own, "Climate"),)))
    assert "*From sledges to kayaks*" in page
    assert "is a suggestion" not in page


def test_words_without_italics_are_the_editors_in_evidence_too() -> None:
    made = suggested(analysis(SIGNAL), "italic")
    row = row_of(made.signals[0])
    draft = replace(FIRST, analysis=made, entry=replace(FIRST.entry, signals=(row,)))
    for now, basis in (
        (row, "suggested"),
        (replace(row, suggested=()), "editor"),
        (replace(row, change="From sledges to kayaks"), "editor"),
    ):
        text = evidence_text(draft, replace(draft.entry, signals=(now,)), ["signals"])
        assert f"* Change *({basis})*: {now.change}" in text


def test_printed_italics_come_with_a_line_that_says_what_they_are() -> None:
    page = render_issue(Issue("20261122", "Week", "", "en", (IssueEntry("a" * 32, entry(ROW), "Climate"),)))
    assert "*From ice roads to ferries*" in page
    assert "is a suggestion; the article does not state it" in page.split("## ")[0]
    plain = render_issue(
        Issue("20261122", "Week", "", "en", (IssueEntry("a" * 32, entry(stated(ROW)), "Climate"),))
    )
    assert "is a suggestion" not in plain


def test_suggestions_count_for_nothing() -> None:
    assert stated(ROW).change == EMPTY
    assert "ferries" not in searchable_text(entry(ROW))
    old = Signal("Rivers freeze later", "From ice roads to ferries", "By 2036", "Warmth", SignalBasis(), ())
    assert row_of(old).suggested == ("change", "horizon_10y", "driving_force")


def test_an_empty_column_is_not_printed_in_the_issue_and_stays_on_the_entrys_page() -> None:
    row = SignalRow("Rivers freeze later", "–", "–", "Warm autumns")
    page = render_issue(Issue("20261122", "Week", "", "en", (IssueEntry("a" * 32, entry(row), "Climate"),)))
    assert "| Signal              | Driving force   |" in page
    assert "10y horizon" not in page
    assert "| Signal              | Change   | 10y horizon   | Driving force   |" in render_entry(entry(row))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"claim_strength": "done"}, {"claim_strength": "proposed"}),
        ({"novelty": 0.9}, {"novelty": 0.1}),
        ({"sources": 3}, {"sources": 1}),
        ({"claim_strength": "committed", "novelty": 1.0}, {"claim_strength": "opinion", "novelty": 1.0}),
    ],
)
def test_strong_and_new_signals_come_first(better: dict[str, object], worse: dict[str, object]) -> None:
    first, second = (
        worth_of(analysis(replace(SIGNAL, **{"novelty": 0.5, **each})))  # type: ignore[arg-type]
        for each in (better, worse)
    )
    assert first[0] > second[0]
    assert worth_of(analysis()) == (0, "reports no change")


def test_the_first_row_speaks_for_its_story() -> None:
    known, doubtful = replace(SIGNAL, novelty=0.3), replace(SIGNAL, novelty=1.0)
    assert worth_of(analysis(known, doubtful)) == worth_of(analysis(known))


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom_of(tmp_path / "room", "Kiln", "Eelgrass")


def test_settings_are_checked(room: Newsroom) -> None:
    feeds = room.folder / "feeds.yaml"
    feeds.write_text(feeds.read_text("utf-8") + "settings: {suggestions: always}\n", "utf-8")
    assert "suggestions" in room.all_of("feeds", "list", code=1)


def test_the_report_says_why_each_story_stands_where_it_stands(room: Newsroom) -> None:
    page = (room.output / "reports" / f"{ISSUE}.md").read_text("utf-8")
    lines = [line for line in page.split("## Drafts")[1].splitlines() if line.startswith("* ")]
    assert len(lines) == 2
    assert all("novelty" in line or "reports no change" in line for line in lines)


@pytest.mark.parametrize(("setting", "is_printed"), [("leave-out", False), ("italic", True)])
def test_publishing_follows_the_setting(room: Newsroom, setting: str, is_printed: bool) -> None:
    feeds = room.folder / "feeds.yaml"
    settings_line = f"settings: {{publish_suggestions: {setting}}}\n"
    feeds.write_text(feeds.read_text("utf-8") + settings_line, "utf-8")
    phrase = "From records kept by one vendor to records in strangers' hands"
    path = next((room.output / "drafts" / ISSUE).glob("kiln*.md"))
    text = path.read_text("utf-8")
    start, end = text.index("## Signals"), text.index("## Closest")
    table = (
        "## Signals\n\n| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n"
        f"| A cement maker at Brekke shut coal kiln 3 | *{phrase}* | *My own guess* | – |\n\n"
    )
    path.write_text(text[:start] + table + text[end:], "utf-8")
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    room.digest("publish", ISSUE, "--anyway")
    page = (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert (f"*{phrase}*" in page) == is_printed
    # Other words in italics are the editor's: nothing of them is lost.
    assert "*My own guess*" in page
    assert ("is a suggestion" in page) == is_printed
    for words, count in (("guess", 1), ("strangers", 0)):
        found = json.loads(room.digest("search", "--in", "signals", "--mode", "words", "--json", words))
        assert len(found["results"]) == count
    plain, suggested = (
        next(
            json.loads(line)
            for line in room.digest("export", "--in", "signals", "--jsonl", *more).splitlines()
            if "coal kiln 3" in line
        )
        for more in ((), ("--suggested",))
    )
    assert plain["change"] == EMPTY
    assert plain["horizon_10y"] == suggested["horizon_10y"] == "My own guess"
    assert plain["basis"]["horizon_10y"] == suggested["basis"]["horizon_10y"] == "editor"
    assert suggested["change"] == (phrase if is_printed else EMPTY)
    assert not is_printed or suggested["basis"]["change"] == "suggested"


def with_ideas(room: Newsroom) -> dict[str, Path]:
    """Give the analyses an idea that stands in italics, and run again; gives the drafts by their title."""
    store = Store(room.output)
    rows = store.drafts.drafts()
    articles = store.articles.get(row.id for row in rows)
    for each, made in store.articles.analyses_for(articles).items():
        quote = articles[each].text.split("\n")[0]
        signal = replace(
            SIGNAL,
            signal=quote,
            evidence=(Evidence(0, len(quote), quote, "signal"),),
            ideas=(
                Idea("change", "Gardens close for want of bees", fits=True),
                Idea("driving_force", "Bees"),
            ),
        )
        store.articles.save_analysis(articles[each], replace(made, signals=(signal,), notes=()))
    store.close()
    feeds = room.folder / "feeds.yaml"
    settings_line = "settings: {suggestions: italic, publish_suggestions: italic}\n"
    feeds.write_text(feeds.read_text("utf-8") + settings_line, "utf-8")
    room.run(ISSUE)
    return {row.title: draft_path(room.output, ISSUE, row.id) for row in rows}


def test_untouched_italics_are_no_statement_that_is_checked(room: Newsroom) -> None:
    with_ideas(room)
    assert "Gardens close for want of bees" in room.draft_text(ISSUE, room.rows(ISSUE)[0].id)
    assert "not approved" not in room.all_of("draft", "approve", "--all", "--issue", ISSUE)
    room.digest("publish", ISSUE)
    assert "*Gardens close" in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")


@pytest.mark.parametrize("words", ["*Gardens close for want of wasps*", "Gardens close for want of bees"])
def test_an_editors_words_are_checked_in_italics_and_without(room: Newsroom, words: str) -> None:
    path = with_ideas(room)["Kiln"]
    path.write_text(path.read_text("utf-8").replace("*Gardens close for want of bees*", words), "utf-8")
    said = room.all_of("draft", "approve", "--all", "--issue", ISSUE, code=1)
    assert f"“{words.strip('*')}”: nothing like it is in the article" in said


def test_ideas_are_no_part_of_an_export_and_printed_ones_say_what_they_are(room: Newsroom) -> None:
    path = with_ideas(room)["Kiln"]
    path.write_text(path.read_text("utf-8").replace("*Gardens close for want of bees*", "*Own*"), "utf-8")

    def exported(*more: str) -> dict[str, tuple[str, str]]:
        lines = room.digest("export", "--in", "signals", "--jsonl", *more).splitlines()
        rows = list(map(json.loads, lines))
        assert not any("ideas" in row for row in rows)
        return {row["title"]: (row["change"], row["basis"]["change"]) for row in rows}

    idea = "Gardens close for want of bees"
    expected = {"Kiln": ("Own", "editor"), "Eelgrass": (EMPTY, "none")}
    for publish in (False, True):
        if publish:
            room.digest("draft", "approve", "--all", "--issue", ISSUE, "--anyway")
            room.digest("publish", ISSUE, "--anyway")
        assert exported() == expected
        assert exported("--suggested") == expected | {"Eelgrass": (idea, "suggested")}
