"""The issue as mail: what programs show of it, what it weighs, and where it is cut."""

import email
import re
from dataclasses import replace
from email import policy
from pathlib import Path

import html5lib
import pytest
from lxml import html as lxml_html
from made_issues import entry, hostile_issue, hostile_texts, issue_of, long_issue, with_part

from digest.issues.forms import MOST_BYTES, Mail, issue_mail, mail_message
from digest.issues.forms.mail_text import plain_text
from digest.issues.pages import render_issue_html
from digest.issues.pages.issue import MOST_FURTHER, MOST_LINES
from digest.records import Issue, Opening, OpeningLine, SignalRow

SITE = "https://letters.example/"

TAGS = {
    *("body", "table", "tbody", "tr", "td", "h1", "h2", "h3", "p", "div", "span", "strong", "em", "a"),
    *("ul", "li", "br", "hr"),
}
"""What a mail is made of where no editor wrote anything."""


@pytest.fixture
def naughty(request: pytest.FixtureRequest) -> list[str]:
    try:
        folder: Path | None = request.getfixturevalue("dev_data")
    except pytest.skip.Exception:
        folder = None
    return hostile_texts(folder)


def words_of(html: str) -> str:
    root = lxml_html.document_fromstring(html)
    return " ".join(" ".join(root.body.itertext()).split())


def check(mail: Mail) -> None:
    """What holds of every mail."""
    html5lib.HTMLParser(strict=True).parse(mail.html)
    assert len(mail.html.encode()) <= MOST_BYTES
    root = lxml_html.document_fromstring(mail.html)
    assert not root.xpath("//script | //link | //iframe | //form | //object | //svg | //base")
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not name.startswith("on")
            assert name not in ("href", "src") or re.match(r"https?://|mailto:|#", value), value
            assert "url(" not in value or name in ("href", "src")
    assert "@import" not in mail.html


def test_a_mail_has_its_styles_in_its_elements_and_is_600_pixels_wide_at_most() -> None:
    mail = issue_mail(issue_of(entry()))
    check(mail)
    root = lxml_html.document_fromstring(mail.html)
    inner = root.xpath("//table[@width='600']")
    assert "max-width:600px" in inner[0].get("style")
    assert "width:100%" in inner[0].get("style")
    assert "color:" in root.xpath("//a")[0].get("style")
    assert all(table.get("role") == "presentation" for table in root.xpath("//table"))
    assert [meta.get("content") for meta in root.xpath("//meta[@name='color-scheme']")] == ["light dark"]
    assert not re.search(r"(?i)#(?:fff|000)(?:fff|000)?\b", mail.html)
    assert mail.subject == "Weak Signals, 22 November 2026"


def test_rows_of_signals_stand_below_each_other_with_their_columns_names() -> None:
    mail = issue_mail(issue_of(entry()))
    root = lxml_html.document_fromstring(mail.html)
    rows = [" ".join(each.text_content().split()) for each in root.xpath("//div[@class='rows']/div")]
    assert rows == [
        "Signal: Ice comes 12 days laterChange: From fixed to movingDriving force: Warm autumns",
        "Signal: Ferries sail in January",
    ]
    assert (
        "* Signal: Ice comes 12 days later\n  Change: From fixed to moving\n  Driving force: Warm autumns\n"
        "* Signal: Ferries sail in January\n"
    ) in mail.text


def test_rows_that_go_on_over_lines_are_told_apart_in_the_plain_text() -> None:
    signal = "Ferries sailed through open water in every week of the winter, the harbour office says"
    rows = (SignalRow(signal, "From fixed to moving", "–", "–"), SignalRow("Ice comes late", "–", "–", "–"))
    mail = issue_mail(issue_of(replace(entry(), signals=rows)))
    assert (
        "* Signal: Ferries sailed through open water in every week of the winter, the\n"
        "  harbour office says\n"
        "  Change: From fixed to moving\n"
        "* Signal: Ice comes late\n"
    ) in mail.text


def test_the_plain_text_names_keywords_and_themes_also_above_footnotes() -> None:
    for made in (entry(), with_part(entry(), "Late[^1].\n\n[^1]: By 12 days.")):
        mail = issue_mail(issue_of(made))
        assert "\nKeywords: ice · rivers\nThemes: Climate\n" in mail.text
        assert len(lxml_html.document_fromstring(mail.html).xpath("//p[@class='topics']")) == 1


def test_the_plain_text_says_what_is_struck_out_quoted_and_raised() -> None:
    said = plain_text("<p>10<sup>6</sup> <s>five</s> <del>six</del> <q>seven</q> the 2<sup>nd</sup></p>")
    assert said == "10⁶ ~~five~~ ~~six~~ “seven” the 2nd"


def test_a_heading_is_underlined_as_far_as_its_words_go() -> None:
    linked = '<h3><a href="https://e.org/a">{}</a></h3>'
    assert plain_text(linked.format("Ice")) == "Ice <https://e.org/a>\n---"
    words, *_, line = plain_text(linked.format("Ice came late. " * 8)).split("\n")
    assert line == "-" * len(words)


def test_a_list_that_ends_the_introduction_and_the_overview_stay_two() -> None:
    made = replace(issue_of(entry()), opening=Opening("This week:\n\n* ferries\n* ice"))
    mail = issue_mail(made)
    check(mail)
    for html in (mail.html, render_issue_html(made)):
        root = lxml_html.document_fromstring(html)
        (own,) = root.xpath("//ul[contains(., 'ferries')]")
        assert [each.text_content().strip() for each in own] == ["ferries", "ice"]
    assert "* ferries\n* ice\n\n* Climate: Ice comes 12 days later" in mail.text


def test_lines_of_lists_and_quotations_are_no_longer_than_others() -> None:
    words = "Ferries sail. " * 20
    deep = "<ol><li>" * 60 + "a b" + "</li></ol>" * 60
    listed = f"<ul><li>{words}<ul><li>{words}</li></ul></li></ul>"
    lines = plain_text(f"{listed}<blockquote><p>{words}</p><p>a</p></blockquote>").split("\n")
    assert max(map(len, lines)) <= 76
    assert all(line == line.rstrip() for line in lines)
    assert plain_text(deep).endswith("a b")


def test_an_overview_opens_the_mail_and_leaves_room_for_the_stories() -> None:
    short = issue_mail(issue_of(entry()))
    (overview,) = lxml_html.document_fromstring(short.html).xpath("//ul[@class='contents']")
    assert (
        overview.text_content().strip() == "Climate: Ice comes 12 days later (Rivers Freeze Late, The Post)"
    )
    themes = [replace(entry(f"Story {at}"), themes=(f"Theme {at} {'of ice ' * 20}",)) for at in range(200)]
    many = issue_of(*themes)
    mail = issue_mail(many)
    check(mail)
    (overview,) = lxml_html.document_fromstring(mail.html).xpath("//ul[@class='contents']")
    lines = [each.text_content().strip() for each in overview]
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].endswith(f"· {200 - MOST_LINES - MOST_FURTHER} more")
    # Lines that an editor wrote stay, as many as there is room for.
    own = [
        OpeningLine(each.theme.strip(), f"Ice is late on {each.theme}.", (each.id,)) for each in many.entries
    ]
    mail = issue_mail(replace(many, opening=Opening(lines=tuple(own))))
    check(mail)
    (overview,) = lxml_html.document_fromstring(mail.html).xpath("//ul[@class='contents']")
    lines = [each.text_content().strip() for each in overview]
    assert 20 < len(lines) < 120
    assert lines[-1] == f"{201 - len(lines)} more themes"
    assert len(lxml_html.tostring(overview)) < MOST_BYTES / 3
    assert lxml_html.document_fromstring(mail.html).xpath("//h3")


@pytest.mark.parametrize("force", ["–", "Warm autumns"])
def test_suggestions_look_different_in_a_mail_and_a_line_says_what_they_are(force: str) -> None:
    row = SignalRow("Ice comes late", "From fixed to moving", "–", force, suggested=("change",))
    mail = issue_mail(issue_of(replace(entry(), signals=(row,))))
    check(mail)
    root = lxml_html.document_fromstring(mail.html)
    (cell,) = root.xpath("//em[text()='From fixed to moving']")
    assert "dotted" in cell.get("style")
    assert "is a suggestion; the article does not state it" in words_of(mail.html)
    assert "is a suggestion; the article does not" in " ".join(mail.text.split())
    assert "*From fixed to moving*" in mail.text
    plain = issue_mail(issue_of(replace(entry(), signals=(replace(row, suggested=()),))))
    assert "is a suggestion" not in plain.html
    assert "dotted" not in "".join(lxml_html.document_fromstring(plain.html).body.xpath(".//@style"))


def test_wide_tables_of_an_editor_stand_as_blocks_and_narrow_ones_as_tables() -> None:
    wide = "| a | b | c |\n|---|---|---|\n| 1 | [2](https://e.org/2) | 3 |"
    narrow = "| d | e |\n|---|---|\n| 4 | 5 |"
    mail = issue_mail(issue_of(with_part(entry(), f"{wide}\n\n{narrow}\n\n![Ice](https://e.org/i.png)")))
    check(mail)
    root = lxml_html.document_fromstring(mail.html)
    assert "a: 1" in words_of(mail.html)
    assert [each.text for each in root.xpath("//table[@class='data']//th")] == ["d", "e"]
    assert "max-width:100%" in root.xpath("//img")[0].get("style")
    assert "b: 2 <https://e.org/2>" in mail.text
    assert "4 | 5" in mail.text


@pytest.mark.parametrize("cell", ["late", "–"])
def test_a_columns_name_keeps_the_link_an_editor_made_of_it(cell: str) -> None:
    table = "| [When](https://e.org/when) | Where | Who |\n|---|---|---|\n" + f"| {cell} | Brekke | Ida |\n"
    mail = issue_mail(issue_of(with_part(entry(), table)))
    check(mail)
    assert lxml_html.document_fromstring(mail.html).xpath("//a[@href='https://e.org/when'][text()='When']")


def test_links_lead_to_the_site_or_are_none() -> None:
    made = entry()
    assert "0" * 32 not in issue_mail(issue_of(made)).html
    assert "Lakes Follow" in issue_mail(issue_of(made)).text
    mail = issue_mail(issue_of(made, site=SITE), places={"0" * 32: "20261115"})
    check(mail)
    assert f'href="https://letters.example/issues/20261115.html#{"0" * 32}"' in mail.html
    own = issue_mail(issue_of(with_part(made, f"See [lakes]({'0' * 32}).")))
    check(own)
    assert "See lakes." in own.text


def test_a_mail_that_fits_is_whole() -> None:
    mail = issue_mail(long_issue(20))
    check(mail)
    assert mail.cut_at == ""
    assert "Read on" not in mail.html
    assert "Story 19" in mail.text


@pytest.mark.parametrize("site", ["", SITE])
def test_a_mail_that_would_be_cut_off_says_where_to_read_on(site: str) -> None:
    issue = long_issue(100, site=site)
    mail = issue_mail(issue)
    check(mail)
    assert len(mail.html.encode()) > MOST_BYTES * 0.9
    at = int(mail.cut_at.removeprefix("Story "))
    said = words_of(mail.html)
    assert "this mail ends here to stay small" in said
    assert "in the whole issue" in mail.text
    if site:
        to = f"https://letters.example/issues/20261122.html#{issue.entries[at].id}"
        assert f'href="{to}"' in mail.html
        assert f"Read on: Story {at}" in said
        assert to in mail.text
    else:
        assert "Read on" not in said
        assert f"the file {issue.name}.html" in said
        listed = lxml_html.document_fromstring(mail.html).xpath("//td[@class='foot']//li/a")
        assert [each.text for each in listed] == [f"Story {each}" for each in range(at, at + 10)]
        assert {each.get("href") for each in listed} == {"https://news.example/a_b?c=1&d=2"}
        assert f"* {100 - at - 10} more" in mail.text
    assert mail.left == 100 - at
    # A story before is whole, none after is begun.
    headings = lxml_html.document_fromstring(mail.html).xpath("//h3/a/text()")
    assert headings[: at + 1] in (
        [f"Story {each}" for each in range(at + 1)],
        [f"Story {each}" for each in range(at)],
    )
    last = lxml_html.document_fromstring(mail.html).xpath("//table[@width='600']//tr[last()]/td")
    assert [each.get("class") for each in last] == ["foot"]
    before = last[0].getparent().getprevious()[0]
    assert before.get("class") == "story"


@pytest.mark.parametrize("length", [1_000, 200_000])
def test_one_story_or_list_too_long_is_cut_too(length: int) -> None:
    one = issue_of(with_part(entry(), "\n\n".join(["Ice came late."] * (length // 14))), site=SITE)
    check(issue_mail(one))
    check(issue_mail(issue_of(entry("x" * length), entry())))
    check(issue_mail(issue_of(*(entry(f"{at} {'x' * (length // 100)}") for at in range(100)))))
    check(issue_mail(Issue("20261122", "W" * length, "", "en", ())))


def test_a_mail_ends_after_no_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    made = issue_of(entry("Ice"), entry("Snow"), site=SITE)
    size, endings = len(issue_mail(made).html.encode()), set()
    for most in range(size - 2_400, size, 150):
        monkeypatch.setattr("digest.issues.forms.mail.MOST_BYTES", most)
        endings.add(issue_mail(made).text.partition("\n\nRead on: ")[0].rpartition("\n\n")[2])
    assert len(endings) >= 4
    heads = ("Closest", "Sources", "From ", "Snow", "Stories")
    assert [each for each in endings if each.startswith(heads)] == []


def test_hostile_texts_stay_words_in_a_mail(naughty: list[str]) -> None:
    for at in range(0, len(naughty), 12):
        mail = issue_mail(hostile_issue(naughty[at : at + 12], site=SITE))
        check(mail)
        tags = {each.tag for each in lxml_html.document_fromstring(mail.html).body.iter()}
        assert tags <= TAGS
        message = mail_message(mail)
        assert set(message.keys()) == {"Subject", "Content-Language", "MIME-Version", "Content-Type"}
        check_round_trip(mail)


def check_round_trip(mail: Mail) -> None:
    sent = mail_message(mail, sender="Week <week@letters.example>", to="a@e.org").as_bytes()
    assert all(len(line) <= 998 for line in sent.split(b"\r\n"))
    found = email.message_from_bytes(sent, policy=policy.default)
    assert not found.defects
    assert found.get_content_type() == "multipart/alternative"
    assert found["Subject"] == mail.subject
    parts = list(found.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    contents = [part.get_content().replace("\r\n", "\n") for part in parts]
    assert contents == [mail.text, mail.html]
    assert len(sent) < 3 * MOST_BYTES


def test_a_mail_is_the_same_after_it_was_sent() -> None:
    mail = issue_mail(issue_of(entry("Fähren & Eis – “spät”"), title="Ünï" * 40, site=SITE))
    check_round_trip(mail)
    check_round_trip(issue_mail(long_issue(100)))


def test_the_plain_text_is_broken_at_76_characters_but_for_addresses() -> None:
    mail = issue_mail(long_issue(5))
    assert all(len(line) <= 76 or "://" in line for line in mail.text.split("\n"))
    assert all(line == line.rstrip() for line in mail.text.split("\n"))


def test_a_picture_stands_in_the_plain_text_as_its_description_and_address() -> None:
    assert plain_text('<p>Ice <img src="https://e.org/a.png" alt="on a lake">.</p>') == (
        "Ice on a lake <https://e.org/a.png>."
    )
    assert plain_text('<p><img src="https://e.org/a.png"></p>') == "picture <https://e.org/a.png>"


def test_a_note_stands_in_both_parts_of_a_mail() -> None:
    mail = issue_mail(issue_of(entry(), note="Corrected on 3 December 2026: summary."))
    assert "Corrected on 3 December 2026: summary." in words_of(mail.html)
    assert "Corrected on 3 December 2026: summary." in " ".join(mail.text.split())
