"""The leaf blocks of a page: paragraphs, headings, list items, cells, in the order a reader meets them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import XPath
from lxml.html import HtmlElement

LEAF_TAGS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "tr", "dt", "dd",
    "figcaption", "summary", "div", "section", "article", "main", "caption",
)  # fmt: skip
_CONTAINERS = ("ul", "ol", "dl", "table", "aside", "header", "footer", "nav", "figure", "form", "details")
_BLOCKS = (*LEAF_TAGS, *_CONTAINERS)
_BLOCK_SET = frozenset(_BLOCKS)
_whole_text = XPath("string()", smart_strings=False)
_pieces = XPath("descendant::text()|descendant::br", smart_strings=False)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_NOT_WORD = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w+")


def squash(text: str) -> str:
    """Return only the letters and digits of a text, lower case: what two renderings of it share."""
    return _NOT_WORD.sub("", text.lower())


def words(text: str) -> list[str]:
    """Return the lower-cased words of a text."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A piece of a page that holds text and no further block."""

    element: HtmlElement
    tag: str
    text: str
    """White space collapsed."""
    squashed: str

    @property
    def is_heading(self) -> bool:
        """Whether the page marks it as a heading."""
        return self.tag in HEADINGS

    def link_share(self) -> float:
        """Share of its characters inside links, 0..1."""
        if not len(self.element):
            return 0.0
        linked = sum(len(" ".join("".join(a.itertext()).split())) for a in self.element.iter("a"))
        return min(1.0, linked / max(1, len(self.text)))


def leaf_blocks(tree: HtmlElement) -> list[Block]:
    """List the blocks of a page that hold text and no further block, in document order."""
    return list(_leaves(tree))


def _leaves(tree: HtmlElement) -> Iterator[Block]:
    for element in tree.iter(*LEAF_TAGS):
        if len(element) == 0:
            raw = element.text or ""
        elif element[0].tag in _BLOCK_SET or next(element.iterdescendants(*_BLOCKS), None) is not None:
            continue
        else:
            raw = _whole_text(element)
            if next(element.iter("br"), None) is not None:
                raw = "".join(each if isinstance(each, str) else " " for each in _pieces(element))
        if (text := " ".join(raw.split())) and (squashed := squash(text)):
            yield Block(element, element.tag, text, squashed)
