"""What other Markdown readers make of the published pages: no link that runs, no picture, tag, attribute."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hostile_texts import TEXTS
from markdown_readers import live_in
from ruamel.yaml import YAML
from test_drafts import draft

from digest.issues.drafts import merge_draft, read_draft, render_draft, unpublishable_lines
from digest.issues.drafts.front_matter import dump, join, parse
from digest.issues.pages import (
    admit,
    part_problems,
    read_entry,
    render_entry,
    render_index,
    render_issue,
    render_report,
)
from digest.issues.pages.markdown import Address, fill
from digest.records import (
    Dropped,
    Entry,
    FeedHealth,
    Issue,
    IssueEntry,
    Origin,
    Part,
    Problem,
    Reference,
    RunReport,
    SignalRow,
)

HOSTILE = [admit(text) for text in TEXTS]
IDS = [f"{number} {text[:30]}" for number, text in enumerate(TEXTS)]
MOMENT = datetime(2026, 11, 22, 5, 4, tzinfo=UTC)
SITE = "https://e.org/"


def entry(text: str) -> Entry:
    return Entry(
        title=text,
        origin=Origin(text, SITE),
        url=SITE,
        summary=f"{text} {text}",
        keywords=(text, "ice", text),
        themes=(text, text),
        signals=(SignalRow(text, text, text, text), SignalRow(text, "", "", "")),
        closest=(Reference(text, "0" * 32), Reference(text, "1" * 32)),
        sources=(Reference(text, SITE),),
    )


def test_there_are_sixty_texts() -> None:
    assert len(set(TEXTS)) >= 60


def test_the_readers_would_take_each_text_that_is_not_escaped() -> None:
    """The measure itself: these come alive somewhere as they are; the others would by a wrong escape."""
    alive = [text for text in TEXTS if any(live_in(f"{place}{text}\n") for place in ("", "* ", "## "))]
    assert len(alive) >= 45


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_an_entry_is_inert_for_every_reader(text: str) -> None:
    page = render_entry(entry(text), note=text)
    assert live_in(page) == {}
    assert read_entry(render_entry(entry(text))) == entry(text)


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_an_issue_and_the_index_are_inert_for_every_reader(text: str) -> None:
    stories = (IssueEntry("a" * 32, entry(text), text, note=text), IssueEntry("b" * 32, entry(text), text))
    issue = Issue("20261122", text, SITE, "en", stories)
    assert live_in(render_issue(issue)) == {}
    assert live_in(render_index([issue], title=text)) == {}


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_a_draft_is_inert_for_every_reader(text: str) -> None:
    made = draft(
        title=text,
        sentences=(text, text),
        keywords=(text,),
        themes=(text,),
        rows=(SignalRow(text, text, text, text),),
        closest=(Reference(text, "0" * 32),),
        sources=(Reference(text, SITE),),
        origin=text,
    )
    made = replace(made, notes=(text, text))
    file = render_draft(made)
    assert live_in(file) == {}
    assert read_draft(file, "d.md").entry == made.entry
    # An editor's word, and another week's: the new texts are offered below, and checks tell of both.
    edited = file.replace("## Themes\n\n* ", "## Themes\n\n* Ice and ").replace(
        "## Summary\n\n", "## Summary\n\nNo. "
    )
    again = replace(made, entry=replace(made.entry, summary=f"New {text}", themes=(f"new {text}",)))
    merged = merge_draft(edited, again, check=lambda said: (Problem("number", text, text),))
    assert "Offered" in merged
    assert live_in(merged) == {}


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_front_matter_is_inert_for_every_reader_and_reads_back(text: str) -> None:
    url = f"https://e.org/{text}"
    values = {"id": "a" * 32, "issue": "20261122", "status": "pending", "url": url, "origin": text}
    values["analyzer"] = "prompt-v1"
    file = join(dump(values), "\nIce.\n")
    assert live_in(file) == {}
    front, _, _ = parse(file, "d.md")
    assert {name: front.text(name) for name in values} == {**values, "origin": text.strip()}
    # One of an earlier version, where an editor added a line: whatever is changed, it is made inert too.
    plain = YAML()
    plain.width = 1_000_000
    stream = io.StringIO()
    plain.dump(values, stream)
    old, _, _ = parse(join(f"{stream.getvalue()}mine: '[words](http://h)' # kept", "\nIce.\n"), "d.md")
    renewed = old.with_values({"status": "approved"})
    assert renewed == dump({**values, "status": "approved"}) + "\nmine: '[words](http://h)' # kept"
    assert parse(join(renewed, ""), "d.md")[0].with_values({"status": "approved"}) == renewed


def test_front_matter_of_harmless_values_keeps_its_bytes() -> None:
    raw = (
        "id: abc\nissue: '20261122'\nurl: https://e.org/a?b=[1]&c={d\norigin: 'News: [EN], 2 < 3'\n"
        'analyzer: "v1"  # mine\nedited: []'
    )
    front, _, _ = parse(join(raw, ""), "d.md")
    assert front.with_values({"origin": "News: [EN], 2 < 3", "edited": []}) == raw
    assert front.with_values({"status": "approved"}) == f"{raw}\nstatus: approved"


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_a_report_is_inert_for_every_reader(text: str) -> None:
    report = RunReport(
        "20261122",
        MOMENT,
        feeds=(FeedHealth(f"https://e.org/{text}", text, "broken", 0, text, MOMENT, text),),
        stages=(),
        dropped=(Dropped(text, "fetch", text), Dropped(f"https://e.org/{text}", text, text)),
        stories=((text, (text, text)),),
        drafts=(("a" * 32, text),),
        failed_checks=(text,),
        notes=(text,),
    )
    assert live_in(render_report(report)) == {}


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_an_address_cannot_end_its_link(text: str) -> None:
    url = f"https://e.org/?q={text}"
    page = render_entry(replace(entry("Ferries sail"), url=url, origin=Origin("o", url)))
    assert live_in(page) == {}
    assert read_entry(page).url == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\u200bscript:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "java&Tab;script:alert(1)",
        "VBScript:x",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "ftp://e.org/x",
        "blob:https://e.org/1",
    ],
)
def test_no_page_links_to_what_is_neither_web_nor_mail(url: str) -> None:
    with pytest.raises(ValueError, match="no page may link"):
        fill("[{}]({})", "a", Address(url))


@pytest.mark.parametrize(
    "text",
    [
        "2 < 3 and 4 > 3",
        "We <3 ferries",
        "Ferries [sic], new, sail",
        "[Update] Ferries sail",
        "Ferries [1], [2] and [3]",
        "{a and b",
        "Set {",
        "Wow! Ferries!!",
        "9:30 sharp: sail",
        "https://e.org/a_b?c=d",
        "See https://e.org: ferries",
        "soft: xmp: a",
        "a] b",
    ],
)
def test_what_no_reader_takes_keeps_its_looks(text: str) -> None:
    assert fill("{}", text) == text
    assert fill("* [{}]({})", text, Address("0" * 32)) == f"* [{text}]({'0' * 32})" or "]" in text


def test_a_picture_in_a_link_s_text_stays_words_though_its_brackets_lose_their_backslashes() -> None:
    written = fill("* [{}]({})", "![a](https://e.org/x.png)", Address("0" * 32))
    assert "<img" not in str(live_in(written.replace("\\[", "[").replace("\\]", "]")))
    assert written.startswith("* [\\!\\[a")


def test_fields_of_a_line_do_not_bring_each_other_alive() -> None:
    halves = (
        "x`",
        "[`a](javascript:alert(1))",
        "](javascript:alert(1))",
        "[y",
        "{ onclick=alert(1)",
        "}",
        "<",
    )
    for first in halves:
        for second in halves:
            story = replace(entry(first), themes=(second, first), keywords=(second, first))
            rows = (SignalRow(second, first, second, first),)
            stories = (IssueEntry("a" * 32, replace(story, signals=rows), second, note=second),)
            assert live_in(render_issue(Issue("20261122", first, SITE, "en", stories))) == {}, (first, second)


def test_escapes_of_a_page_are_not_undone_when_it_is_read_and_written_again() -> None:
    page = render_entry(entry("Ferries [click](javascript:alert(1)) <script>x</script> {: a=b }"))
    for _ in range(3):
        again = render_entry(read_entry(page))
        assert again == page


def test_a_page_of_somebody_else_is_written_inert() -> None:
    page = render_entry(entry("PLACE")).replace(
        "PLACE", "Ferries [click](javascript:alert(1)) <svg/onload=x> sail"
    )
    assert live_in(page)
    assert live_in(render_entry(read_entry(page))) == {}


EDITORS = (
    ("a [b](javascript:alert(1)) c", "a link to 'javascript:alert(1)'"),
    ("*a* [b](java script:alert(1)) c", "a link to 'java script:alert(1"),
    ("*a* [b](javascript:alert('a b')) c", "a link to"),
    ("*a* [b] (javascript:alert(1)) c", "a link to"),
    ("*a* [b\nc](\njavascript:alert(1))", "a link to"),
    ("*a*\n[b]: vbscript:msgbox(1)\n\n[b]", "a link to 'vbscript:msgbox(1)'"),
    ("*a* <javascript:alert(1)>", "a link to 'javascript:alert(1)'"),
    ("*a* <svg/onload=alert(1)> b", "&lt;"),
    ("*a* <img src=x onerror=alert(1)", "&lt;"),
    (r"*a* \<script>alert(1)</script>", "&lt;"),
    ("<b onclick=alert(1)>a</b>", "onclick="),
    ("<script>alert(1)</script>", "<script>"),
    ("```\n<script>alert(1)</script>\n```", "four spaces"),
    ("```\na\n\n<img src=x onerror=alert(1)>\n```", "four spaces"),
    ("### Mine {: onclick=alert(1) }", "attributes"),
)


@pytest.mark.parametrize(("typed", "named"), EDITORS)
def test_what_an_editor_pasted_that_others_would_run_is_named_with_its_line(typed: str, named: str) -> None:
    file = render_draft(draft()).replace("## Keywords", f"## Mine\n\n{typed}\n\n## Keywords")
    first = file.split("\n").index("## Mine") + 3
    found = unpublishable_lines(file, None)
    assert found
    assert all(first <= line <= first + typed.count("\n") for line, _ in found)
    assert any(named in what for _, what in found), found


@pytest.mark.parametrize(
    "typed",
    [
        "*a* [b](https://e.org/x_(y)) and [c](mailto:a@e.org), [sic] (that is: so)",
        r"*a* \[click](javascript:alert(1)) and \[b\](data:x)",
        "*a* `<script>` and `[x](javascript:alert(1))`",
        "    <script>alert(1)</script>",
        "```html\n<b>bold</b>\n```",
        "*a* &lt;script> 2 < 3 and {x}, {: .lead }",
        "*a* <https://e.org/> <a@e.org>",
        "*a* <b>b</b>, H<sub>2</sub>O",
    ],
)
def test_what_does_no_harm_may_be_published(typed: str) -> None:
    file = render_draft(draft()).replace("## Keywords", f"## Mine\n\n{typed}\n\n## Keywords")
    assert unpublishable_lines(file, None) == []
    page = render_entry(read_draft(file, "d.md").entry)
    assert typed in page
    assert "javascript" not in str(live_in(page))
    assert "<script" not in str(live_in(page))


def test_a_link_an_editor_typed_into_a_title_or_keyword_is_published_as_words() -> None:
    file = render_draft(draft()).replace("* ice\n", "* ice [b](javascript:alert(1))\n")
    file = file.replace("Rivers Freeze Late__", "Rivers [b](javascript:alert(1)) <svg/onload=x>__")
    assert live_in(file)
    page = render_entry(read_draft(file, "d.md").entry)
    assert live_in(page) == {}
    assert "alert(1)" in page


def test_a_page_of_an_archive_leaves_parts_that_others_would_run() -> None:
    assert part_problems(Part("", "## Mine", "*a* <svg/onload=alert(1)>"))
    assert part_problems(Part("", "## Mine", "*a* [b](java script:alert(1))"))


def body(file: str) -> str:
    return file.split("\n---\n", 1)[1]
