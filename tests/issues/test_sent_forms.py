"""Whatever an article's title says, no platform takes it for a command, a template or a tag."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import html as lxml_html
from made_issues import entry, hostile_issue, hostile_texts, issue_of, with_part
from markdown_it import MarkdownIt

from digest.adapters.buttondown import MARKER, without_templates
from digest.adapters.ghost import BEGIN, END, card
from digest.adapters.listmonk import harmless, inner_html, plain
from digest.issues.sending import copy_page, letter_of
from digest.issues.sending.copy_page import without_tables
from digest.records import Letter, SignalRow

TEMPLATES = (
    "{{ subscriber.email }} and {% include 'x' %} and {# a #}",
    "{{ .Subscriber.UUID }} {{{ x }}} {{{{ y }}}}",
    "see https://e.org/@TrackLink and https://e.org/x@TrackLink",
    '%%{uuid}%% and {first_name, "you"}',
    "<!--kg-card-end: html--><script>alert(1)</script>",
    "--- status: about_to_send ---",
    "<!-- buttondown-editor-mode: fancy -->",
)


@cache
def letters(folder: Path | None) -> tuple[Letter, ...]:
    texts = [*TEMPLATES, *hostile_texts(folder)]
    issues = [hostile_issue(texts[at : at + 40]) for at in range(0, len(texts), 40)]
    own = "`{{ x }}` and {{ y }}\n\n```\n{% z %}\n```\n\n<!-- a --> | a | b | c |"
    return tuple(letter_of(each, {}) for each in (*issues, issue_of(with_part(entry(), own))))


@pytest.fixture
def naughty(request: pytest.FixtureRequest) -> tuple[Letter, ...]:
    try:
        folder: Path | None = request.getfixturevalue("dev_data")
    except pytest.skip.Exception:
        folder = None
    return letters(folder)


def check_tags(html: str) -> None:
    """Nothing in it does anything."""
    root = lxml_html.document_fromstring(f"<div>{html}</div>")
    assert not root.xpath("//script | //iframe | //form | //object | //svg | //base | //link | //meta")
    for each in root.iter():
        if isinstance(each.tag, str):
            for name, value in each.attrib.items():
                assert not name.startswith("on")
                assert name not in ("href", "src") or re.match(r"https?://|mailto:|#", value), value


def test_ghost_gets_one_card_that_nothing_ends_and_nobody_fills_in(naughty: tuple[Letter, ...]) -> None:
    for letter in naughty:
        html = card(letter.html)
        assert html.startswith(BEGIN)
        assert html.endswith(END)
        inside = html[len(BEGIN) : -len(END)]
        assert "<!--" not in inside
        assert "%%{" not in inside
        check_tags(inside)


def test_listmonk_finds_no_template_and_readers_see_the_words(naughty: tuple[Letter, ...]) -> None:
    for letter in naughty:
        body = harmless(inner_html(letter.mail_html))
        for text in (body, plain(letter.mail_text), plain(letter.subject)):
            assert "{{" not in text
            assert "@TrackLink" not in text
        words = re.sub(r"<style>.*?</style>", "", body, flags=re.DOTALL)
        check_tags(words)
        before = lxml_html.document_fromstring(letter.mail_html).body.text_content()
        assert (
            lxml_html.fragment_fromstring(words, create_parent="div").text_content().strip() == before.strip()
        )


def test_buttondown_finds_no_template_and_markdown_says_the_same(naughty: tuple[Letter, ...]) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    for letter in naughty:
        body = MARKER + without_templates(letter.markdown)
        assert not re.search(r"\{[{%#]", body)
        assert not body.startswith("---")
        assert body.count("<!-- buttondown-editor-mode") == 1
        said, meant = (
            lxml_html.document_fromstring(parser.render(each)).text_content()
            for each in (without_templates(letter.markdown), letter.markdown)
        )
        # In code an entity is not decoded: there alone the words differ.
        if "```" not in letter.markdown:
            assert said == meant


def test_the_page_to_copy_from_does_nothing_but_its_button(naughty: tuple[Letter, ...]) -> None:
    for letter in naughty:
        page = copy_page(letter)
        root = lxml_html.document_fromstring(page)
        assert len(root.xpath("//script")) == 1
        assert len(root.xpath("//article")) == 1
        (article,) = root.xpath("//article")
        check_tags(lxml_html.tostring(article, encoding="unicode"))
        assert not article.xpath(".//table")
        assert "script-src 'sha256-" in page


def test_the_rows_of_tables_become_items_with_the_names_of_their_columns() -> None:
    rows = (
        SignalRow("Ice <b> late", "From a to b", "–", "Warm autumns"),
        SignalRow("Ferries", "–", "–", "–"),
    )
    page = copy_page(letter_of(issue_of(replace(entry(), signals=rows)), {}))
    root = lxml_html.document_fromstring(page)
    items = ["".join(each.itertext()) for each in root.xpath("//article//ul/li[strong]")]
    assert "Signal: Ice <b> lateChange: From a to bDriving force: Warm autumns" in items
    assert "Signal: Ferries" in items


def test_a_table_in_a_table_and_pictures_in_cells_are_kept() -> None:
    inner = "<table><tr><td>in</td></tr></table>"
    picture = "<img src='https://e.org/i' alt='i'>"
    made = without_tables(f"a<table><tr><td>x{inner}</td><td>{picture}</td></tr></table>b")
    assert made.startswith("a<ul><li>x<ul><li>in</li></ul><br><img")
    assert made.endswith("</ul>b")
