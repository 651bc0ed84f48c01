"""The text of a piece of HTML that is the article: what a feed carries. All counts, and all is kept here."""

from lxml.html import HtmlElement

from digest.articles.gaps import BLOCKS
from digest.articles.page_text import clean_lines

_BREAKING = (BLOCKS | {"hr"}) - {"td", "th"}
_ROWS = frozenset(("li", "tr"))
_LEFT_OUT = frozenset(
    ("figcaption", "button", "form", "select", "textarea", "nav", "head", "title", "audio", "video")
)


def fragment_text(tree: HtmlElement) -> str:
    """Write the text of a tree, one block a line, blocks apart by an empty line, list items marked.

    Without recursion: feeds nest as deep as they like.
    """
    parts: list[str] = []
    waiting: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while waiting:
        element, is_done = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if is_done:
            parts.append("" if tag in _ROWS else "\n\n" if tag in _BREAKING else "")
        elif tag not in _LEFT_OUT:
            parts.append(_opening(tag))
            parts.append(" ".join((element.text or "").split("\n")))
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]
            continue
        parts.append(" ".join((element.tail or "").split("\n")) if element is not tree else "")
    return clean_lines("".join(parts))


def _opening(tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag == "li":
        return "\n- "
    if tag == "tr":
        return "\n"
    return " " if tag in ("td", "th") else "\n\n" if tag in _BREAKING else ""
