"""What is left where a block is taken out of a page, and boxes that are text although they look like a form.

Text on both sides of a block is two paragraphs; without the block it would be one, its sentences glued. So a
line break stays in its place. Inside a sentence nothing stays: it is read on as if nothing had been there.
"""

import re
from itertools import islice

from lxml.html import Element, HtmlElement

BLOCKS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "tr", "td", "th", "dt", "dd",
     "figcaption", "summary", "div", "section", "article", "main", "caption", "ul", "ol", "dl", "table",
     "aside", "header", "footer", "nav", "figure", "form", "details", "body", "html", "fieldset", "dialog",
     "legend", "address", "center", "hgroup", "search", "menu", "dir", "thead", "tbody", "tfoot", "colgroup")
)  # fmt: skip
_BREAKS = ("br", "hr")
# Boxes of their own within a line: after a sentence's stop they part it from the next one, which begins with
# a capital letter.
_MEDIA = ("iframe", "video", "audio", "object", "embed", "canvas", "noscript")
_STOPPED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
# Each looks at the text around it, which may be long.
MAX_BOXES = 500
_CONTAINERS = ("div", "article", "section", "main", "body")
MIN_LOOSE_WORDS = 8  # of loose text that is kept as a paragraph; fewer are labels; judgement
_CONTROLS = ("input", "textarea", "button")
_NOT_OF_THE_ARTICLE = re.compile(
    r"cookie|consent|gdpr|newsletter|sign-?up|subscri|log-?in|paywall", re.IGNORECASE
)


def is_block(element: HtmlElement) -> bool:
    """Whether an element stands on lines of its own, or holds something that does."""
    return element.tag in BLOCKS or next(element.iterdescendants(*BLOCKS), None) is not None


def cut(element: HtmlElement) -> None:
    """Remove an element in place, keeping the text after it and, of a block, the break between."""
    parent = element.getparent()
    if parent is None:
        return
    # Forward first, which mostly ends at the next block: what lies before may be long.
    if is_block(element) and text_beside(element, forward=True) and text_beside(element, forward=False):
        _break_after(element)
    element.drop_tree()


def set_apart(tree: HtmlElement) -> None:
    """Put a line break in place after each block that stands between two texts: a reading may drop it."""
    for element in list(tree.iter(*BLOCKS, *_MEDIA)):
        if next(element.iterancestors("td", "th"), None) is not None:
            continue  # as with field sets
        after = text_beside(element, forward=True)
        if not after or not (before := text_beside(element, forward=False)):
            continue
        if element.tag in BLOCKS or (_STOPPED.search(before) and after[:1].isupper()):
            _break_after(element)


def wrap_loose(tree: HtmlElement) -> None:
    """Make text that stands loose after a paragraph one as well, in place, where it reads as a sentence."""
    for container in [*tree.iter(*_CONTAINERS)]:
        paragraphs = [*container.iterchildren("p")]
        if len(paragraphs) < 2:
            continue
        run: list[HtmlElement] = []
        start = paragraphs[0]  # the block before the run
        for child in [*start.itersiblings()]:
            if child.tag not in _BREAKS and not is_block(child):
                run.append(child)
                continue
            _wrap(start, run)
            run, start = [], child
        _wrap(start, run)


def _wrap(start: HtmlElement, run: list[HtmlElement]) -> None:
    pieces = (start.tail or "", *("".join(each.itertext()) + (each.tail or "") for each in run))
    text = " ".join("".join(pieces).split())
    if text.count(" ") + 1 < MIN_LOOSE_WORDS or not _STOPPED.search(text):
        return
    paragraph = Element("p")
    paragraph.text, start.tail = start.tail, None
    start.addnext(paragraph)
    for each in run:
        paragraph.append(each)


def settle_boxes(tree: HtmlElement) -> None:
    """Make open dialogs, and field sets that are no part of a form, the text that a reader sees in them."""
    for element in tree.iter("center"):
        element.tag = "div"  # a reading loses what stands behind one
    for element in list(tree.iter("dialog")):
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if not _NOT_OF_THE_ARTICLE.search(marks):
            for form in element.iter("form"):
                form.tag = "div"
            _as_text(element)
    for element in list(islice(tree.iter("fieldset"), MAX_BOXES)):
        # A page set in a table, its parts in field sets, would be read as one row.
        is_form = next(element.iterancestors("form", "td"), None) is not None or _is_control(element)
        if not is_form and not _rejoined(element):
            _as_text(element)
    for element in list(islice(tree.iter("legend"), MAX_BOXES)):
        if next(element.iterancestors("fieldset", "form"), None) is None:
            _as_text(element)


def text_beside(element: HtmlElement, *, forward: bool) -> str:
    """Return a text right before or after an element on the same lines; empty where there is none."""
    while True:
        beside = element.getnext() if forward else element.getprevious()
        parent = element.getparent()
        between = element.tail if forward else _text_before(element)
        if between and (found := between.strip()):
            return found
        if beside is None:
            if parent is None or parent.tag in BLOCKS:
                return ""
            element = parent
        elif beside.tag in _BREAKS or is_block(beside):
            return ""
        else:
            if found := next((text.strip() for text in beside.itertext() if text.strip()), ""):
                return found if forward else " ".join("".join(beside.itertext()).split())
            element = beside


def _text_before(element: HtmlElement) -> str:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return str(previous.tail or "")
    return str(parent.text or "") if parent is not None else ""


def _break_after(element: HtmlElement) -> None:
    mark = Element("br")
    mark.tail, element.tail = element.tail, None
    element.addnext(mark)


def _is_control(element: HtmlElement) -> bool:
    """Whether a field set is there to be filled in."""
    return next(element.iter(*_CONTROLS), None) is not None and element.find(".//p") is None


def _as_text(element: HtmlElement) -> None:
    """Make a box words of the sentence around it, or a paragraph or part of its own."""
    legends = list(element.iterdescendants("legend"))
    holds_block = any(each.tag in BLOCKS and each.tag != "legend" for each in element.iterdescendants())
    before, after = text_beside(element, forward=False), text_beside(element, forward=True)
    if not holds_block and element.getparent() is not None and _goes_on(before, after):
        for each in (*legends, element):
            each.drop_tag()
        return
    for each in legends:
        each.tag = "p"
    element.tag = "div" if holds_block or legends else "p"
    element.attrib.pop("open", None)


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence goes on behind something that stands in it, as far as one can see."""
    return bool(before) and not _STOPPED.search(before) and not after[:1].isupper()


def _rejoined(element: HtmlElement) -> bool:
    """Put a field set back into the sentence that the parser ended before it, with the rest of that."""
    before = element.getprevious()
    if before is None or before.tag != "p" or (before.tail or "").strip():
        return False
    said = " ".join("".join(before.itertext()).split())
    after = text_beside(element, forward=True)
    if (
        not after
        or not _goes_on(said, after)
        or any(child.tag in BLOCKS and child.tag != "legend" for child in element.iterdescendants())
    ):
        return False
    following = [element]
    while (beside := following[-1].getnext()) is not None:
        if beside.tag == "br" or (beside.tag in BLOCKS and beside.tag != "legend"):
            break
        following.append(beside)
    before.tail = None
    for each in following:
        before.append(each)
    for legend in list(element.iter("legend")):
        legend.drop_tag()
    element.drop_tag()
    return True
