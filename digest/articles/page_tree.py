"""Parse a page once, without network, entities or unbounded depth, and drop what no reader sees."""

from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from digest.articles.flatten import flatten
from digest.articles.gaps import set_apart, settle_boxes, wrap_loose
from digest.articles.glued import part
from digest.articles.hidden import drop_hidden
from digest.articles.inline import unwrap
from digest.language.short_tags import with_short_tags

# What holds no text of its own that is read. JSON-LD scripts are read before they go. A third of a page's
# elements: without them every later walk and copy is a fifth faster, with the same text (November 2026).
UNSEEN_TAGS = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "link", "meta",
    "img",
    "source", "track", "video", "audio", "map", "area", "input", "param", "select", "option", "optgroup",
    "textarea", "datalist", "applet", "title",
    "base",
)  # fmt: skip

# XML forbids them in text; HTML says they are parse errors, readers see nothing.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"

# What is read of one page. libxml2 gives up below 256 levels, and what it built until then is kept. The
# longest of 240 pages has 3,400 elements; 300,000 paragraphs took 23 s (November 2026).
MAX_ELEMENTS = 20_000
MAX_CHARS = 5_000_000  # guards memory: a page may have 10 MB, mostly scripts and pictures in it; judgement
_count = etree.XPath("count(descendant-or-self::*)")


def parse(html: str) -> HtmlElement | None:
    """Build the tree of a page.

    Args:
        html: The decoded page; more than `MAX_CHARS` characters of it are not read.

    Returns:
        The root element, or None where nothing in it is markup or text.
    """
    source = with_short_tags(html[:MAX_CHARS]).encode("utf-8", "ignore").translate(None, _CONTROLS)
    if not source.strip():
        return None
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        root = document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    if not isinstance(root.tag, str):
        return None
    flatten(root)
    return root


def drop_unseen(tree: HtmlElement) -> None:
    """Remove scripts, styles, images and the like in place, keeping the text after them."""
    etree.strip_elements(tree, *UNSEEN_TAGS, with_tail=False)
    for head in tree.findall("head"):
        # What is left is text: libxml2 leaves a page without a body tag in the head.
        head.tag = "div"


def keep_seen(tree: HtmlElement) -> None:
    """Leave in place what a reader sees of a page, its sentences without wrappers.

    One step before all readings, so that they agree on the words.
    """
    # Three times as many, since a third of them go; the walk over what is hidden has a bound so.
    cut_long(tree, 3 * MAX_ELEMENTS)
    drop_hidden(tree)
    settle_boxes(tree)
    set_apart(tree)
    wrap_loose(tree)
    drop_unseen(tree)
    cut_long(tree)
    part(tree)
    unwrap(tree)


def drop_menus(tree: HtmlElement) -> None:
    """Remove navigation and the like in place, where it holds no paragraph."""
    for element in list(tree.iter("nav", "footer", "aside", "button")):
        if element.getparent() is not None and element.find(".//p") is None:
            element.drop_tree()


def cut_long(tree: HtmlElement, max_elements: int = MAX_ELEMENTS) -> None:
    """Remove in place what comes after the first `max_elements` elements."""
    if _count(tree) <= max_elements:
        return
    last = next(islice(tree.iter(), max_elements, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        del parent[parent.index(last) + 1 :]
        last = parent
