"""Draft files: written, read back, and renewed without losing what a person changed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.issues.drafts import accepted_entry, merge_draft, read_draft, render_draft, with_status
from digest.issues.drafts.evidence import evidence_text
from digest.issues.drafts.sources import source_lines
from digest.issues.pages import is_admissible, read_entry, sections
from digest.issues.suggestions import row_of
from digest.records import (
    EMPTY,
    Analysis,
    Article,
    ClosestEntry,
    Draft,
    Entry,
    Evidence,
    Origin,
    Problem,
    Reference,
    Sentence,
    Signal,
    SignalBasis,
    SignalRow,
    SummarySentence,
)

ID = "60708090e12345678901234567890123"
"""Looks like a number, which YAML must not make of it."""

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "render" / "hostile.json").read_text(encoding="ascii")
)
HOSTILE = [text for text in CASES["texts"] if is_admissible(text) and len(text) < 100]

ROWS = (
    SignalRow(
        "Rivers freeze 12 days later", "From fixed to moving seasons", "No roads on ice", "Warm autumns"
    ),
    SignalRow("Villages build bridges", "From ice roads to bridges", "Ferries in winter", "Safety"),
)


def draft(
    *,
    title: str = "Rivers Freeze Late",
    sentences: tuple[str, ...] = ("Rivers freeze later.", "Villages build bridges."),
    keywords: tuple[str, ...] = ("ice", "rivers"),
    themes: tuple[str, ...] = ("Climate",),
    rows: tuple[SignalRow, ...] = ROWS,
    closest: tuple[Reference, ...] = (Reference("Lakes Follow", "0" * 32),),
    sources: tuple[Reference, ...] = (),
    origin: str = "20261119",
    analyzer: str = "default 1",
) -> Draft:
    entry = Entry(
        title=title,
        origin=Origin(origin, "https://letters.example/p/20261119"),
        url="https://news.example/a_b",
        summary=" ".join(sentences),
        keywords=keywords,
        themes=themes,
        signals=rows,
        closest=closest,
        sources=sources,
    )
    signals = tuple(
        Signal(
            row.signal,
            row.change,
            row.horizon_10y,
            row.driving_force,
            SignalBasis(change="inferred"),
            (
                Evidence(0, 9, f"“{row.signal}”\nsaid she", "signal"),
                Evidence(3, 9, "the seasons move", "change"),
            ),
        )
        for row in rows
    )
    summary = tuple(
        SummarySentence(
            text, (Evidence(0, len(text), text),), problems=(Problem("number", "12 days", "2 days"),)
        )
        for text in sentences
    )
    analysis = Analysis(
        ID, title, summary, (), (), signals, analyzer, ("fewer than 3 sentences report a change",)
    )
    near = tuple(ClosestEntry(link.target, link.title, 0.523, "related", "ice, roads") for link in closest)
    return Draft(
        ID, "20261122", "pending", entry, analysis, near, ("Closest is short: the archive is young.",)
    )


FIRST = draft()
SECOND = draft(
    title="Rivers Freeze Ever Later",
    sentences=("Ice comes late.",),
    keywords=("ice roads",),
    themes=("Transport",),
    rows=ROWS[:1],
    closest=(),
    sources=(Reference("Ice Comes Late", "https://other.example/ice"),),
)


def test_a_new_draft_reads_back() -> None:
    text = merge_draft(None, FIRST)
    assert text == render_draft(FIRST)
    found = read_draft(text, "d.md")
    assert (found.id, found.issue, found.status, found.analyzer) == (ID, "20261122", "pending", "default 1")
    assert accepted_entry(found) == FIRST.entry == read_entry(text)
    assert (found.edited, found.offered, found.added) == ((), (), ())


def test_evidence_says_what_each_statement_rests_on() -> None:
    rows = tuple(map(row_of, FIRST.analysis.signals))
    draft = replace(FIRST, entry=replace(FIRST.entry, signals=rows))
    evidence = sections(render_draft(draft))["Evidence"]
    assert "1. Rivers freeze later. *(observed)*\n   * “Rivers freeze later.”\n" in evidence
    assert "   * **Check number:** the draft says “12 days”, the article has “2 days”\n" in evidence
    assert "1. **Rivers freeze 12 days later** — event, society, done\n   * Signal *(observed)*\n" in evidence
    assert "     * ““Rivers freeze 12 days later” said she”\n" in evidence
    assert "   * Change *(inferred)*: From fixed to moving seasons\n     * “the seasons move”\n" in evidence
    assert "   * Driving force *(suggested)*: Warm autumns\n" in evidence
    assert f"* [Lakes Follow]({'0' * 32}) · .52 · related: ice, roads" in evidence
    assert "* Closest is short: the archive is young.\n* fewer than 3 sentences" in evidence


def article(text: str) -> Article:
    spans = [(match.start(), match.end()) for match in re.finditer(r"[^.\s][^.]*\.", text)]
    sentences = tuple(Sentence(start, end) for start, end in spans)
    return Article(ID, "https://e.org/a", "https://e.org/a", "T", "", None, "en", text, sentences)


def rests_on(statement: str, quote: str, text: str, *, start: int | None = None) -> list[str]:
    at = text.find(quote) if start is None else start
    return source_lines(statement, [Evidence(at, at + len(quote), quote)], article(text))


WHOLE = "In the pilot, she said, rivers *freeze* 12 days later (on | average)."


def test_evidence_shows_the_whole_sentence_the_words_used_its_place_and_what_was_left_out() -> None:
    text = f"Ice is late. {WHOLE} Ice is late."
    assert rests_on("Rivers *freeze* 12 days later", "rivers *freeze* 12 days later", text) == [
        r"* sentence 2 of 3: In the pilot, she said, **rivers \*freeze\* 12 days later** (on | average).",
        "* left out: “In the pilot, she said,”, “(on | average).”",
    ]
    # What is used whole leaves nothing out; a sentence that comes twice is told by its place.
    assert rests_on("Ice is late.", "Ice is late.", text) == ["* sentence 1 of 3: **Ice is late.**"]
    assert rests_on("Ice is late.", "Ice is late.", text, start=text.rindex("Ice")) == [
        "* sentence 3 of 3: **Ice is late.**"
    ]


def test_evidence_over_several_sentences_shows_each_and_a_wrong_quote_is_said() -> None:
    text = "Rivers froze late. Villages built bridges. Nobody minded."
    lines = rests_on("Rivers froze late. Villages built bridges.", text[:42], text)
    assert lines == [
        "* sentence 1 of 3: **Rivers froze late.**",
        "* sentence 2 of 3: **Villages built bridges.**",
    ]
    assert rests_on("Lakes froze", "Lakes froze", text) == ["* “Lakes froze” *(not found in the article)*"]
    # Words of its own are no reason to mark others: the quote is marked instead.
    assert rests_on("From ferries to crossings", "built bridges", text)[0] == (
        "* sentence 2 of 3: Villages **built bridges.**"
    )


def test_evidence_marks_the_words_at_their_place_and_no_word_with_another_sign() -> None:
    text = "Peat was banned in Kornby, and peat was banned in Lisse."
    assert rests_on("Peat was banned in Lisse.", "peat was banned in Lisse.", text) == [
        "* sentence 1 of 1: Peat was banned in Kornby, and **peat was banned in Lisse.**",
        "* left out: “Peat was banned in Kornby, and”",
    ]
    assert rests_on("Costs fell by 3% there", "Costs fell by –3% there.", "Costs fell by –3% there.") == [
        "* sentence 1 of 1: **Costs fell by** –3% **there.**",
        "* left out: “–3%”",
    ]
    heading = "A heading\n\nRivers froze late."
    found = replace(article("Rivers froze late."), text=heading, sentences=(Sentence(11, 29),))
    assert source_lines("A heading", [Evidence(0, 9, "A heading")], found) == [
        "* “A heading” *(in the article, outside its sentences)*"
    ]


def test_what_an_editor_wrote_stands_beside_the_nearest_sentence() -> None:
    text = "Rivers freeze twelve days later than before. Villages build bridges."
    edited = render_draft(FIRST).replace("Rivers freeze later.", "Rivers freeze days later.", 1)
    evidence = sections(merge_draft(edited, FIRST, article=article(text)))["Evidence"]
    shown = "sentence 1 of 2: **Rivers freeze** twelve **days later** than before.\n"
    assert f"Rivers freeze days later. *(editor)*\n   * {shown}" in evidence


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map(" ".join), st.data())
def test_any_source_sentence_can_be_shown(text: str, data: st.DataObject) -> None:
    words = text.split()
    first = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[first : first + 3])
    whole = article(text)
    whole = replace(whole, sentences=(Sentence(0, len(text)),))
    lines = source_lines(quote, [Evidence(text.find(quote), text.find(quote) + len(quote), quote)], whole)
    assert lines
    assert all(line.startswith("* ") and "\n" not in line for line in lines)


def test_what_an_editor_wrote_is_checked_and_shown() -> None:
    def check(statement: str) -> tuple[Problem, ...]:
        return (Problem("number", "9 days", "2 days"),) if "9 days" in statement else ()

    text = render_draft(FIRST)
    edited = text.replace("Rivers freeze later.", "Rivers freeze 9 days later.", 1)
    merged = merge_draft(edited, FIRST, check=check)
    evidence = sections(merged)["Evidence"]
    assert "Rivers freeze 9 days later. *(editor)*\n" in evidence
    assert "**Check number:** the draft says “9 days”, the article has “2 days”" in evidence
    assert merge_draft(merged, FIRST, check=check) == merged


def test_the_same_draft_again_changes_nothing() -> None:
    text = render_draft(FIRST)
    assert merge_draft(text, FIRST) == text
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert merge_draft(windows, FIRST) == windows
    assert merge_draft(text.rstrip("\n"), FIRST) == text.rstrip("\n")


def test_sections_no_one_touched_are_renewed() -> None:
    assert merge_draft(render_draft(FIRST), SECOND) == render_draft(SECOND)
    assert merge_draft(render_draft(SECOND), FIRST) == render_draft(FIRST)


def test_a_changed_section_stays_and_is_marked() -> None:
    text = (
        render_draft(FIRST)
        .replace("* rivers\n", "* rivers\n* bridges\n")
        .replace("| No roads on ice ", "| My horizon ")
    )
    merged = merge_draft(text, FIRST)
    found = read_draft(merged, "d.md")
    assert found.edited == ("keywords", "signals")
    assert found.offered == ()
    assert accepted_entry(found).keywords == ("ice", "rivers", "bridges")
    evidence = sections(merged)["Evidence"]
    assert "Changed by the editor: keywords, signals." in evidence
    assert "10y horizon *(editor)*: My horizon" in evidence
    assert "Change *(inferred)*: From fixed to moving seasons" in evidence
    assert merge_draft(merged, FIRST) == merged


def test_where_both_changed_the_new_text_is_offered_below_and_replaced() -> None:
    text = render_draft(FIRST).replace("Rivers freeze later. V", "Rivers, she says, freeze late. V", 1)
    merged = merge_draft(text, SECOND)
    offered = re.findall(r"Offered (\w{12})", merged)[0]
    assert sections(merged)["Summary"] == "Rivers, she says, freeze late. Villages build bridges."
    assert sections(merged)["Offered"] == (
        f"> *Offered {offered}: summary, newly made. To take it: digest draft take; else delete it.*\n"
        ">\n> Ice comes late."
    )
    found = read_draft(merged, "d.md")
    assert (found.edited, found.offered) == (("summary",), ("summary",))
    assert found.entry == replace(
        SECOND.entry, summary="Rivers, she says, freeze late. Villages build bridges."
    )
    assert merge_draft(merged, SECOND) == merged
    third = draft(sentences=("Something else.",))
    again = merge_draft(merged, third)
    assert again.count("*Offered") == 1
    assert "> Something else." in again
    assert "> Ice comes late." not in again


def test_an_accepted_offer_is_the_machine_s_again() -> None:
    text = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    merged = merge_draft(text, SECOND)
    assert "## Offered\n\n> *Offered" in merged
    accepted = merged.replace("Mine. Villages build bridges.", "Ice comes late.", 1)
    assert read_draft(accepted, "d.md").edited == ()
    assert merge_draft(accepted, FIRST) == render_draft(FIRST)


def test_a_declined_offer_does_not_come_back() -> None:
    text = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    merged = merge_draft(text, SECOND)
    declined = re.sub(r"\n\n> \*Offered.*\n>\n> Ice comes late\.", "", merged)
    assert declined != merged
    assert merge_draft(declined, SECOND) == declined


def test_an_offer_a_person_wrote_into_is_kept() -> None:
    text = render_draft(FIRST).replace("Rivers freeze later. V", "Mine. V", 1)
    touched = merge_draft(text, SECOND).replace("> Ice comes late.", "> Ice comes late, but why?")
    again = merge_draft(touched, draft(sentences=("Something else.",)))
    assert "> Ice comes late, but why?" in again
    assert "> Something else." in again
    assert merge_draft(touched, SECOND) == touched


def test_a_section_taken_out_by_a_person_stays_out() -> None:
    text = re.sub(r"## Themes\n\n.*?(?=## Signals)", "", render_draft(FIRST), flags=re.DOTALL)
    merged = merge_draft(text, FIRST)
    assert "## Themes" not in merged
    assert read_draft(merged, "d.md").edited == ("themes",)
    offered = merge_draft(merged, SECOND)
    assert ": themes, newly made." in sections(offered)["Offered"]
    assert read_draft(offered, "d.md").entry.themes == ()
    assert read_draft(offered, "d.md").offered == ("themes",)


def test_sources_come_and_go_in_their_place() -> None:
    merged = merge_draft(render_draft(FIRST), SECOND)
    assert list(sections(merged))[-2:] == ["Sources", "Evidence"]
    assert "Sources" not in sections(merge_draft(merged, FIRST))


def test_what_a_person_added_is_kept_in_place() -> None:
    text = (
        render_draft(FIRST)
        .replace("## Keywords", "## My notes\n\nCall Anna.\n\n## Keywords")
        .replace("__[External link]", "A remark under the title.\n\n__[External link]")
        .replace("status: pending", "status: pending\nreviewer: Anna  # since May")
        + "\n# Later\n\nMore.\n"
    )
    merged = merge_draft(text, SECOND)
    found = read_draft(merged, "d.md")
    assert replace(found.entry, parts=()) == SECOND.entry
    assert [part.heading for part in found.entry.parts if not part.name] == ["## My notes", "# Later"]
    assert found.edited == ()
    assert found.added == ("A remark under the title.", "## My notes\n\nCall Anna.", "# Later\n\nMore.")
    assert "reviewer: Anna  # since May\n" in merged
    assert merge_draft(merged, SECOND) == merged


def test_setting_a_page_out_anew_is_no_change() -> None:
    text = render_draft(FIRST)
    head, page = text.split("\n---\n")
    page = (
        page.replace("\n* ", "\n- ")
        .replace("__", "**")
        .replace("Rivers freeze later. ", "Rivers freeze\nlater.  ", 1)
    )
    page = re.sub(r" +\|", " |", page).replace("-" * 20, "---")
    reformatted = f"{head}\n---\n{page}"
    assert read_draft(reformatted, "d.md").edited == ()
    # The link is the same in both and keeps its looks; all else is renewed.
    link = "[External link](https://news.example/a_b)"
    assert merge_draft(reformatted, SECOND).replace(f"**{link}**", f"__{link}__") == render_draft(SECOND)


@pytest.mark.parametrize(
    "note", ["\n[1]: https://e.org/note", "| a | b | c | d | note |", "<!-- note -->", "   note"]
)
def test_words_that_markdown_does_not_show_count_as_a_change(note: str) -> None:
    place = "| Safety          |\n"
    text = render_draft(FIRST)
    assert place in text
    merged = merge_draft(text.replace(place, place + note + "\n"), SECOND)
    assert note.strip() in merged
    assert "\nedited:\n- signals\n" in merged


def test_the_status_in_the_file_counts() -> None:
    text = render_draft(FIRST).replace("status: pending", "status: Approved")
    assert read_draft(text, "d.md").status == "approved"
    assert read_draft(merge_draft(text, SECOND), "d.md").status == "approved"
    changed = with_status(text.replace("\n", "\r\n"), "deferred", "d.md")
    assert changed.replace("\r\n", "\n") == text.replace("Approved", "deferred")
    assert with_status(changed, "deferred", "d.md") == changed
    # A mark by which some editors of Windows know UTF-8 stays as well.
    assert with_status(f"\ufeff{changed}", "approved", "d.md").startswith("\ufeff---\r\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\nid", "id", "line 1: expected front matter"),
        ("status: pending", "status: [", r"line \d: front matter is not YAML"),
        (
            "status: pending",
            "status: done",
            "line 4: status: expected one of pending, approved, rejected, deferred, got 'done'",
        ),
        ("status: pending\n", "", "line 1: status: expected a value"),
        ("status: pending", "status: pending\nstatus: approved", "front matter is not YAML"),
        ("# __Rivers Freeze Late__, from", "Rivers, from", "line 20: expected a title"),
        ("__[External link](https://news.example/a_b)__", "", "expected `__.External link"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_never_written(old: str, new: str, message: str) -> None:
    text = render_draft(FIRST)
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(StoreError, match=rf"^d\.md: .*({message})"):
        read_draft(broken, "d.md")
    with pytest.raises(StoreError, match=r"^d\.md: "):
        merge_draft(broken, SECOND, path="d.md")


def test_the_draft_of_another_entry_is_not_written_over() -> None:
    with pytest.raises(
        StoreError, match=r"output/drafts/20261122/1{32}\.md: expected the draft of 1{32}, got"
    ):
        merge_draft(render_draft(FIRST), replace(FIRST, id="1" * 32))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("* ice\n* rivers", "ice and rivers", "Keywords: expected bullets"),
        (f"* [Lakes Follow]({'0' * 32})\n\n## E", "* Lakes Follow\n\n## E", "Closest: expected bullets"),
        ("|:---", "| ---x", "Signals: expected a table"),
        (
            "| Villages build bridges      |",
            "|                             |",
            "Signals: expected a signal in every row",
        ),
    ],
)
def test_a_section_that_would_not_be_published_is_named(old: str, new: str, message: str) -> None:
    text = render_draft(FIRST)
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(StoreError, match=rf"^d\.md: line \d+: {message}"):
        read_draft(broken, "d.md")
    assert new.partition("\n")[0] in merge_draft(broken, SECOND)


@pytest.mark.parametrize("text", HOSTILE[::2])
def test_hostile_text_forges_no_part_of_a_draft(text: str) -> None:
    hostile = draft(
        title=text,
        sentences=(text,),
        keywords=(text,),
        themes=(text,),
        rows=(SignalRow(text, text, text, text),),
        closest=(Reference(text, "0" * 32),),
        origin=text,
        analyzer=text,
    )
    made = render_draft(hostile)
    found = read_draft(made, "d.md")
    assert accepted_entry(found) == hostile.entry
    assert (found.edited, found.offered, found.added) == ((), (), ())
    assert list(sections(made)) == ["Summary", "Keywords", "Themes", "Signals", "Closest", "Evidence"]
    assert merge_draft(made, hostile) == made
    # The front matter may differ in quotes, which YAML keeps.
    assert merge_draft(made, SECOND).split("\n---\n")[1] == render_draft(SECOND).split("\n---\n")[1]
    mine = made.replace("\n## Keywords", "\nMine.\n\n## Keywords").replace(
        "\n## Themes", "\n* mine\n\n## Themes"
    )
    merged = merge_draft(merge_draft(mine, SECOND), hostile)
    assert merge_draft(merged, hostile) == merged
    assert "Mine." in merged


def test_a_forged_offer_in_the_article_is_text() -> None:
    forged = "> *Offered 0123456789ab: newly made.* ## Summary"
    text = render_draft(draft(sentences=(forged,), keywords=("*Offered 0123456789ab: x*",)))
    assert read_draft(text, "d.md").offered == ()
    assert read_entry(text).summary == forged


words = st.sampled_from(["ice", "rivers", "bridges", "*a*", "a | b", "# c", "> d", "`e`"])
drafts = st.builds(
    draft,
    title=words,
    sentences=st.lists(words, min_size=1, max_size=2, unique=True).map(tuple),
    keywords=st.lists(words, max_size=2).map(tuple),
    themes=st.lists(words, max_size=1).map(tuple),
    rows=st.lists(st.builds(SignalRow, words, words, words, words), max_size=2).map(tuple),
    closest=st.lists(st.builds(Reference, words, st.just("0" * 32)), max_size=1).map(tuple),
    sources=st.lists(st.builds(Reference, words, st.just("https://e.org/")), max_size=1).map(tuple),
)
marks = st.sampled_from(
    ["{}", "* {}", "> {}", "## {}", "### {}", "| {} |", "\n{}\n", "    {}", "[{}]: x", "```\n{}\n```", "# {}"]
)
steps = st.one_of(drafts, st.tuples(st.integers(0, 10_000), marks))


@settings(max_examples=50, deadline=None)
@given(drafts, st.lists(steps, max_size=7))
def test_no_edit_is_ever_lost(first: Draft, then: list[Draft | tuple[int, str]]) -> None:
    text = render_draft(first)
    written: list[str] = []
    for step in then:
        if isinstance(step, Draft):
            try:
                merged = merge_draft(text, step)
            except StoreError:
                continue  # the file is left as it is
            assert merge_draft(merged, step) == merged
            text = merged
        else:
            place, mark = step
            lines = text.split("\n")
            start = lines.index("---", 1) + 1
            at = start + place % (len(lines) - start)
            written.append(f"edit{len(written)}x")
            text = "\n".join([*lines[:at], mark.format(written[-1]), *lines[at:]])
        assert [word for word in written if word not in text] == []
        offers = re.findall(r"^> \*Offered \w+: (\w+(?: row)?), newly", text, re.MULTILINE)
        for name in set(offers):
            most = 2 if name.endswith(" row") else 1
            assert offers.count(name) <= most + len(written), name


@settings(max_examples=25, deadline=None)
@given(drafts, drafts, st.sampled_from(["Summary", "Keywords", "Themes", "Closest"]))
def test_only_the_changed_section_stays(first: Draft, second: Draft, name: str) -> None:
    body = sections(render_draft(first))[name]
    edited = f"{body}\n* [mine](m)".strip()
    text = render_draft(first).replace(f"## {name}\n\n{body}", f"## {name}\n\n{edited}".rstrip() + "\n", 1)
    text = text.replace("\n\n\n## ", "\n\n## ")
    merged = sections(merge_draft(text, second))
    fresh = sections(render_draft(second))
    assert merged[name].startswith(edited)
    same = [each for each in fresh if each not in (name, "Evidence")]
    assert [merged[each] for each in same] == [fresh[each] for each in same]


def test_empty_cells_neither_stand_in_the_evidence_nor_tie_a_row_to_another() -> None:
    none = SignalBasis(change="none", horizon_10y="none", driving_force="none")
    rows = tuple(
        SignalRow(text, EMPTY, EMPTY, EMPTY) for text in ("Ferries stop in June", "A mayor is chosen")
    )
    made = draft(rows=rows)
    signals = tuple(replace(signal, basis=none) for signal in made.analysis.signals)
    made = replace(made, analysis=replace(made.analysis, signals=signals))
    mine = replace(made.entry, signals=(replace(rows[0], signal="My own words of it"), rows[1]))
    evidence = evidence_text(made, mine, ())
    assert "none" not in evidence
    first, second = evidence.split("### Rows of the signals")[1].split("\n2. ")
    assert "said she" not in first
    assert "A mayor is chosen” said she" in second


def test_a_table_of_its_head_alone_is_told_as_such() -> None:
    text = render_draft(FIRST)
    start, end = text.index("## Signals"), text.index("## Closest")
    head = "| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|"
    with pytest.raises(StoreError, match="expected a row below the head of the table"):
        read_draft(f"{text[:start]}## Signals\n\n{head}\n\n{text[end:]}", "d.md")
    assert read_draft(f"{text[:start]}## Signals\n\n{text[end:]}", "d.md").entry.signals == ()
