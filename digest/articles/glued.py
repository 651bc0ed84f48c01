"""Words that a page shows apart although nothing stands between them in its markup: parted, in place.

A style sheet puts elements on lines of their own, or breaks the line at an empty one; read as text,
"executive control" and "Meditation sharpens" would be one word, and two paragraphs one sentence. What looks
like a word of two parts ("You" "Tube", "e" "Bay") stays one.
"""

import re
from itertools import islice

from lxml.html import Element, HtmlElement

from digest.articles.flatten import INLINE

MAX_LOOKED_AT = 20_000  # elements; guards time, as in page_tree; judgement
_BREAK = re.compile(r"(?:^|\s)(?:br|line-?break)(?:\s|$)", re.IGNORECASE)
_STOPPED = re.compile(r"[^\W\d_A-Z]{2}[\"'”’»)\]]*[.!?…][\"'”’»)\]]*$")
_SMALL_END = re.compile(r"[^\W\d_A-Z]{2}[)\]”\"’]?$")
_BEGINS = re.compile(r"[“\"‘(]?[A-Z](?:[a-z]|\s)")
_LABEL = re.compile(r"[A-Z][^\n:]{1,40}:\s*$")
_AS_WRITTEN = ("pre", "code", "kbd", "samp", "tt", "var")


def part(tree: HtmlElement) -> None:
    """Put line breaks where empty elements stand for them, and spaces between words that are two."""
    for element in list(islice(tree.iter("span", "i"), MAX_LOOKED_AT)):
        if (
            not len(element)
            and not (element.text or "").strip()
            and _BREAK.search(element.get("class") or "")
        ):
            _become_break(element)
    for element in list(islice(tree.iter(*INLINE), MAX_LOOKED_AT)):
        if next(element.iterancestors(*_AS_WRITTEN), None) is None and element.tag not in _AS_WRITTEN:
            _part(element)


def _become_break(element: HtmlElement) -> None:
    mark = Element("br")
    mark.tail, element.tail = element.tail, None
    element.addnext(mark)
    element.drop_tree()


def _part(element: HtmlElement) -> None:
    """Put a space before and after an inline element where its words stand apart from those beside it."""
    own = "".join(element.itertext())
    if not own.strip():
        return
    previous, parent = element.getprevious(), element.getparent()
    if previous is None:
        if parent is not None and parent.text and _is_apart(parent.text, own, own):
            parent.text += " "
    elif previous.tail:
        if _is_apart(previous.tail, own, own):
            previous.tail += " "
    elif previous.tag in INLINE and previous.tag not in _AS_WRITTEN:
        before = "".join(previous.itertext())
        if _is_apart(before, own, "") or (_are_two(previous, before, element, own) and _touch(before, own)):
            previous.tail = " "
    if element.tail and _is_apart(own, element.tail, own):
        element.tail = f" {element.tail}"


def _is_apart(before: str, after: str, inner: str) -> bool:
    """Whether one sentence ends and another begins, or a label or a line does, at an element's edge.

    Args:
        before: What ends there.
        after: What begins there.
        inner: The element's own words; empty where both are elements.
    """
    if not _BEGINS.match(after):
        return False
    if _STOPPED.search(before[-20:]):
        return True
    is_label = inner is after and bool(_LABEL.fullmatch(inner))
    is_line = inner is before and len(inner.split()) > 1
    return (is_label or is_line) and _touch(before, after)


def _touch(before: str, after: str) -> bool:
    """Whether a word in small letters ends right where a capital one begins."""
    return bool(_SMALL_END.search(before[-4:]) and _BEGINS.match(after))


def _are_two(one: HtmlElement, before: str, other: HtmlElement, after: str) -> bool:
    """Whether two elements hold more than the halves of one word."""
    is_word = len(before.split()) == len(after.split()) == 1
    return not is_word or one.tag != other.tag or one.tag == "a"
