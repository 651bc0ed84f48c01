"""What a page holds but no reader sees: hidden by attribute, by style, or by the page's own style sheet.

Only what the page itself says counts, and only simple selectors (`p`, `.a`, `#a`, `p.a.b`): outside sheets
are not fetched. `aria-hidden` hides from screen readers alone, a closed `details` and `hidden="until-found"`
can be opened by any reader: these are text. Many pages keep the whole article hidden until a script shows
it, so what holds most of a page's paragraphs stays.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.articles.gaps import cut

# Conditions under which a sheet says how the page is read on a screen.
_EVERY_SCREEN = re.compile(r"@(?:layer\b.*|media\s+(?:only\s+)?(?:all|screen)\s*)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_MARK = re.compile(r"[.#][\w-]+")
_DECLARATION = re.compile(r"(display|visibility|content-visibility)\s*:\s*([\w-]+)\s*(!\s*important)?", re.I)
_HIDING = {"display": "none", "visibility": "hidden", "content-visibility": "hidden"}
_MAY_SHOW = re.compile(r"display|visibility", re.I)
_HIDES_SOMETHING = re.compile(r":\s*(?:none|hidden|collapse)\b", re.I)
_COLLAPSED = "collapse"

# What may be hidden, found without a walk in Python.
_marked = XPath("descendant-or-self::*[@hidden or @popover or @style]")
_TAGS = ("dialog", "template", "noembed", "noframes", "rp")
_named = XPath("descendant-or-self::*[@class or @id]")
MAX_SHEET_CHARS = 500_000

_ALWAYS = frozenset(("template", "noembed", "noframes", "rp"))
_ARTICLE = "descendant-or-self::*[self::html or self::body or self::main or self::article or self::h1]"

# An element of so large a share of a page's paragraphs is the article that a script will show, or where the
# rest is too little to be one (characters).
_MOST = 0.5
_TOO_LITTLE = 600

_Said = dict[str, tuple[tuple[int, int, int], str]]
"""Property -> ((is important, specificity, place), value)."""
_Rules = Mapping[str, list[tuple[frozenset[str], int, int, list[tuple[str, str, bool]]]]]


def drop_hidden(tree: HtmlElement) -> None:
    """Remove in place what the page hides, keeping the text after it. Needs the page's `style` elements."""
    rules = _rules(tree)
    candidates = [*_marked(tree), *tree.iter(*_TAGS), *_styled_away(tree, rules)]
    found = [element for element in dict.fromkeys(candidates) if _is_hidden(element, rules)]
    if not found:
        return
    whole = _prose(tree)
    hidden: set[HtmlElement] = set()
    outermost: list[HtmlElement] = []
    for element in found:
        if any(parent in hidden for parent in element.iterancestors()) or _is_article(element, whole):
            continue
        hidden.add(element)
        outermost.append(element)
    if whole and sum(map(_prose, outermost)) > _MOST * whole and _leaves_too_little(outermost, whole):
        # An article in pieces, each shown by a script: only what holds no paragraph is surely unread.
        outermost = [each for each in outermost if not _prose(each)]
    for element in outermost:
        cut(element)


def _styled_away(tree: HtmlElement, rules: _Rules) -> Iterator[HtmlElement]:
    """Give the elements that a rule which hides may be about."""
    marks = {mark for mark, about in rules.items() if any(_hides(rule[3]) for rule in about)}
    if tags := [mark for mark in marks if mark[0] not in ".#"]:
        yield from tree.iter(*tags)
    if len(marks) == len(tags):
        return
    for element in _named(tree):
        names = (element.get("class") or "").split()
        if any(f".{name}" in marks for name in names) or f"#{element.get('id')}" in marks:
            yield element


def _hides(declared: Iterable[tuple[str, str, bool]]) -> bool:
    return any(value in (_HIDING[name], _COLLAPSED) for name, value, _ in declared)


def _leaves_too_little(outermost: Iterable[HtmlElement], whole: int) -> bool:
    return whole - sum(map(_prose, outermost)) < _TOO_LITTLE


def _is_article(element: HtmlElement, whole: int) -> bool:
    """Whether an element is the page's article, not something hidden in it."""
    if element.tag in ("html", "body"):
        return True
    own = _prose(element)
    if not own or own <= _MOST * whole:
        return False
    return whole - own < _TOO_LITTLE or bool(element.xpath(_ARTICLE))


def _prose(element: HtmlElement) -> int:
    """Count the characters of the paragraphs in an element."""
    return sum(len("".join(paragraph.itertext())) for paragraph in element.iter("p"))


def _is_hidden(element: HtmlElement, rules: _Rules) -> bool:
    tag, given = element.tag, element.attrib
    if tag in _ALWAYS:
        return True
    said: _Said = {}
    if rules:
        _ask_sheets(element, rules, said)
    if "style" in given:
        for name, value, is_important in _declarations(given["style"]):
            _say(said, name, value, (int(is_important), 1_000_000, 0))
    if _value(said, "visibility") in (_HIDING["visibility"], _COLLAPSED) and not _has_visible(element):
        return True
    if _value(said, "content-visibility") == _HIDING["content-visibility"]:
        return True
    if display := _value(said, "display"):
        return display == _HIDING["display"]
    if "hidden" in given and (given["hidden"] or "").strip().lower() != "until-found":
        return True
    return "popover" in given or (tag == "dialog" and "open" not in given)


def _has_visible(element: HtmlElement) -> bool:
    """Whether something in an invisible element is made visible again."""
    return any(
        name == "visibility" and value == "visible"
        for child in element.iterdescendants()
        for name, value, _ in _declarations(child.get("style") or "")
    )


def _value(said: _Said, name: str) -> str:
    return said[name][1] if name in said else ""


def _say(said: _Said, name: str, value: str, rank: tuple[int, int, int]) -> None:
    if name not in said or rank >= said[name][0]:
        said[name] = (rank, value)


def _ask_sheets(element: HtmlElement, rules: _Rules, said: _Said) -> None:
    marks = {f".{name}" for name in (element.get("class") or "").split()}
    if identity := element.get("id"):
        marks.add(f"#{identity}")
    marks.add(element.tag)
    for mark in marks:
        for needed, specificity, place, declared in rules.get(mark, ()):
            if needed <= marks:
                for name, value, is_important in declared:
                    _say(said, name, value, (int(is_important), specificity, place))


def _rules(tree: HtmlElement) -> _Rules:
    """Index the rules of the page's sheets that show or hide, by one mark their element must have."""
    found: dict[str, list[tuple[frozenset[str], int, int, list[tuple[str, str, bool]]]]] = {}
    sheets = [(sheet.text or "")[:MAX_SHEET_CHARS] for sheet in tree.iter("style") if _is_for_screens(sheet)]
    if not any(map(_HIDES_SOMETHING.search, sheets)):
        return {}
    place = 0
    for source in sheets:
        for selectors, body in _blocks(_COMMENT.sub(" ", source)):
            place += 1
            declared = list(_declarations(body))
            for selector in selectors.split(",") if declared else ():
                if needed := _marks(selector.strip()):
                    # One mark is enough to find it by, a class or id where it has one.
                    mark = max(needed, key=lambda each: each[0] in ".#")
                    found.setdefault(mark, []).append((needed, _specificity(needed), place, declared))
    return found


def _is_for_screens(sheet: HtmlElement) -> bool:
    media = (sheet.get("media") or "all").strip().lower()
    return media in ("all", "screen") and all(parent.tag != "noscript" for parent in sheet.iterancestors())


def _marks(selector: str) -> frozenset[str]:
    """Return tag, classes and id of a simple selector; nothing for any other."""
    match = _SIMPLE.fullmatch(selector)
    if match is None:
        return frozenset()
    tag = (match[1] or "*").lower()
    return frozenset((*_MARK.findall(match[2]), *((tag,) if tag != "*" else ())))


def _specificity(marks: frozenset[str]) -> int:
    return sum({"#": 10_000, ".": 100}.get(mark[0], 1) for mark in marks)


def _declarations(body: str) -> Iterator[tuple[str, str, bool]]:
    if not _MAY_SHOW.search(body):
        return
    for declaration in _COMMENT.sub(" ", body).split(";"):
        if match := _DECLARATION.fullmatch(declaration.strip()):
            yield match[1].lower(), match[2].lower(), bool(match[3])


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """Give selectors and body of every rule that counts on every screen, without recursion."""
    skipped = 0  # depth of blocks inside a condition that may not hold
    inside = 0  # depth of conditions that hold
    head = ""
    for part in re.split(r"([{}])", source):
        if part == "{":
            name = head.rpartition(";")[2].strip()
            if skipped:
                skipped += 1
            elif name.startswith("@"):
                if _EVERY_SCREEN.fullmatch(name):
                    inside += 1
                else:
                    skipped = 1
            else:
                skipped = -1
            head = name
        elif part == "}":
            if skipped > 0:
                skipped -= 1
            elif skipped < 0:
                skipped = 0
            elif inside:
                inside -= 1
            head = ""
        elif skipped < 0:
            yield head, part
        else:
            head = part
