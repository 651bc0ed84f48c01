"""What a page holds but no reader sees: hidden by attribute, by style, or by the page's own style sheet.

Only what the page itself says counts, and only simple selectors (`p`, `.a`, `#a`, `p.a.b`): outside sheets
are not fetched. `aria-hidden` hides from screen readers alone, a closed `details` and `hidden="until-found"`
can be opened by any reader: these are text, but for words inside a line, which nothing opens. Many pages
keep the whole article hidden until a script shows it, so what holds most of a page's paragraphs stays.

What is there but cannot be seen (`unseen`) is hidden as well, where it is little: scripts fade in and move in
whole articles, part by part.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.articles import unseen
from digest.articles.gaps import BLOCKS, cut, is_block

# Conditions under which a sheet says how the page is read on a screen.
_EVERY_SCREEN = re.compile(r"@(?:layer\b.*|media\s+(?:only\s+)?(?:all|screen)\s*)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_MARK = re.compile(r"[.#][\w-]+")
_HIDING = {"display": "none", "visibility": "hidden", "content-visibility": "hidden"}
_PROPERTIES = frozenset((*_HIDING, *unseen.PROPERTIES))
_HIDES_SOMETHING = re.compile(rf":\s*(?:none|hidden|collapse)\b|{unseen.HINT}", re.IGNORECASE)
_COLLAPSED = "collapse"

# What may be hidden, found without a walk in Python.
_marked = XPath("descendant-or-self::*[@hidden or @popover or @style]")
_TAGS = ("dialog", "template", "noembed", "noframes", "rp")
_named = XPath("descendant-or-self::*[@class or @id]")
_texts = XPath(
    "descendant::text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False
)
MAX_SHEET_CHARS = 500_000  # of a style sheet that are read; guards time; judgement

_ALWAYS = frozenset(("template", "noembed", "noframes", "rp"))
_ARTICLE = "descendant-or-self::*[self::html or self::body or self::main or self::article or self::h1]"

# An element of so large a share of a page's paragraphs is the article that a script will show, or where the
# rest is too little to be one (characters).
_MOST = 0.5
_TOO_LITTLE = 600  # some 100 words, under half of the shortest article seen (articles.walls); judgement
# What cannot be seen is left out where each is so little of all text, and together not most of it. What may
# be faded in is so little together: on one page of 240 it is a third of the article, in 24 pieces (November
# 2026).
_PART = 0.25
_MAX_PARTS = 200  # looked at, so that time does not grow with their square; judgement
_SHOWN_LATER = re.compile(r"anim|fade|reveal|\baos\b|data-aos|\bwow\b|scroll|in-?view|lazy", re.IGNORECASE)

_Said = dict[str, tuple[tuple[int, int, int], str]]
"""Property -> ((is important, specificity, place), value)."""
_Rules = Mapping[str, dict[frozenset[str], _Said]]
"""A mark -> the selectors that need it, as all their marks -> what is said of such elements."""


def drop_hidden(tree: HtmlElement) -> None:
    """Remove in place what the page hides, keeping the text after it. Needs the page's `style` elements."""
    rules = _rules(tree)
    candidates = dict.fromkeys([*_marked(tree), *tree.iter(*_TAGS), *_styled_away(tree, rules)])
    asked = [(element, _said_of(element, rules)) for element in candidates]
    found = [element for element, said in asked if _is_hidden(element, said)]
    reasons = {element: unseen.reason(_values(said)) for element, said in asked}
    if found:
        _drop_hidden(tree, found)
    if any(reasons.values()):
        _drop_unseen(tree, {element: why for element, why in reasons.items() if why}, rules)


def _drop_unseen(tree: HtmlElement, reasons: Mapping[HtmlElement, str], rules: _Rules) -> None:
    """Remove what cannot be seen, where it is little and nothing in it can be."""
    whole = _size(tree)
    found: dict[HtmlElement, int] = {}
    for element, why in reasons.items():
        if found and not found.keys().isdisjoint(element.iterancestors()):
            continue
        if tree not in element.iterancestors() or (size := _size(element)) > _PART * whole:
            continue
        if not _will_be_seen(element, why, rules):
            found[element] = size
    faded = [element for element in found if reasons[element] in unseen.ANIMATED]
    if sum(found[element] for element in faded) > _PART * whole:
        for element in faded:
            del found[element]
    if sum(found.values()) <= _MOST * whole:
        for element in found:
            cut(element)


def _will_be_seen(element: HtmlElement, why: str, rules: _Rules) -> bool:
    """Whether a script says that it will show an element, or something in it can be seen as it is."""
    if why in unseen.ANIMATED:
        marks = " ".join((*element.attrib.keys(), element.get("class") or ""))
        return bool(_SHOWN_LATER.search(marks))
    return _is_seen_within(element, why, rules)


def _is_seen_within(element: HtmlElement, why: str, rules: _Rules) -> bool:
    """Whether something inside has a size, colour or indent of its own, here or in a sheet not known here."""
    if why not in unseen.INHERITED:
        return False
    for place, child in enumerate(element.iterdescendants()):
        if place == _MAX_PARTS:
            return True
        values = _values(_said_of(child, rules))
        if why in values and values[why] != "inherit" and unseen.reason({why: values[why]}) != why:
            return True
    has_sheets = any(
        "stylesheet" in (link.get("rel") or "").lower() for link in element.getroottree().iter("link")
    )
    return has_sheets and next(element.iterdescendants(*BLOCKS), None) is not None


def _size(element: HtmlElement) -> int:
    """Count the characters of an element's text."""
    return sum(len(text.strip()) for text in _texts(element))


def _drop_hidden(tree: HtmlElement, found: list[HtmlElement]) -> None:
    """Remove what is hidden, but for the article."""
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
    marks = {mark for mark, about in rules.items() if any(map(_hides, about.values()))}
    if tags := [mark for mark in marks if mark[0] not in ".#"]:
        yield from tree.iter(*tags)
    if len(marks) == len(tags):
        return
    for element in _named(tree):
        names = (element.get("class") or "").split()
        if any(f".{name}" in marks for name in names) or f"#{element.get('id')}" in marks:
            yield element


def _hides(said: _Said) -> bool:
    return any(
        value in (_HIDING[name], _COLLAPSED) if name in _HIDING else unseen.may_hide(name, value)
        for name, (_, value) in said.items()
    )


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


def _said_of(element: HtmlElement, rules: _Rules) -> _Said:
    """Collect what the page's sheets and the element's own style say of it."""
    said: _Said = {}
    if rules:
        _ask_sheets(element, rules, said)
    for name, value, is_important in _declarations(element.get("style") or ""):
        _say(said, name, value, (int(is_important), 1_000_000, 0))
    return said


def _values(said: _Said) -> dict[str, str]:
    return {name: value for name, (_, value) in said.items()}


def _is_hidden(element: HtmlElement, said: _Said) -> bool:
    tag, given = element.tag, element.attrib
    if tag in _ALWAYS:
        return True
    if _value(said, "visibility") in (_HIDING["visibility"], _COLLAPSED) and not _has_visible(element):
        return True
    if _value(said, "content-visibility") == _HIDING["content-visibility"]:
        return True
    if display := _value(said, "display"):
        return display == _HIDING["display"]
    if "hidden" in given:
        return (given["hidden"] or "").strip().lower() != "until-found" or not is_block(element)
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
        for needed, about in rules.get(mark, {}).items():
            if needed <= marks:
                for name, (rank, value) in about.items():
                    _say(said, name, value, rank)


def _rules(tree: HtmlElement) -> _Rules:
    """Index the rules of the page's sheets that show or hide, by one mark their element must have."""
    found: dict[str, dict[frozenset[str], _Said]] = {}
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
                    said = found.setdefault(mark, {}).setdefault(needed, {})
                    for name, value, is_important in declared:
                        _say(said, name, value, (int(is_important), _specificity(needed), place))
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
    for declaration in _COMMENT.sub(" ", body).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if colon and name in _PROPERTIES:
            value, mark, _ = value.lower().partition("!")
            for single, part in unseen.expanded(name, value.strip()):
                yield single, part, bool(mark)


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
