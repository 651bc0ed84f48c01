"""Crowded paragraphs: some hundred elements stay, and every word."""

import re

import pytest
from lxml.html import HtmlElement

from digest.articles.flatten import INLINE, MAX_INLINE
from digest.articles.page_tree import parse
from digest.language.short_tags import MAX_ATTRIBUTES, with_short_tags


def parsed(html: str) -> HtmlElement:
    tree = parse(f"<html><body><article>{html}</article></body></html>")
    assert tree is not None
    return tree


def words(tree: HtmlElement) -> list[str]:
    return "".join(tree.itertext()).split()


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b>w{at}</b> y{at} " for at in range(3000)) + "end</p>",
        "<p>start " + "".join(f"<span>a{at} <i>b{at}</i></span> c{at} " for at in range(3000)) + "</p>",
        "<div>"
        + "".join(f"<x-word>w{at}</x-word> " for at in range(3000))
        + "<p>A paragraph.</p> tail</div>",
        "<p>" + ("<span>" + "<em>w</em> y " * 60 + "</span> z ") * 60 + "</p>",
        "<p>" + "".join(f"<b>w{at}</b> y{at}<br> " for at in range(3000)) + "</p>",
    ],
)
def test_inline_elements_are_few_and_no_word_is_lost(html: str) -> None:
    tree = parsed(html)
    assert words(tree) == " ".join(re.sub("<[^>]+>", " ", html).split()).split()
    inline = sum(each.tag in INLINE or "-" in each.tag for each in tree.iter() if isinstance(each.tag, str))
    assert inline <= MAX_INLINE + 1


def test_blocks_between_inline_elements_stay_where_they_are() -> None:
    html = "<div>" + "".join(f"<b>w{at}</b> <p>Paragraph {at}.</p>" for at in range(1500)) + "</div>"
    tree = parsed(html)
    assert len(tree.findall(".//p")) == 1500
    assert words(tree)[-3:] == ["1498.w1499", "Paragraph", "1499."]


def test_a_list_of_links_stays_a_list_of_links() -> None:
    html = "<div>" + "".join(f"<a href='/{at}'>Story {at}</a> " for at in range(3000)) + "</div>"
    tree = parsed(html)
    linked = sum(len("".join(link.itertext())) for link in tree.iter("a"))
    assert linked > 0.9 * len("".join(tree.itertext()))


def test_no_figure_grows_by_a_footnote_that_is_flattened() -> None:
    tree = parsed("<p>" + "<b>x</b> " * MAX_INLINE + "41<sup>7</sup> people</p>")
    assert words(tree)[-3:] == ["41", "7", "people"]


@pytest.mark.parametrize("value", ["='v'", '="v w"', "", " = v"])
def test_attributes_after_the_first_hundreds_are_left_out_and_the_tag_ends(value: str) -> None:
    many = " ".join(f"a{at}{value}" for at in range(5000))
    tree = parsed(f"<p class='k' {many}>Words of it.</p><p>More.</p>")
    first, second = tree.iter("p")
    assert first.get("class") == "k"
    assert 0 < len(first.attrib) <= MAX_ATTRIBUTES
    assert (first.text, second.text) == ("Words of it.", "More.")


@pytest.mark.parametrize("html", ["<p data-x='" + "a b=c " * 5000 + "'>Words</p>", "<" * 5000, "<a " * 5000])
def test_other_tags_stay_as_they_are(html: str) -> None:
    assert with_short_tags(html) == html
