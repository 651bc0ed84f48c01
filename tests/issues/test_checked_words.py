"""Every word of a draft outside own sections is checked, wherever and however it is written."""

import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from newsroom import Newsroom
from test_draft_checks import ISSUE, OTHER, TEXT, path_of, room_of
from test_own_words import DRAFT, MARK, edits, read_or_named

from digest.issues.drafts import prose_of_draft
from digest.issues.drafts.pieces import cut, page_text
from digest.issues.pages.entry_page import SECTIONS
from digest.issues.pages.markdown_blocks import page_blocks, split_front_matter
from digest.issues.pages.written import safe_html


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return room_of(tmp_path)


LIE = "The town paid €99 million to Siemens in 2044."


def text_of(room: Newsroom) -> str:
    return path_of(room, "Breach").read_text("utf-8")


def write(room: Newsroom, text: str) -> Path:
    path = path_of(room, "Breach")
    path.write_text(text, "utf-8")
    return path


def put(room: Newsroom, old: str, new: str) -> Path:
    """Replace what a draft says, as an editor does."""
    text = text_of(room)
    assert old in text
    return write(room, text.replace(old, new, 1))


def line_of(path: Path, words: str) -> int:
    lines = path.read_text("utf-8").split("\n")
    return next(at for at, line in enumerate(lines, 1) if words in line)


def lines_of(room: Newsroom) -> list[str]:
    """Give what `draft list` says of failed checks."""
    return [line for line in room.all_of("draft", "list").split("\n") if line.startswith("failed check: ")]


def check_is_named(room: Newsroom, path: Path, words: str = LIE, at: str = "") -> None:
    """Check that a sentence is named with its line in list, approve and publish, and nothing is published."""
    expected = f"{path.name}: line {line_of(path, at or words)}: “{words}”: "
    assert f"failed check: {expected}" in room.all_of("draft", "list")
    assert expected in room.all_of("draft", "approve", str(path), code=1)
    write(room, text_of(room).replace("status: pending", "status: approved"))
    assert f"failed check: {expected}" in room.all_of("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


HEADINGS = {
    "colon": "## Summary:",
    "dot": "## Summary.",
    "level 1": "# Summary",
    "level 3": "### Summary",
    "level 6": "###### summary ######",
    "underlined": "Summary\n-------",
    "double underlined": "SUMMARY\n===",
    "emphasis": "## *Summary*:",
    "code": "### `Summary`",
    "tags": "## <b>Summary</b>",
    "number": "## 1. Summary",
    "picture": "## 📝 Summary",
    "space": " ##   Summary   ",
    "wide": "## Ｓｕｍｍａｒｙ",
    "unseen": "## Sum\u00admary",
}


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
def test_a_heading_near_a_sections_is_that_sections(room: Newsroom, heading: str) -> None:
    sentence = "Nearly 4.5 million customers had their records exposed."
    path = put(room, "## Summary\n\n", f"{heading}\n\n{sentence} {LIE} ")
    check_is_named(room, path)
    write(room, text_of(room).replace(LIE, ""))
    room.digest("publish", ISSUE)
    entry = next(
        each
        for each in json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))["entries"]
        if each["title"] == "Breach"
    )
    assert sentence in entry["summary"]
    for name in ("md", "html"):
        assert sentence in (room.output / "issues" / f"{ISSUE}.{name}").read_text("utf-8")


@pytest.mark.parametrize("heading", ["## Themes.", "### Themes", "Themes\n---", "# THEMES:"])
def test_a_list_below_a_heading_near_a_sections_is_that_sections(room: Newsroom, heading: str) -> None:
    text = text_of(room)
    start, end = text.index("## Themes"), text.index("## Signals")
    write(room, f"{text[:start]}{heading}\n\n* Hospitals\n\n{text[end:]}")
    room.publish(ISSUE)
    page = (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "\n* **Hospitals**: " in page
    assert "**Themes** Hospitals" in page


@pytest.mark.parametrize("heading", ["## Summary", "## Summary:", "# Summary", "Summary\n-------"])
def test_a_second_section_of_a_name_is_named_before_anything_is_written(room: Newsroom, heading: str) -> None:
    path = put(room, "## Closest", f"{heading}\n\n{LIE}\n\n## Closest")
    line = max(at for at, each in enumerate(text_of(room).split("\n"), 1) if each == heading.split("\n")[0])
    said = room.all_of("draft", "list")
    assert f"{path}: line {line}: a second Summary" in said
    room.digest("draft", "approve", "--all", "--anyway")
    assert f"{path}: line {line}: a second Summary" in room.all_of("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


@pytest.mark.parametrize(
    "heading",
    [
        *("##Summary", "**Summary**", "Summary:", "<h2>Summary</h2>", "> ## Summary", "    ## Summary"),
        *("* ## Summary", r"\## Summary", "##\u00a0Summary", "＃＃ Summary", "<div>\n\n## Summary\n\n</div>"),
    ],
)
@pytest.mark.parametrize("above", ["", "## Mine\n\nOne word.\n\n"])
def test_what_stands_in_the_place_of_a_missing_heading_is_named(
    room: Newsroom, heading: str, above: str
) -> None:
    path = put(room, "## Summary\n", f"{above}{heading}\n")
    lines = re.findall(rf"{re.escape(str(path))}: line (\d+): ", room.all_of("draft", "list"))
    assert str(line_of(path, "Summary")) in lines or heading.startswith("<div>")
    room.digest("draft", "approve", "--all", "--anyway")
    room.digest("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


def test_an_own_section_that_may_be_meant_for_another_is_named_and_published(room: Newsroom) -> None:
    path = put(room, "## Summary\n", "## Summary (mine)\n")
    told = room.all_of("run", "--issue", ISSUE)
    said = f"{path.name}: line {line_of(path, '(mine)')}: “Summary (mine)” is an own section"
    assert said in told
    assert said in room.all_of("draft", "list")
    assert said in room.all_of("draft", "approve", "--all")
    assert said in room.all_of("publish", ISSUE)
    assert "#### Summary (mine)" in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")


def test_sources_below_an_own_heading_are_the_editors(room: Newsroom) -> None:
    put(
        room,
        "## Keywords",
        "## Background\n\nAs I see it.\n\n### Sources\n\nMy notes of 1931.\n\n## Keywords",
    )
    assert lines_of(room) == []
    room.publish(ISSUE)
    assert "My notes of 1931." in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")


# -- the title -----------------------------------------------------------------------------------------


def test_a_title_that_an_editor_wrote_is_checked(room: Newsroom) -> None:
    title = "Theft at HealthEC costs €99 million"
    path = put(room, "# __Breach__", f"# __{title}__")
    assert any(
        f"{path.name}: line {line_of(path, title)}: “{title}”: number" in each
        for each in room.run(ISSUE).failed_checks
    )
    assert "99 million" in (room.output / "reports" / f"{ISSUE}.md").read_text("utf-8")
    check_is_named(room, path, title)


def test_a_title_that_the_article_bears_out_or_that_the_page_has_is_not_named(room: Newsroom) -> None:
    assert lines_of(room) == []
    put(room, "# __Breach__", "# __Breach exposed records of 4.5 million customers__")
    assert lines_of(room) == []


def test_a_title_of_the_page_that_says_more_than_its_text_is_not_named(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    room.write("tarrow", "Breach at €99 million", TEXT)
    room.write("harbour", "Eelgrass", OTHER)
    room.run(ISSUE)
    assert lines_of(room) == []
    path = path_of(room, "Breach at €99 million")
    path.write_text(path.read_text("utf-8").replace("__Breach at", "__Breach of HealthEC at"), "utf-8")
    assert lines_of(room) == []
    path.write_text(path.read_text("utf-8").replace("€99 million", "€98 million", 1), "utf-8")
    assert "“Breach of HealthEC at €98 million”: number" in lines_of(room)[0]


# -- beside and within sections ------------------------------------------------------------------------

PLACES = {
    "end of Keywords": ("\n## Themes", f"\n{LIE}\n\n## Themes"),
    "end of Themes": ("\n## Signals", f"\n* Hospitals\n\n{LIE}\n\n## Signals"),
    "behind the table": ("\n## Closest", f"\n{LIE}\n\n## Closest"),
    "above the title": ("\n# __", f"\n{LIE}\n\n# __"),
    "under the title": ("\n__[External", f"\n{LIE}\n\n__[External"),
    "beside the link": (")__\n", f")__ {LIE}\n"),
    "under the link": ("\n## Summary", f"\n{LIE}\n\n## Summary"),
    "a keyword": ("## Keywords\n\n", f"## Keywords\n\n* {LIE}\n"),
    "a theme": ("## Themes\n\n", f"## Themes\n\n* {LIE}\n"),
    "below a heading in a section": ("\n## Themes", f"\n### Beside\n\n{LIE}\n\n## Themes"),
    "below an empty heading": ("\n## Themes", f"\n## \n\n{LIE}\n\n## Themes"),
    "a quotation": ("\n## Themes", f"\n> {LIE}\n\n## Themes"),
    "HTML": ("\n## Themes", f"\n<div><p>{LIE}</p></div>\n\n## Themes"),
    "a second table": ("\n## Closest", f"\n| Note |\n|---|\n| {LIE} |\n\n## Closest"),
    "in Closest": ("\n## Evidence", f"\n\n{LIE}\n\n## Evidence"),
    "a bullet in Closest": ("\n## Evidence", f"\n\n* [Eelgrass]({'0' * 32}) {LIE}\n\n## Evidence"),
    "a list in the summary": ("## Summary\n\n", f"## Summary\n\n* {LIE}\n\n"),
    "a table in the summary": ("## Summary\n\n", f"## Summary\n\n| a |\n|---|\n| {LIE} |\n\n"),
    "a link's title": ("## Summary\n\n", f'## Summary\n\n[Police](https://e.org "{LIE}") '),
    "emphasis": ("## Summary\n\n", "## Summary\n\nThe town paid **€99** million to *Siemens* in 2044. "),
    "tags": ("## Summary\n\n", "## Summary\n\nThe town paid <b>€99</b> million to Siemens in 2044. "),
    "lines": ("## Summary\n\n", "## Summary\n\nThe town paid\n€99 million to Siemens in 2044. "),
    "footnote": (
        "## Summary\n\n",
        "## Summary\n\nNearly 4.5 million customers had their records exposed.[^n] ",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_outside_own_sections_is_checked(room: Newsroom, place: str) -> None:
    path = put(room, *PLACES[place])
    if place == "footnote":
        path = put(room, "## Closest", f"## Mine\n\nOne word.\n\n[^n]: {LIE}\n\n## Closest")
    marked = {"emphasis": "**€99**", "tags": "<b>€99</b>", "lines": "The town paid"}
    check_is_named(room, path, at=marked.get(place, ""))


@pytest.mark.parametrize("bullet", ["€99 million for Siemens", "99 million crowns", "since 2044"])
def test_a_bullet_with_an_amount_or_a_date_is_checked(room: Newsroom, bullet: str) -> None:
    path = put(room, "## Keywords\n\n", f"## Keywords\n\n* {bullet}\n")
    check_is_named(room, path, bullet)


@pytest.mark.parametrize("bullet", ["district heating", "4.5 million customers", "5G networks", "COVID-19"])
def test_a_bullet_of_other_words_is_the_editors(room: Newsroom, bullet: str) -> None:
    put(room, "## Keywords\n\n", f"## Keywords\n\n* {bullet}\n")
    put(room, "## Themes\n\n", f"## Themes\n\n* {bullet}\n")
    assert lines_of(room) == []
    room.publish(ISSUE)


def test_own_sections_are_not_checked(room: Newsroom) -> None:
    put(
        room,
        "## Closest",
        f"## Why it matters\n\n{LIE}[^n]\n\n### More\n\n{LIE}\n\n[^n]: {LIE}\n\n## Closest",
    )
    assert lines_of(room) == []


# -- what a failed check says --------------------------------------------------------------------------

TRUE = "Nearly 4.5 million customers had their records exposed"


@pytest.mark.parametrize(
    "written",
    [
        f"{TRUE}.[^1]\n\n[^1]: Police have asked patients to report letters.",
        f"{TRUE}.[^1][^2]\n\n[^1]: Insurers expect that.\n\n[^2]: Insurers expect that.",
        f"{TRUE}.<sup>1</sup>",
        f"{TRUE}<sup>7, 8</sup>.",
        f"{TRUE}.[3]",
        f"{TRUE}[^99].",
        "Nearly 4.5<sup>0</sup> million customers had their records exposed.",
        f"<p>{TRUE}.<sup>2</sup></p>\n",
    ],
)
def test_marks_of_footnotes_are_no_numbers(room: Newsroom, written: str) -> None:
    put(room, "## Summary\n\n", f"## Summary\n\n{written}\n\n")
    assert lines_of(room) == []


def test_marks_of_footnotes_are_no_numbers_in_evidence(room: Newsroom) -> None:
    put(room, "## Summary\n\n", f"## Summary\n\n{TRUE}.[^1]\n\n[^1]: Police have asked patients.\n\n")
    room.run(ISSUE)
    assert "Check number" not in text_of(room)


@pytest.mark.parametrize("heading", ["### Summary", "Summary\n---", "# Summary:"])
def test_a_run_leaves_a_heading_near_a_sections_as_it_is(room: Newsroom, heading: str) -> None:
    put(room, "## Summary\n", f"{heading}\n")
    put(room, "## Keywords\n\n", "## Keywords:\n\n* my own\n")
    before = text_of(room)
    room.run(ISSUE)
    page = text_of(room)
    assert page[page.index("\n---\n") :] == before[before.index("\n---\n") :].replace(
        "Made by test.", "Made by test. Changed by the editor: keywords."
    )


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "&#8203;", "<wbr>"])
def test_what_takes_no_room_hides_no_figure(room: Newsroom, unseen: str) -> None:
    put(room, "## Summary\n\n", f"## Summary\n\nThe town paid €9{unseen}9 million to Siemens. ")
    room.digest("draft", "approve", "--all", code=1)
    assert "€99 million" in " ".join(lines_of(room))


def test_a_second_heading_below_an_own_one_is_named(room: Newsroom) -> None:
    path = put(room, "## Closest", "## Mine\n\nOne word.\n\n### Themes\n\nMine.\n\n## Closest")
    said = (
        f"{path.name}: line {line_of(path, '### Themes')}: a second Themes; it is read as part of the section"
    )
    assert said in room.all_of("draft", "list")
    room.publish(ISSUE)


def test_raised_words_and_powers_are_checked(room: Newsroom) -> None:
    put(room, "## Summary\n\n", f"## Summary\n\n{TRUE}. <sup>{LIE}</sup>\n\n")
    assert "99 million" in lines_of(room)[0]


@pytest.mark.parametrize(
    "written",
    [
        f"<div>{TRUE}. {LIE} Police have asked patients to report letters.</div>",
        f"* {TRUE}\n* {LIE}\n* Police have asked patients to report letters",
        f"<ul><li>{TRUE}</li>\n<li><em>{LIE}</em></li></ul>",
        f"> {TRUE}.\n>\n> {LIE}",
    ],
)
def test_a_failed_check_quotes_the_sentence_alone_and_without_tags(room: Newsroom, written: str) -> None:
    path = put(room, "## Summary\n\n", f"## Summary\n\n{written}\n\n")
    said = lines_of(room)
    assert said
    for each in said:
        assert f"{path.name}: line {line_of(path, 'The town paid')}: “{LIE}”: " in each


@pytest.mark.parametrize("fault", ["```\ncode", "~~~~", "<div>x", "<!-- call Anna", "<pre>\n\nx"])
def test_of_what_a_fault_of_syntax_swallows_nothing_is_checked(room: Newsroom, fault: str) -> None:
    path = put(room, "## Keywords", f"{fault}\n\n## Keywords")
    put(room, "## Summary\n\n", f"## Summary\n\n{LIE} ")
    said = room.all_of("draft", "list")
    first = line_of(path, fault.split("\n")[0])
    assert f"{path}: line {first}: " in said
    assert "failed check" not in said
    assert f"{path}: line {first}: " in room.all_of("draft", "approve", str(path), code=1)
    assert room.run(ISSUE).failed_checks == ()
    first = line_of(path, fault.split("\n")[0])
    write(room, text_of(room).replace("status: pending", "status: approved"))
    said = room.all_of("publish", ISSUE, code=1)
    assert f"{path}: line {first}: " in said
    assert "failed check" not in said
    # Mended, the draft is checked.
    path = put(room, f"{fault}\n\n## Keywords", "## Keywords")
    assert f"line {line_of(path, LIE)}: “{LIE}”" in room.all_of("publish", ISSUE, code=1)


def test_a_sentence_that_also_stands_in_a_row_counts_once(room: Newsroom) -> None:
    row = LIE.removesuffix(".")
    put(room, "## Summary\n\n", f"## Summary\n\n{LIE} ")
    text = text_of(room)
    start, end = text.index("## Signals"), text.index("## Closest")
    table = f"| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n| {row} | – | – | – |"
    path = write(room, f"{text[:start]}## Signals\n\n{table}\n\n{text[end:]}")
    listed = {each["title"]: each for each in json.loads(room.digest("draft", "list", "--json"))}
    assert listed["Breach"]["failed"] == 1
    assert all(f"{path.name}: line {line_of(path, LIE)}: " in each for each in lines_of(room))


# -- bullets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bullet", "theme"),
    [
        ("Name <b>bold</b>", "Name bold"),
        ("<span>Name</span><br>next", "Name next"),
        ("**Name** `code`", "Name code"),
        ("[Name](https://e.org) _next_", "Name next"),
        ("<div>Name</div>", "Name"),
        ("Name[^1]\n\n[^1]: Police have asked patients to report letters.", "Name"),
        ("H<sub>2</sub>O 10<sup>6</sup>", "H2O 10⁶"),
    ],
)
def test_themes_and_keywords_are_plain_words_where_they_name_something(
    room: Newsroom, bullet: str, theme: str
) -> None:
    text = text_of(room)
    start, end = text.index("## Themes"), text.index("## Signals")
    write(room, f"{text[:start]}## Themes\n\n* {bullet}\n\n{text[end:]}")
    room.digest("draft", "approve", "--all", "--anyway")
    room.digest("publish", ISSUE)
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    assert f"<li><strong>{theme}</strong>: " in html
    assert "&lt;" not in html
    made = json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    assert [theme] in [each["themes"] for each in made["entries"]]


def test_tags_in_a_signal_are_no_words_in_the_issues_overview(room: Newsroom) -> None:
    text = text_of(room)
    start, end = text.index("## Signals"), text.index("## Closest")
    row = "| Police <b>asked</b> patients[^1] | – | – | – |\n\n[^1]: Two clinics sent patients home."
    table = f"| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n{row}"
    write(room, f"{text[:start]}## Signals\n\n{table}\n\n{text[end:]}")
    room.publish(ISSUE)
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    assert "</strong>: Police asked patients (" in html
    assert "&lt;b" not in html


def test_tags_in_a_title_are_named(room: Newsroom) -> None:
    path = put(room, "# __Breach__", "# __Breach <b>now</b>__")
    said = f"{path}: line {line_of(path, '<b>now')}: a title of more than plain words"
    assert said in room.all_of("draft", "list")


@pytest.mark.parametrize("section", ["Keywords", "Themes"])
@pytest.mark.parametrize("box", ["* [x] ", "- [ ] ", "1. [X] ", "* a\n  * [x] "])
def test_boxes_to_tick_off_are_named_with_their_line(room: Newsroom, section: str, box: str) -> None:
    path = put(room, f"## {section}\n\n", f"## {section}\n\n{box}ZED1\n\n")
    said = f"{path}: line {line_of(path, 'ZED1')}: a box to tick off under {section}"
    assert said in room.all_of("draft", "list")
    room.digest("draft", "approve", "--all")
    assert said in room.all_of("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


# -- whatever is typed ---------------------------------------------------------------------------------


NO_LINK = "[mq0qm](data:text/html,mq1qm)"
"""A link that no form has: its address is words there."""


def seen(page: str) -> set[str]:
    """Give the marked words that a reader of a page sees."""
    return set(MARK.findall(html.unescape(re.sub(r"<[^>]*>", "", safe_html(page)))))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits())
@example((DRAFT.replace("\n| Rivers", f"\n| {NO_LINK} Rivers"), NO_LINK))
@example((DRAFT.replace("\n# __", "\n## mq1qm\nmq2qm\n# __", 1), "## mq1qm\nmq2qm"))
def test_what_readers_see_outside_own_sections_is_what_is_checked(edit: tuple[str, str]) -> None:
    text, _ = edit
    if isinstance(read_or_named(text), list):
        return
    _, body, _ = split_front_matter(text)
    page = page_text(body, cut(body))
    lines = page.split("\n")
    spared = []
    for block in page_blocks(page):
        is_section = block.level == 2 and block.name.capitalize() in SECTIONS
        if block.level and block.name and not is_section:
            # The words of an own section; of the page's title, its heading, which is judged by its field.
            is_one_line = lines[block.start].lstrip().startswith("#")
            heading = lines[block.start : block.start + (1 if is_one_line else 3)]
            is_title = "](https://letters" in "\n".join(heading)
            spared += lines[block.start : block.start + 1 if is_title else block.end]
        elif block.name in ("Closest", "Sources"):
            spared += re.findall(r"\[.*?\]\(", "\n".join(lines[block.start : block.end]), re.DOTALL)
    left = seen(page) - set(MARK.findall("\n".join(spared)))
    said = " ".join(each.text for each in prose_of_draft(text))
    assert left <= set(MARK.findall(said))
