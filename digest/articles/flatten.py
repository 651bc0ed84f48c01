"""Paragraphs of thousands of inline elements, made paragraphs of some hundred and the text of the rest.

What reads a page later looks from each inline element of a paragraph at those beside it: 20,000 links in
380 kB took 70 s (November 2026). All words stay, in their places; what is lost is which of the later ones
were emphasised or linked, but for whether most of them were.
"""

from lxml.etree import XPath
from lxml.html import Element, HtmlElement

MAX_INLINE = 500
"""Inline elements of one block that stay elements. Paragraphs of 240 real pages have up to 82."""

INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "button", "cite", "code", "data", "del",
     "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "s", "samp", "slot",
     "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr")
)  # fmt: skip

_crowded = XPath(
    f"descendant-or-self::*[count(*) > {MAX_INLINE}]"
    f"|descendant-or-self::*[self::p or self::li or self::td or self::h1 or self::h2 or self::h3]"
    f"[count(descendant::*) > {MAX_INLINE}]"
)


def flatten(tree: HtmlElement) -> None:
    """Replace in place all but the first inline elements of a block by their text."""
    for block in _crowded(tree):
        _flatten_within(block, MAX_INLINE)


def _flatten_within(parent: HtmlElement, left: int) -> int:
    """Flatten what comes after so many inline elements; gives how many are left of them."""
    run: list[HtmlElement] = []
    for child in list(parent):
        if not _is_inline(child):
            _merge(run)
            run = []
        elif left > 0:
            left = _flatten_within(child, left - 1)
        else:
            run.append(child)
    _merge(run)
    return left


def _is_inline(element: HtmlElement) -> bool:
    return all(
        isinstance(each.tag, str) and (each.tag in INLINE or "-" in each.tag) for each in element.iter()
    )


def _merge(run: list[HtmlElement]) -> None:
    """Put the text of inline elements that stand one after the other in their place.

    It stays a link where most of it is one: a list of links must not read as prose.
    """
    if not run:
        return
    first = run[0]
    pieces: list[str] = []
    linked = 0
    for element in run:
        text = "".join(element.itertext())
        # No figure grows by a footnote's number.
        pieces += [f" {text} " if element.tag in ("sup", "sub") else text, element.tail or ""]
        linked += len(text) if element.tag == "a" else 0
    text = "".join(pieces)
    parent, previous = first.getparent(), first.getprevious()
    if linked * 2 > len(text):
        link = Element("a", href=first.get("href") or "#")
        link.text = text
        first.addprevious(link)
    elif previous is None:
        parent.text = (parent.text or "") + text
    else:
        previous.tail = (previous.tail or "") + text
    for element in run:
        element.tail = None
        parent.remove(element)
